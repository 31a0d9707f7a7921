/* Statistics, for the Lua half of the module: intervals, tests, distributions. */
#ifndef LUNET_BINDINGS_SYSTEM_STATISTIC_H
#define LUNET_BINDINGS_SYSTEM_STATISTIC_H

#include <lua.h>

void lnb_open_statistic(lua_State *L); /* sets its functions in the table on top */

#endif
