/* The Lua surface: the bytes choose public functions, methods and operators and what they are called with: surface.lua
 * tells how. Whatever is called in whatever way must give a result or an error. */
#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdlib.h>

#include "bindings/system/module.h"
#include "fuzz/fuzz.h"

const char *const fuzz_covers = "";

/* One state for all inputs: loading the module takes longer than a call. */
static lua_State *state;

static void fail(lua_State *L) {
  lua_writestringerror("%s\n", lua_tostring(L, -1));
  abort();
}

static void start(void) {
  state = luaL_newstate();
  if (state == NULL) abort();
  luaL_openlibs(state);
  lnb_module_install(state);
  bool loaded = luaL_loadfilex(state, "tests/fuzz/surface.lua", "t") == LUA_OK;
  if (!loaded || lua_pcall(state, 0, 1, 0) != LUA_OK) fail(state);
}

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  if (state == NULL) start();
  lua_State *L = state;
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  lua_pushlstring(L, (const char *)bytes, n);
  lua_pushstring(L, fuzz_file(bytes, n)); /* a damaged file of some kind */
  if (lua_pcall(L, 2, 1, 0) != LUA_OK) fail(L);
  uint64_t hash = fuzz_hash_text(FUZZ_START, luaL_tolstring(L, -1, NULL));
  lua_settop(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  return hash;
}
