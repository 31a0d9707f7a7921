/* How the prompt shows values: as print does, but what takes several lines below each other, and plain tables by their
 * contents, one level deep: on one line, lists of tables a line an entry. */
#include "bindings/program/prompt/show.h"

#include <stdbool.h>
#include <string.h>

#include "bindings/base/describe.h"
#include "bindings/base/frozen.h"
#include "bindings/items/class.h"

enum {
  WIDTH = 75, /* what does not fit is left out; with "> " before it and ", ... }" behind, 80 columns */
  MOST_ROWS = 100,
};

static bool is_name(const char *text) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  bool digit_first = *text >= '0' && *text <= '9';
  return *text != '\0' && !digit_first && text[strspn(text, letters)] == '\0';
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

/* Pushes the contents of the table at an absolute index, in about so many characters. */
static void push_contents(lua_State *L, int table, size_t width) {
  lua_Integer next = 1;
  int key = lua_gettop(L) + 2;
  lnb_thaw(L, table);
  lua_pushliteral(L, "{");
  lua_pushnil(L);
  while (lua_next(L, table)) {
    push_key(L, key, next);
    const char *name = lua_tostring(L, -1), *value = push_inner(L, key + 1), *so_far = lua_tostring(L, key - 1);
    bool fits = strlen(so_far) + strlen(name) + strlen(value) + 6 <= width;
    lua_pushfstring(L, "%s%s%s%s", so_far, next > 1 ? ", " : " ", fits ? name : "", fits ? value : "...");
    lua_replace(L, key - 1);
    next++;
    lua_settop(L, fits ? key : key - 1);
    if (!fits) break;
  }
  lua_pushstring(L, next > 1 ? " }" : "}");
  lua_concat(L, 2);
}

/* Whether the value at an index is a table that says nothing of itself. */
static bool is_plain(lua_State *L, int index) {
  if (!lua_istable(L, index)) return false;
  int top = lua_gettop(L);
  bool named = luaL_getmetafield(L, index, "__tostring") != LUA_TNIL ||
               luaL_getmetafield(L, index, "__name") != LUA_TNIL;
  lua_settop(L, top);
  return !named;
}

/* Whether the plain table at an absolute index is a list of plain tables, and of nothing else. */
static bool is_list_of_tables(lua_State *L, int table) {
  lua_Integer n = 0, length = (lua_Integer)lua_rawlen(L, table);
  int top = lua_gettop(L);
  bool all = length > 1;
  lua_pushnil(L);
  while (all && lua_next(L, table)) {
    all = lua_isinteger(L, top + 1) && lua_tointeger(L, top + 1) >= 1 && lua_tointeger(L, top + 1) <= length &&
          is_plain(L, top + 2);
    lua_settop(L, top + 1);
    n++;
  }
  lua_settop(L, top);
  return all && n == length;
}

/* Pushes the list's entries, a line each. */
static void push_rows(lua_State *L, int table) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, table);
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  luaL_addstring(&text, "{\n");
  for (lua_Integer i = 1; i <= n && i <= MOST_ROWS; i++) {
    luaL_addstring(&text, "  ");
    lua_rawgeti(L, table, i);
    push_contents(L, lua_gettop(L), WIDTH - 2);
    lua_remove(L, -2);
    luaL_addvalue(&text);
    luaL_addstring(&text, ",\n");
  }
  luaL_addstring(&text, n > MOST_ROWS ? "  ...\n}" : "}");
  luaL_pushresult(&text);
}

/* A Lua function: prints its arguments. */
int program_show(lua_State *L) {
  int n = lua_gettop(L);
  bool lines = false;
  luaL_checkstack(L, n + LUA_MINSTACK, "too many results to print");
  for (int i = 1; i <= n; i++) {
    lnb_thaw(L, i);
    if (is_plain(L, i) && is_list_of_tables(L, i))
      push_rows(L, i);
    else if (is_plain(L, i))
      push_contents(L, i, WIDTH);
    else
      luaL_tolstring(L, i, NULL);
    lines = lines || strchr(lua_tostring(L, -1), '\n') != NULL;
    lua_replace(L, i);
  }
  for (int i = 1; i < n && lines; i++) {
    lua_pushvalue(L, i);
    lua_pushliteral(L, "\n");
    lua_concat(L, 2);
    lua_replace(L, i);
  }
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  if (lines) lua_concat(L, n);
  lua_call(L, lines ? 1 : n, 0);
  return 0;
}
