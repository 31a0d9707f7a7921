/* Chains of noises and of augmentations: see chain.h. The chain refers to its links by itself. */
#include "bindings/items/chain.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "lunet.h"

enum { NOISE, AUGMENT };

static int chain(lua_State *L) {
  const LnType *type = lnb_function_code(L) == NOISE ? &ln_noise_chain.type : &ln_augment_chain.type;
  lnb_check_table(L, 1);
  const int n = (int)lua_rawlen(L, 1);
  LnItem **items = lnb_scratch(L, (size_t)n, sizeof *items);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    const char *what = lua_pushfstring(L, "%s.chain: entry %d", type->kind, i + 1);
    items[i] = lnb_check_item(L, lua_gettop(L) - 1, type->kind, what);
    lua_pop(L, 2); /* the list keeps it */
  }
  LNB_MAKE(L, lnb_item_class, LnItem, ln_chain_new(&made, type, items, n, &err));
  return 1;
}

void lnb_open_chain(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "noise_chain", .call = chain, .code = NOISE},
                                          {.name = "augment_chain", .call = chain, .code = AUGMENT},
                                          {0}};
  lnb_functions(L, "", functions);
}
