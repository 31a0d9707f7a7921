/* Where the shipped Lua scripts are. */
#ifndef LUNET_BINDINGS_PROGRAM_PATHS_H
#define LUNET_BINDINGS_PROGRAM_PATHS_H

#include <lua.h>

/* Pushes $LUNET_SCRIPTS, <exe>/../scripts or <exe>/../share/lunet/scripts, whichever exists, or nil. */
void program_push_scripts_dir(lua_State *L);
/* Let require find what lies beside the scripts' folder, e.g. models. */
void program_extend_path(lua_State *L);
/* Pushes the folder of what `lunet <command>` runs, commands/ in the scripts' folder, or nil. */
void program_push_commands_dir(lua_State *L);
/* Pushes a table of the commands in that folder: { {name=, doc=}, ... }, sorted. */
void program_push_commands(lua_State *L);

#endif
