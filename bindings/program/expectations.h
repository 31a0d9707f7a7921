/* Numbers that a script declared by ln.expect: bindings/lunet/report/expect.lua. */
#ifndef LUNET_BINDINGS_PROGRAM_EXPECTATIONS_H
#define LUNET_BINDINGS_PROGRAM_EXPECTATIONS_H

#include <stdbool.h>

#include <lua.h>

/* Prints those that were not printed yet; returns whether all hold. What goes wrong is reported and counts as no. */
bool program_expectations_hold(lua_State *L);

#endif
