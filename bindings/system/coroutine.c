/* coroutine.resume, wrap and close as Lua's own, but for one thing: they tell which coroutine runs, so that Ctrl-C can
 * raise in it. A debug hook that all coroutines inherit would cost every loop a multiple of its time; this costs a
 * loop nothing. */
#include "bindings/system/coroutine.h"

#include <lauxlib.h>
#include <lualib.h>

#include "bindings/base/interrupt.h"

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co != NULL, 1, "coroutine");
  return co;
}

/* Resumes co with the n values on top and moves what it gives here. Returns their number, or -1 with an error on top. */
static int resume_with(lua_State *L, lua_State *co, int n) {
  int results = 0;
  if (!lua_checkstack(co, n)) return lua_pushliteral(L, "too many arguments to resume"), -1;
  lua_xmove(L, co, n);
  lua_State *left = lnb_interrupt_switch(co);
  int status = lua_resume(co, L, n, &results);
  lnb_interrupt_switch(left);
  if (status != LUA_OK && status != LUA_YIELD) return lua_xmove(co, L, 1), -1;
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    return lua_pushliteral(L, "too many results to resume"), -1;
  }
  lua_xmove(co, L, results);
  return results;
}

static int resume(lua_State *L) {
  lua_State *co = check_coroutine(L);
  int results = resume_with(L, co, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  if (results < 0) results = 1;
  lua_insert(L, -(results + 1));
  return results + 1;
}

/* The wrapped coroutine failed with the error on top: its variables to be closed are closed, the error goes on. */
static int fail_wrapped(lua_State *L, lua_State *co) {
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_State *left = lnb_interrupt_switch(co);
    status = lua_resetthread(co);
    lnb_interrupt_switch(left);
    lua_pop(L, 1);
    lua_xmove(co, L, 1); /* closing may have failed in another way */
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int call_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int results = resume_with(L, co, lua_gettop(L));
  return results >= 0 ? results : fail_wrapped(L, co);
}

static int wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

/* Upvalue 1: Lua's own. What is closed runs in the coroutine. */
static int close_coroutine(lua_State *L) {
  lua_State *co = check_coroutine(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_State *left = lnb_interrupt_switch(co);
  int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  lnb_interrupt_switch(left);
  return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}

void lnb_coroutines_follow(lua_State *L) {
  static const luaL_Reg functions[] = {{"resume", resume}, {"wrap", wrap}, {NULL, NULL}};
  lua_getglobal(L, LUA_COLIBNAME);
  luaL_setfuncs(L, functions, 0);
  lua_getfield(L, -1, "close");
  lua_pushcclosure(L, close_coroutine, 1);
  lua_setfield(L, -2, "close");
  lua_pop(L, 1);
}
