/* How the prompt shows values: as print does, but plain tables by their contents, on one line and one level deep. */
#include <string.h>

#include "bindings.h"
#include "program.h"

enum { WIDTH = 75 }; /* what does not fit is left out; with "> " before it and ", ... }" behind, 80 columns */

static bool is_name(const char *text) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return strchr(letters, *text) != NULL && *text != '\0' && text[strspn(text, letters)] == '\0';
}

/* Pushes a key or value inside a table: strings quoted, tables as "{...}". */
static const char *push_inner(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TSTRING) return lua_pushfstring(L, "\"%s\"", lua_tostring(L, index));
  const LnType *type = lnb_test_type(L, index);
  if (type != NULL) return lua_pushfstring(L, "%s.%s", type->kind, type->name);
  if (lua_istable(L, index) && luaL_getmetafield(L, index, "__tostring") == LUA_TNIL)
    return lua_pushliteral(L, "{...}");
  const char *text = luaL_tolstring(L, index, NULL);
  return strchr(text, '\n') == NULL ? text : lnb_describe(L, index);
}

/* Pushes "name = " or "[key] = " for the key at an index; nothing for the next entry of a list. */
static void push_key(lua_State *L, int index, lua_Integer next) {
  if (lua_isinteger(L, index) && lua_tointeger(L, index) == next)
    lua_pushliteral(L, "");
  else if (lua_type(L, index) == LUA_TSTRING && is_name(lua_tostring(L, index)))
    lua_pushfstring(L, "%s = ", lua_tostring(L, index));
  else
    lua_pushfstring(L, "[%s] = ", push_inner(L, index));
}

/* Pushes the contents of the table at an absolute index. */
static void push_contents(lua_State *L, int table) {
  lua_Integer next = 1;
  int key = lua_gettop(L) + 2;
  lua_pushliteral(L, "{");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    push_key(L, key, next);
    const char *name = lua_tostring(L, -1), *value = push_inner(L, key + 1), *so_far = lua_tostring(L, key - 1);
    bool fits = strlen(so_far) + strlen(name) + strlen(value) + 6 <= WIDTH;
    lua_pushfstring(L, "%s%s%s%s", so_far, next > 1 ? ", " : " ", fits ? name : "", fits ? value : "...");
    lua_replace(L, key - 1);
    next++;
    lua_settop(L, fits ? key : key - 1);
    if (!fits) break;
  }
  lua_pushstring(L, next > 1 ? " }" : "}");
  lua_concat(L, 2);
}

/* A Lua function: prints its arguments. */
int program_show(lua_State *L) {
  for (int i = 1; i <= lua_gettop(L); i++) {
    if (!lua_istable(L, i)) continue;
    if (luaL_getmetafield(L, i, "__tostring") != LUA_TNIL || luaL_getmetafield(L, i, "__name") != LUA_TNIL) {
      lua_pop(L, 1);
      continue;
    }
    luaL_checkstack(L, 8, NULL);
    push_contents(L, i);
    lua_replace(L, i);
  }
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}
