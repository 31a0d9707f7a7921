/* Calls from the runtime back into Lua: see callback.h. */
#include "bindings/base/callback.h"

#include <string.h>

#include <lauxlib.h>

#include "bindings/base/call.h"
#include "bindings/base/interrupt.h"

/* An error as text, also one that is no string. */
static int error_text(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

/* What was raised, on top of the stack. */
static LnStatus fail_raised(lua_State *L, int code, LnError *err) {
  const char *text = lua_tostring(L, -1);
  if (text != NULL && lnb_is_interrupt(text)) return ln_fail(err, LN_EINTERRUPTED, "interrupted");
  if (code == LUA_ERRMEM) return ln_fail(err, LN_EMEMORY, "out of memory in Lua");
  if (text != NULL && strstr(text, "attempt to yield") != NULL)
    return ln_fail(err, LN_EARG, "its functions cannot yield: they are called in the middle of other work");
  return ln_fail(err, LN_EARG, "%s", text == NULL ? "an error without text" : text);
}

LnStatus lnb_call_back(lua_CFunction f, int n, void *context, LnError *err) {
  lua_State *L = lnb_caller;
  int top = lua_gettop(L) - n;
  if (!lua_checkstack(L, LUA_MINSTACK)) {
    lua_settop(L, top);
    return ln_fail(err, LN_EMEMORY, "out of stack in Lua");
  }
  lua_pushcclosure(L, f, n);
  lua_pushcfunction(L, error_text);
  lua_insert(L, top + 1);
  lua_pushlightuserdata(L, context);
  int code = lua_pcall(L, 1, 0, top + 1);
  LnStatus status = code == LUA_OK ? LN_OK : fail_raised(L, code, err);
  lua_settop(L, top);
  return status;
}
