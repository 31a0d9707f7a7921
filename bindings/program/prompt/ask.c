/* See ask.h. */
#include "bindings/program/prompt/ask.h"

#include <lauxlib.h>

#include "bindings/base/interrupt.h"
#include "bindings/program/require.h"

/* The module's name is upvalue 1. */
static int answer(lua_State *L) {
  int n = lua_gettop(L);
  program_require(L, lua_tostring(L, lua_upvalueindex(1)));
  lua_insert(L, 1);
  lua_settop(L, n + 1);
  lua_call(L, n, LUA_MULTRET);
  return lua_gettop(L);
}

bool prompt_ask(lua_State *L, const char *module, int n, int results) {
  int base = lua_gettop(L) - n;
  bool was = lnb_interrupt_defer(L, true);
  bool ok = !lnb_interrupt_pressed() && lua_checkstack(L, LUA_MINSTACK);
  if (ok) {
    lua_pushstring(L, module);
    lua_pushcclosure(L, answer, 1);
    lua_insert(L, base + 1);
    ok = lua_pcall(L, n, results, 0) == LUA_OK;
  }
  if (!ok) lua_settop(L, base);
  lnb_interrupt_defer(L, was);
  return ok;
}
