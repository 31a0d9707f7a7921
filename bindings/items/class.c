/* Types and items as Lua holds them: see class.h. */
#include "bindings/items/class.h"

#include <string.h>

#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "lunet.h"

static void describe_type(lua_State *L, const void *object) {
  const LnType *type = object;
  lua_pushfstring(L, "the type %s.%s without its options", type->kind, type->name);
}

/* Descriptors are constants: nothing to release. */
const LnbClass lnb_type_class = {.name = "lunet.type", .noun = "type", .describe = describe_type};

const LnType *lnb_test_type(lua_State *L, int index) {
  const LnbBox *box = lnb_test(L, index, &lnb_type_class);
  return box == NULL ? NULL : box->object;
}

/* One userdata per type, kept in the registry by the descriptor's address. */
void lnb_push_type(lua_State *L, const LnType *type) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, type) != LUA_TNIL) return;
  lua_pop(L, 1);
  lnb_box_new(L, &lnb_type_class)->object = (void *)(uintptr_t)type;
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, type);
}

const char *lnb_kind_noun(const char *kind) {
  const LnKind *found = ln_kind_find(kind);
  return found == NULL ? kind : found->noun;
}

static void release_item(void *item) {
  ln_item_unref(item);
}

static void describe_item(lua_State *L, const void *item) {
  const LnType *type = ln_item_type(item);
  lua_pushfstring(L, "the %s %s", lnb_kind_noun(type->kind), ln_item_name((LnItem *)(uintptr_t)item));
}

static const char *item_call_name(const void *item) {
  return ln_item_type(item)->name;
}

const LnbClass lnb_item_class = {.name = "lunet.item",
                                 .noun = "item",
                                 .release = release_item,
                                 .describe = describe_item,
                                 .call_name = item_call_name};

void lnb_push_item(lua_State *L, LnItem *item) {
  LnbBox *box = lnb_box_new(L, &lnb_item_class);
  box->object = ln_item_ref(item);
}

LnItem *lnb_check_item(lua_State *L, int index, const char *kind, const char *what) {
  LnbBox *box = lnb_test(L, index, &lnb_item_class);
  const LnType *type = lnb_test_type(L, index);
  const char *noun = lnb_kind_noun(kind);
  if (box != NULL && box->object != NULL && strcmp(ln_item_type(box->object)->kind, kind) == 0) return box->object;
  if (type != NULL && strcmp(type->kind, kind) == 0)
    lnb_error(L, "%s is the type %s.%s; write %s{} for one with default options", what, kind, type->name, type->name);
  const char *article = strchr("aeiou", *noun) != NULL ? "an" : "a";
  lnb_error(L, "%s must be %s %s, got %s", what, article, noun, lnb_describe(L, index));
}
