/* Classes of boxes: see class.h. */
#include "bindings/base/class.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "bindings/base/error.h"

void *lnb_check(lua_State *L, int arg, const LnbClass *class) {
  LnbBox *box = lnb_test(L, arg, class);
  char expected[64];
  snprintf(expected, sizeof expected, "a %s", class->noun); /* a Lua string would move the stack's top */
  if (box == NULL) lnb_arg_error(L, arg, expected);
  const char *callee = box->object == NULL ? lnb_callee(L) : NULL;
  if (callee != NULL && *callee == '?') callee = class->noun; /* tostring(net), #t */
  if (callee != NULL && arg == 1) lnb_error(L, "%s: the %s was freed", callee, class->noun);
  if (callee != NULL) lnb_error(L, "%s: argument %d is a %s that was freed", callee, arg, class->noun);
  return box->object;
}

/* __gc. Upvalue 1: the class. Whoever closes a box leaves it empty, so closing twice is harmless. */
static int box_close(lua_State *L) {
  const LnbClass *class = lua_touserdata(L, lua_upvalueindex(1));
  LnbBox *box = lnb_test(L, 1, class);
  if (box == NULL) lnb_arg_error(L, 1, class->noun);
  void *object = box->object;
  box->object = NULL;
  if (object != NULL) class->release(object);
  return 0;
}

/* Lua before 5.4.4 says the same of a collector that was stopped. */
static bool in_finalizer(lua_State *L) {
  int running = lua_gc(L, LUA_GCISRUNNING);
  return LUA_VERSION_RELEASE_NUM < 50404 ? running <= 0 : running < 0;
}

/* free() and __close. Finalizers run wherever memory is asked for, also in the middle of a call that works on this very
 * object: one of the user's that frees it leaves that to the box's own. */
int lnb_box_free(lua_State *L) {
  return in_finalizer(L) ? 0 : box_close(L);
}

/* Two boxes are equal when they hold the same object. */
static int box_equal(lua_State *L) {
  const LnbClass *class = lua_touserdata(L, lua_upvalueindex(1));
  LnbBox *a = lnb_test(L, 1, class), *b = lnb_test(L, 2, class);
  lua_pushboolean(L, a != NULL && b != NULL && a->object == b->object && a->object != NULL);
  return 1;
}

/* Finding methods and fields. */

enum { MAX_NAMES = 512, MAX_LISTED = 40 };

typedef struct Names {
  const char *name[MAX_NAMES + 1];
  int count;
} Names;

static const char *name_at(const void *names, int i) {
  return ((const Names *)names)->name[i];
}

/* The string keys of the table at an absolute stack index; they stay alive with it. */
static void collect_names(lua_State *L, int table, Names *names) {
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (names->count < MAX_NAMES && lua_type(L, -1) == LUA_TSTRING) names->name[names->count++] = lua_tostring(L, -1);
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Pushes "; there are build, built, ..."; "" where there are too many for a message. */
static const char *push_list_of(lua_State *L, Names *names) {
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  qsort(names->name, (size_t)names->count, sizeof *names->name, by_name);
  for (int i = 0; names->count <= MAX_LISTED && i < names->count; i++) {
    luaL_addstring(&text, i == 0 ? "; there are " : ", ");
    luaL_addstring(&text, names->name[i]);
  }
  luaL_pushresult(&text);
  return lua_tostring(L, -1);
}

static const char hint_key; /* registry key of a function: name -> "; NumPy's np.clip is t:clamp here", or nil */

static int set_hint(lua_State *L) {
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &hint_key);
  return 0;
}

/* What that function says, "" for nothing; pushes it. */
static const char *push_hint(lua_State *L, const char *field) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &hint_key) == LUA_TNIL) return lua_pushliteral(L, "");
  lua_pushstring(L, field);
  lua_call(L, 1, 1);
  const char *hint = lua_tostring(L, -1);
  return hint != NULL ? hint : lua_pushliteral(L, "");
}

void lnb_open_class(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "hint_names_by", .call = set_hint}, {0}};
  lnb_functions(L, "", functions);
}

