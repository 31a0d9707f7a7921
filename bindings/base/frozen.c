/* Tables that can be read and not written: see frozen.h. What Lua code holds is empty, and its metatable leads to the
 * contents. */
#include "bindings/base/frozen.h"

#include <stdbool.h>

#include <lauxlib.h>

#include "bindings/base/describe.h"
#include "bindings/base/error.h"

/* __newindex. Upvalue 1: the message. */
static int refuse(lua_State *L) {
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : lnb_describe(L, 2);
  lnb_error(L, "%s", luaL_gsub(L, lua_tostring(L, lua_upvalueindex(1)), "KEY", key));
}

/* __len. Upvalue 1: the contents. */
static int length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, lua_upvalueindex(1)));
  return 1;
}

static int next_field(lua_State *L) {
  lua_settop(L, 2);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

/* __pairs. Upvalue 1: the contents. */
static int fields(lua_State *L) {
  lua_pushcfunction(L, next_field);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushnil(L);
  return 3;
}

static void set_closure(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

/* Freezes the tables in the one on top. One with a name in it is what the message speaks of. */
static void freeze_fields(lua_State *L, const char *message) {
  int table = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, "tables in tables");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    int key = table + 1, value = table + 2;
    if (lua_istable(L, value)) {
      bool named = lua_type(L, key) == LUA_TSTRING;
      const char *inner = named ? luaL_gsub(L, message, "KEY", lua_tostring(L, key)) : message;
      lua_pushvalue(L, key);
      lua_pushvalue(L, value);
      lnb_freeze(L, inner);
      lua_rawset(L, table);
    }
    lua_settop(L, key);
  }
}

void lnb_freeze(lua_State *L, const char *message) {
  freeze_fields(L, message);
  int contents = lua_gettop(L);
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, contents);
  lua_setfield(L, -2, "__frozen"); /* what lnb_thaw looks for */
  lua_pushvalue(L, contents);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, message);
  set_closure(L, "__newindex", refuse);
  lua_pushvalue(L, contents);
  set_closure(L, "__len", length);
  lua_pushvalue(L, contents);
  set_closure(L, "__pairs", fields);
  lua_setmetatable(L, -2);
  lua_replace(L, contents);
}

void lnb_thaw(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (!lua_istable(L, index)) return;
  int type = luaL_getmetafield(L, index, "__frozen");
  if (type == LUA_TTABLE)
    lua_replace(L, index);
  else if (type != LUA_TNIL)
    lua_pop(L, 1);
}
