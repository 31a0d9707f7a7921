/* Running a chunk so that its own local variables stay, as globals, for the prompt that follows: `local x = 1` at the
 * prompt, and what a script made before `lunet -i` leaves one with it.
 *
 * A debug hook looks at the chunk as it returns, the message handler if it fails. Where a Ctrl-C took the hook's place,
 * or where the chunk ends in a tail call, there is nothing to see and nothing is kept. */
#include <string.h>

#include "bindings.h"
#include "program.h"

static const void *chunk; /* the function whose variables are kept */

static void keep_locals(lua_State *L, const lua_Debug *frame) {
  lua_pushglobaltable(L);
  int globals = lua_gettop(L);
  const char *name;
  for (int i = 1; (name = lua_getlocal(L, frame, i)) != NULL; i++) {
    if (*name != '(') { /* such are the loops' own, and what is in no variable */
      lua_pushstring(L, name);
      lua_pushvalue(L, -2);
      lua_rawset(L, globals);
    }
    lua_settop(L, globals);
    if (strcmp(name, "(temporary)") == 0) break;
  }
  lua_settop(L, globals - 1);
}

static bool is_chunk(lua_State *L, lua_Debug *frame) {
  lua_getinfo(L, "f", frame);
  bool same = lua_topointer(L, -1) == chunk;
  lua_pop(L, 1);
  return same;
}

static void on_return(lua_State *L, lua_Debug *frame) {
  if (is_chunk(L, frame)) keep_locals(L, frame);
}

static int on_error(lua_State *L) {
  lua_Debug frame;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  for (int level = 1; lua_getstack(L, level, &frame); level++)
    if (is_chunk(L, &frame)) keep_locals(L, &frame);
  return program_traceback(L);
}

int program_call_keeping(lua_State *L, int n_arguments) {
  int function = lua_gettop(L) - n_arguments;
  const void *outer = chunk;
  chunk = lua_topointer(L, function);
  lua_pushcfunction(L, on_error);
  lua_insert(L, function);
  lua_sethook(L, on_return, LUA_MASKRET, 0);
  int status = lua_pcall(L, n_arguments, LUA_MULTRET, function);
  lua_sethook(L, NULL, 0, 0);
  lnb_interrupt_take();
  lua_remove(L, function);
  chunk = outer;
  return status;
}