static int missing_field(lua_State *L, const LnbClass *class, const char *field) {
  Names names = {.count = 0};
  for (const char *const *other = class->elsewhere; other != NULL && *other != NULL; other += 2)
    if (strcmp(*other, field) == 0) lnb_error(L, "%s: no method '%s'; write %s", class->noun, field, other[1]);
  const char *hint = push_hint(L, field);
  if (*hint != '\0') lnb_error(L, "%s: no method or field '%s'%s", class->noun, field, hint);
  collect_names(L, lua_upvalueindex(1), &names);
  collect_names(L, lua_upvalueindex(2), &names);
  const char *nearest = ln_nearest_name(field, name_at, &names);
  if (nearest != NULL) lnb_error(L, "%s: no method or field '%s'; did you mean '%s'?", class->noun, field, nearest);
  lnb_error(L, "%s: no method or field '%s'%s", class->noun, field, push_list_of(L, &names));
}

/* Upvalue 1: methods, 2: getters, 3: the class. Getters are called with the object. */
int lnb_class_index(lua_State *L) {
  const LnbClass *class = lua_touserdata(L, lua_upvalueindex(3));
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) return missing_field(L, class, luaL_tolstring(L, 2, NULL));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

/* mark: what stands between the class's variable and a name, ":" or ".". */
static void push_list(lua_State *L, const LnbClass *class, const char *mark, const LnbFunction *functions) {
  const char *owner = lua_pushfstring(L, "%s%s", class->variable != NULL ? class->variable : class->noun, mark);
  lua_newtable(L);
  lnb_functions(L, owner, functions);
  lua_remove(L, -2);
}

void lnb_class_set_index(lua_State *L, const LnbClass *class, lua_CFunction index) {
  lua_getfield(L, -1, "methods");
  lua_getfield(L, -2, "getters");
  lua_pushlightuserdata(L, (void *)(uintptr_t)class);
  lua_pushcclosure(L, index, 3);
  lua_setfield(L, -2, "__index");
}

static void not_settable(lua_State *L, const LnbClass *class, const char *field) {
  Names names = {.count = 0};
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
    lnb_error(L, "%s: field '%s' can be read, but not set", class->noun, field);
  collect_names(L, lua_upvalueindex(1), &names);
  const char *nearest = ln_nearest_name(field, name_at, &names);
  if (nearest != NULL) lnb_error(L, "%s: no field '%s' to set; did you mean '%s'?", class->noun, field, nearest);
  lnb_error(L, "%s: no field '%s' to set%s", class->noun, field, push_list_of(L, &names));
}

/* Upvalue 1: setters, 2: getters, 3: the class. */
static int class_newindex(lua_State *L) {
  const LnbClass *class = lua_touserdata(L, lua_upvalueindex(3));
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) not_settable(L, class, luaL_tolstring(L, 2, NULL));
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 3);
  lua_call(L, 2, 0);
  return 0;
}

void lnb_class_setters(lua_State *L, const LnbClass *class, const LnbFunction *setters) {
  push_list(L, class, ".", setters);
  lua_getfield(L, -2, "getters");
  lua_pushlightuserdata(L, (void *)(uintptr_t)class);
  lua_pushcclosure(L, class_newindex, 3);
  lua_setfield(L, -2, "__newindex");
}

void lnb_class_new(lua_State *L, const LnbClass *class, const luaL_Reg *meta, const LnbFunction *methods,
                   const LnbFunction *getters) {
  static const luaL_Reg common[] = {
      {"__gc", box_close}, {"__close", lnb_box_free}, {"__eq", box_equal}, {NULL, NULL}};
  luaL_newmetatable(L, class->name);
  lnb_box_set_class(L, class);
  lua_pushlightuserdata(L, (void *)(uintptr_t)class);
  luaL_setfuncs(L, common, 1);
  push_list(L, class, ":", methods);
  push_list(L, class, ".", getters);
  lua_setfield(L, -3, "getters");
  lua_setfield(L, -2, "methods");
  lnb_class_set_index(L, class, lnb_class_index);
  if (meta != NULL) luaL_setfuncs(L, meta, 0);
}
