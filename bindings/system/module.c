/* The module `lunet`: its Lua half lies in this binary, put there by bindings/precompile.c.
 *
 * require finds it through a searcher of our own. The names of its modules are flat, whatever room a file is in:
 * require "lunet.fit" loads bindings/lunet/train/fit.lua, so that a file can move without its users. With
 * LUNET_LUA_DIR=bindings/lunet the files are read from that folder instead, so that a change needs no build.
 * require "lunet.text_of" gives a function that tells the text of such a file. */
#include "bindings/system/module.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "base/file.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/system/core.h"

/* One Lua file: bindings/lunet/<path>.lua. The list ends with a NULL path. */
typedef struct Embedded {
  const char *path, *text, *end; /* path: "train/fit" */
  const char *code, *code_end;   /* what bindings/precompile.c makes of the text */
} Embedded;
extern const Embedded lnb_embedded[];

static const Embedded *find_embedded(const char *name) {
  for (const Embedded *file = lnb_embedded; file->path != NULL; file++) {
    const char *slash = strrchr(file->path, '/');
    if (strcmp(slash == NULL ? file->path : slash + 1, name) == 0) return file;
  }
  return NULL;
}

/* Registry key of the globals of the Lua half: a copy of the standard ones, so that a script's `type = 3` does no harm
 * to the module, above the script's, where `arg` is. */
static const char environment;

/* print, which a script may replace, if by a function. Upvalue 1: Lua's own. */
static int print(lua_State *L) {
  lua_pushglobaltable(L);
  lua_pushliteral(L, "print");
  if (lua_rawget(L, -2) != LUA_TFUNCTION) lua_copy(L, lua_upvalueindex(1), -1);
  lua_insert(L, 1);
  lua_pop(L, 1);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}

static void make_environment(lua_State *L) {
  lua_newtable(L);
  lua_pushglobaltable(L);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -5);
  }
  lua_getglobal(L, "print");
  lua_pushcclosure(L, print, 1);
  lua_setfield(L, -3, "print");
  lua_createtable(L, 0, 1);
  lua_insert(L, -2);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &environment);
}

static void load(lua_State *L, const char *path, const char *text, size_t length, const char *mode) {
  const char *chunk = lua_pushfstring(L, LNB_CHUNK_PREFIX "%s.lua", path);
  if (luaL_loadbufferx(L, text, length, chunk, mode) != LUA_OK) lua_error(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &environment);
  lua_setupvalue(L, -2, 1);
}

static void load_file(lua_State *L, const char *dir, const char *path) {
  size_t length = 0;
  const char *file = lua_pushfstring(L, "%s/%s.lua", dir, path);
  LNB_MAKE(L, lnb_text_class, void, ln_file_read(&made, &length, file, &err));
  load(L, path, lnb_check(L, -1, &lnb_text_class), length, "t");
}

/* text(path): of the file "train/fit", as it was loaded; nil where there is none. */
static int text_of(lua_State *L) {
  const char *path = lnb_check_string(L, 1), *slash = strrchr(path, '/'), *dir = getenv("LUNET_LUA_DIR");
  const Embedded *file = find_embedded(slash == NULL ? path : slash + 1);
  if (file == NULL) return 0;
  if (dir == NULL || *dir == '\0') return lua_pushlstring(L, file->text, (size_t)(file->end - file->text)), 1;
  size_t length = 0;
  path = lua_pushfstring(L, "%s/%s.lua", dir, file->path);
  LNB_MAKE(L, lnb_text_class, void, ln_file_read(&made, &length, path, &err));
  return lua_pushlstring(L, lnb_check(L, -1, &lnb_text_class), length), 1;
}

static int open_text_of(lua_State *L) {
  return lua_pushcfunction(L, text_of), 1;
}

/* A searcher (see package.searchers): "lunet.fit" -> a function that loads it. */
static int search(lua_State *L) {
  const char *wanted = lnb_check_string(L, 1), *name = "init", *dir = getenv("LUNET_LUA_DIR");
  if (strcmp(wanted, "lunet.core") == 0) return lua_pushcfunction(L, luaopen_lunet_core), 1;
  if (strcmp(wanted, "lunet.text_of") == 0) return lua_pushcfunction(L, open_text_of), 1;
  if (strncmp(wanted, "lunet.", 6) == 0)
    name = wanted + 6;
  else if (strcmp(wanted, "lunet") != 0)
    return 0;
  const Embedded *file = find_embedded(name);
  if (file == NULL)
    lua_pushfstring(L, "no file '%s.lua' in lunet", name);
  else if (dir != NULL && *dir != '\0')
    load_file(L, dir, file->path);
  else
    load(L, file->path, file->code, (size_t)(file->code_end - file->code), "b");
  return 1;
}

void lnb_module_install(lua_State *L) {
  static const char installed;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &installed) == LUA_TNIL) {
    lnb_open_value(L);
    make_environment(L);
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
