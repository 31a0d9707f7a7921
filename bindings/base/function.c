/* Functions and their help: see function.h. */
#include "bindings/base/function.h"

#include <string.h>

#include <lauxlib.h>

#include "bindings/base/error.h"

static const char pages_key; /* registry key of the list of pages */

void lnb_push_pages(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &pages_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &pages_key);
}

void lnb_page(lua_State *L, const char *owner, const LnbFunction *row) {
  lnb_push_pages(L);
  lua_createtable(L, 0, 7);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "call");
  lua_pushfstring(L, "%s%s", owner, row->name);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, row->usage);
  lua_setfield(L, -2, "usage");
  lua_pushstring(L, row->doc);
  lua_setfield(L, -2, "doc");
  lua_pushstring(L, row->numpy);
  lua_setfield(L, -2, "numpy");
  lua_pushstring(L, row->torch);
  lua_setfield(L, -2, "torch");
  lua_pushstring(L, row->example);
  lua_setfield(L, -2, "example");
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pop(L, 1);
}

void lnb_functions(lua_State *L, const char *owner, const LnbFunction *list) {
  for (const LnbFunction *row = list; row != NULL && row->name != NULL; row++) {
    lua_pushinteger(L, row->code);
    lua_pushcclosure(L, row->call, 1);
    if (row->usage != NULL) lnb_page(L, owner, row);
    lua_setfield(L, -2, row->name);
  }
  lnb_name_functions(L);
}

int lnb_function_code(lua_State *L) {
  return (int)lua_tointeger(L, lua_upvalueindex(1));
}
