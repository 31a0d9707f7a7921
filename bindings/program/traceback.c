/* Errors as users see them: the message, then the calls that led there, in the user's files only. */
#include "bindings/program/traceback.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "bindings/base/error.h"

enum { MAX_FRAMES = 10 };

static void push_message(lua_State *L) {
  if (lua_isstring(L, 1)) { /* or a number */
    lua_pushvalue(L, 1);
    lua_tostring(L, 2); /* makes it text in place */
    return;
  }
  if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return;
  lua_settop(L, 1);
  lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
}

/* "\n  script.lua:12: in function 'train'" */
static void push_frame(lua_State *L, lua_Debug *frame) {
  lua_pushfstring(L, "\n  %s:%d: in ", frame->short_src, frame->currentline);
  if (*frame->namewhat != '\0')
    lua_pushfstring(L, "%s '%s'", strcmp(frame->namewhat, "method") == 0 ? "method" : "function", frame->name);
  else if (*frame->what == 'm')
    lua_pushliteral(L, "the main chunk");
  else
    lua_pushfstring(L, "a function defined in line %d", frame->linedefined);
  lua_concat(L, 2);
}

int program_traceback(lua_State *L) {
  lua_Debug frame;
  int frames = 0;
  lua_settop(L, 1);
  push_message(L);
  const char *message = lua_tostring(L, 2);
  luaL_checkstack(L, MAX_FRAMES + 8, NULL);
  for (int level = 1; lua_getstack(L, level, &frame) && frames < MAX_FRAMES; level++) {
    lua_getinfo(L, "Sln", &frame);
    if (frame.currentline <= 0 || strncmp(frame.source, LNB_CHUNK_PREFIX, strlen(LNB_CHUNK_PREFIX)) == 0) continue;
    const char *place = lua_pushfstring(L, "%s:%d:", frame.short_src, frame.currentline);
    bool told = frames == 0 && strncmp(message, place, strlen(place)) == 0 && *frame.what == 'm';
    lua_pop(L, 1);
    if (told) break; /* raised by the main chunk: the message says it all */
    push_frame(L, &frame);
    frames++;
  }
  lua_concat(L, frames + 1);
  return 1;
}
