/* Error messages that point at the line of the user's script: see error.h. */
#include "bindings/base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "base/escape.h"
#include "bindings/base/box.h"
#include "bindings/base/describe.h"

/* "script.lua:12: " for the innermost Lua function that is not the module's own; nothing if there is none. */
static void push_where(lua_State *L) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0 || strncmp(frame.source, LNB_CHUNK_PREFIX, strlen(LNB_CHUNK_PREFIX)) == 0) continue;
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

int lnb_error(lua_State *L, const char *format, ...) {
  char text[1024], escaped[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  ln_escape(escaped, sizeof escaped, text, strlen(text));
  push_where(L);
  lua_pushstring(L, escaped);
  lua_concat(L, 2);
  lua_error(L);
  __builtin_unreachable();
}

/* Registry key of a table from functions to their names. */
static const char names_key;

void lnb_name_functions(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &names_key);
  }
  lua_pushnil(L);
  while (lua_next(L, -3)) {
    lua_pushvalue(L, -2);
    if (lua_isfunction(L, -2))
      lua_rawset(L, -4);
    else
      lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

/* The class of the object whose call (its __call) is the C function on top; NULL if that is another function. The
 * object is argument 1 then, which its user does not count. */
static const LnbClass *called_class(lua_State *L, void **object) {
  const LnbClass *class = lnb_box_class(L, 1, object);
  if (class == NULL || luaL_getmetafield(L, 1, "__call") == LUA_TNIL) return NULL;
  bool called = lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  return called ? class : NULL;
}

const char *lnb_callee(lua_State *L) {
  lua_Debug frame;
  void *object = NULL;
  const char *name = NULL;
  int top = lua_gettop(L);
  if (!lua_getstack(L, 0, &frame)) return "?";
  lua_getinfo(L, "nf", &frame);
  const LnbClass *called = called_class(L, &object);
  if (called != NULL && called->call_name != NULL && object != NULL) name = called->call_name(object); /* a filter */
  if (name == NULL && lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) == LUA_TTABLE) {
    lua_pushvalue(L, -2);
    lua_rawget(L, -2);
    name = lua_tostring(L, -1); /* the table keeps it */
  }
  lua_settop(L, top);
  return name != NULL ? name : frame.name != NULL ? frame.name : "?";
}

/* The sign of the operator that a metamethod stands for, or NULL. */
static const char *operator_sign(const char *name) {
  static const char *const signs[][2] = {{"__add", "+"}, {"__sub", "-"}, {"__mul", "*"}, {"__div", "/"}, {"__mod", "%"},
                                         {"__pow", "^"}, {"__idiv", "//"}};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (strcmp(name, signs[i][0]) == 0) return signs[i][1];
  return NULL;
}

int lnb_arg_error(lua_State *L, int arg, const char *expected) {
  lua_Debug frame;
  void *object = NULL;
  const char *came = lnb_describe(L, arg), *name = lnb_callee(L);
  const char *sign = operator_sign(name);
  if (sign != NULL) lnb_error(L, "%s: expected %s on its %s, got %s", sign, expected, arg == 1 ? "left" : "right", came);
  lua_getstack(L, 0, &frame);
  lua_getinfo(L, "n", &frame);
  bool method = frame.namewhat != NULL && strcmp(frame.namewhat, "method") == 0;
  if (method && arg == 1)
    lnb_error(L, "%s: called on %s, expected %s; write object:%s(...)", name, came, expected, name);
  lua_getinfo(L, "f", &frame);
  bool called = called_class(L, &object) != NULL;
  lnb_error(L, "%s: argument %d: expected %s, got %s", name, arg - (method || called), expected, came);
}
