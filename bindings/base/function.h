/* Functions that Lua sees, each with its help in the row that binds it: what ln.help prints, and what the manual and
 * the stubs for editors are made from. */
#ifndef LUNET_BINDINGS_BASE_FUNCTION_H
#define LUNET_BINDINGS_BASE_FUNCTION_H

#include <lua.h>

typedef struct LnbFunction {
  const char *name; /* its field: "narrow"; NULL ends a list */
  lua_CFunction call;
  const char *usage; /* "t:narrow(dim: integer, first: integer, count: integer) -> tensor", with ? behind the name of
                        what may be left out; bindings/lunet/base/signature.lua has the form, and reads it; NULL: the
                        function is for the Lua half of the module alone */
  const char *doc;   /* sentences: what it does, shapes, units, ranges, errors */
  const char *numpy; /* what NumPy calls it: "np.clip", "np.max, np.amax"; NULL where NumPy has none */
  const char *torch; /* what PyTorch calls it: "torch.clamp", "Tensor.expand"; NULL where PyTorch has none */
  const char *example; /* Lua code that uses it; NULL: the call alone, where it needs no arguments. What is not made in
                          it, t and net and so on, is put before it (bindings/lunet/help/preparations.lua) */
  int code;          /* of functions that serve a group: lnb_function_code says which this one is */
} LnbFunction;

/* Sets the functions of a list as fields of the table on top; NULL is an empty list. Their pages are called by owner
 * and name: "t:narrow", "file.write", or for the owner "" the name alone. */
void lnb_functions(lua_State *L, const char *owner, const LnbFunction *list);
int lnb_function_code(lua_State *L);

/* A page for what is no row of a list. The function on top, which stays there. */
void lnb_page(lua_State *L, const char *owner, const LnbFunction *row);
/* Pushes the list of all pages: { { call =, name =, usage =, doc = }, ... }. */
void lnb_push_pages(lua_State *L);

#endif
