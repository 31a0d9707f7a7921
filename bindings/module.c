/* The module `lunet`: its Lua half lies in this binary, put there by the rule for embedded.s in the Makefile.
 *
 * require finds it through a searcher of our own. With LUNET_LUA_DIR=bindings/lunet the files are read from that folder
 * instead, so that a change needs no build. */
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "base/file.h"
#include "bindings.h"

/* One Lua file: bindings/lunet/<name>.lua. The list ends with a NULL name. */
typedef struct Embedded {
  const char *name, *text, *end;
} Embedded;
extern const Embedded lnb_embedded[];

static const Embedded *find_embedded(const char *name) {
  for (const Embedded *file = lnb_embedded; file->name != NULL; file++)
    if (strcmp(file->name, name) == 0) return file;
  return NULL;
}

static void load_text(lua_State *L, const char *name, const char *text, size_t length) {
  const char *chunk = lua_pushfstring(L, LNB_CHUNK_PREFIX "%s.lua", name);
  if (luaL_loadbufferx(L, text, length, chunk, "t") != LUA_OK) lua_error(L);
}

static void load_file(lua_State *L, const char *dir, const char *name) {
  size_t length = 0;
  const char *path = lua_pushfstring(L, "%s/%s.lua", dir, name);
  LNB_MAKE(L, lnb_text_class, void, ln_file_read(&made, &length, path, &err));
  load_text(L, name, lnb_check(L, -1, &lnb_text_class), length);
}

/* A searcher (see package.searchers): "lunet.fit" -> a function that loads it. */
static int search(lua_State *L) {
  const char *wanted = lnb_check_string(L, 1), *name = "init", *dir = getenv("LUNET_LUA_DIR");
  if (strcmp(wanted, "lunet.core") == 0) return lua_pushcfunction(L, luaopen_lunet_core), 1;
  if (strncmp(wanted, "lunet.", 6) == 0)
    name = wanted + 6;
  else if (strcmp(wanted, "lunet") != 0)
    return 0;
  const Embedded *file = find_embedded(name);
  if (dir != NULL && *dir != '\0')
    load_file(L, dir, name);
  else if (file != NULL)
    load_text(L, name, file->text, (size_t)(file->end - file->text));
  else
    lua_pushfstring(L, "no file '%s.lua' in lunet", name);
  return 1;
}

void lnb_module_install(lua_State *L) {
  static const char installed;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &installed) == LUA_TNIL) {
    lnb_open_value(L);
    lua_getglobal(L, LUA_LOADLIBNAME);
    lua_getfield(L, -1, "searchers");
    for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) { /* right after the one for package.preload */
      lua_rawgeti(L, -1, i);
      lua_rawseti(L, -2, i + 1);
    }
    lua_pushcfunction(L, search);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
    lua_pushboolean(L, true);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &installed);
  }
  lua_pop(L, 1);
}

/* For a stock lua5.4, which finds lunet.so in package.cpath. */
int luaopen_lunet(lua_State *L) {
  lnb_module_install(L);
  lua_settop(L, 0);
  lua_pushcfunction(L, search);
  lua_pushliteral(L, "lunet");
  lua_call(L, 1, 1);
  lua_pushliteral(L, "lunet");
  lua_call(L, 1, 1);
  return 1;
}
