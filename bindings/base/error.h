/* Errors. They carry the line of the user's script, also when raised below the module's own Lua code. */
#ifndef LUNET_BINDINGS_BASE_ERROR_H
#define LUNET_BINDINGS_BASE_ERROR_H

#include <lua.h>

#define LNB_CHUNK_PREFIX "=lunet/" /* chunk names of the module's own Lua code begin with it */

int lnb_error(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
/* "reshape: argument 2: expected a shape, got nil" */
int lnb_arg_error(lua_State *L, int arg, const char *expected) __attribute__((noreturn));
/* The name of the running C function, as the module gives it; pcall hides the name in the call. */
const char *lnb_callee(lua_State *L);
/* Remember the names of the functions in the table on top. */
void lnb_name_functions(lua_State *L);

#endif
