/* Errors. They carry the line of the user's script, also when raised below the module's own Lua code. */
#ifndef LUNET_BINDINGS_BASE_ERROR_H
#define LUNET_BINDINGS_BASE_ERROR_H

#include <lua.h>

#include "base/status.h"
#include "bindings/base/box.h"

#define LNB_CHUNK_PREFIX "=lunet/" /* chunk names of the module's own Lua code begin with it */

int lnb_error(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
int lnb_raise(lua_State *L, const LnError *err) __attribute__((noreturn));
/* "reshape: argument 2: expected a shape, got nil" */
int lnb_arg_error(lua_State *L, int arg, const char *expected) __attribute__((noreturn));
/* The name of the running C function, as the module gives it; pcall hides the name in the call. */
const char *lnb_callee(lua_State *L);
/* Remember the names of the functions in the table on top. */
void lnb_name_functions(lua_State *L);

/* Call into the runtime; `call` uses &err. If memory runs out, collect garbage and try once more. Raise on failure. */
#define LNB_CALL(L, call)                                                                                       \
  do {                                                                                                          \
    LnError err = {LN_OK, ""};                                                                                  \
    if ((call) != LN_OK && (err.status != LN_EMEMORY || (lnb_collect(L), (call) != LN_OK))) lnb_raise(L, &err); \
  } while (0)

/* Push a box of the class and fill it: `call` stores a new object through &made, and uses &err. */
#define LNB_MAKE(L, class, Type, call)             \
  do {                                             \
    LnbBox *made_box = lnb_box_new((L), &(class)); \
    Type *made = NULL;                             \
    LNB_CALL(L, call);                             \
    made_box->object = made;                       \
  } while (0)

#endif
