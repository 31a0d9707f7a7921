/* What the files of the `lunet` program share; none of this is in lunet.so. */
#ifndef LUNET_BINDINGS_PROGRAM_H
#define LUNET_BINDINGS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

/* Message handler for lua_pcall: the message first, then where it was called from, without the module's own frames. */
int program_traceback(lua_State *L);

/* Where the shipped Lua scripts are (paths.c). Pushes $LUNET_SCRIPTS, <exe>/../scripts or <exe>/../share/lunet/scripts,
 * whichever exists, or nil. */
void program_push_scripts_dir(lua_State *L);
/* Let require find what lies beside the scripts' folder, e.g. models. */
void program_extend_path(lua_State *L);
/* Pushes a table of the commands in that folder: { {name=, doc=}, ... }, sorted. */
void program_push_commands(lua_State *L);

/* Chunks whose local variables become globals (keep.c): loaded as by luaL_loadbufferx, and called with that handler.
 * The latter pushes all results, or the message; both return a status as Lua's own functions do. */
int program_load_keeping(lua_State *L, const char *text, size_t length, const char *name);
int program_call_keeping(lua_State *L, int n_arguments);

/* The prompt (repl.c), and how it shows values: a Lua function like print (show.c). */
void program_repl(lua_State *L);
int program_show(lua_State *L);

/* One line (line.c): read with editing and history where there is a terminal. */
typedef enum LineResult { LINE_READ, LINE_END, LINE_INTERRUPTED } LineResult;
void line_start(lua_State *L);                          /* loads the history */
LineResult line_read(lua_State *L, const char *prompt); /* pushes the line when there is one */
void line_remember(const char *line);

/* Tab completion (complete.c): pushes a table of what `word`, which follows `before`, can become. */
void program_complete(lua_State *L, const char *before, const char *word);
extern const char *program_pending; /* the lines of an unfinished chunk that came before the one being read */

#endif
