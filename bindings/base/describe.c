/* Values in words: see describe.h. Boxes are described by their classes. */
#include "bindings/base/describe.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/param.h"
#include "bindings/base/box.h"

LnValue lnb_scalar(lua_State *L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: return (LnValue){.kind = LN_BOOLEAN, .boolean = lua_toboolean(L, index)};
    case LUA_TSTRING: return (LnValue){.kind = LN_TEXT, .text = lua_tostring(L, index)};
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) return (LnValue){.kind = LN_INTEGER, .integer = lua_tointeger(L, index)};
      return (LnValue){.kind = LN_NUMBER, .number = lua_tonumber(L, index)};
    default: return (LnValue){.kind = LN_NIL};
  }
}

const char *lnb_describe(lua_State *L, int index) {
  void *object = NULL;
  const LnbClass *class = lnb_box_class(L, index, &object);
  if (class != NULL && object == NULL) return lua_pushfstring(L, "a %s that was freed", class->noun);
  if (class != NULL && class->describe != NULL) return class->describe(L, object), lua_tostring(L, -1);
  if (class != NULL) return lua_pushfstring(L, "a %s", class->noun);
  if (lua_isnoneornil(L, index)) return lua_pushliteral(L, "nil");
  LnValue value = lnb_scalar(L, index);
  char text[128];
  if (value.kind != LN_NIL) return lua_pushstring(L, ln_value_text(&value, text, sizeof text));
  if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) {
    const char *name = lua_tostring(L, -1);
    return lua_pushfstring(L, "a %s", strncmp(name, "lunet.", 6) == 0 ? name + 6 : name);
  }
  return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}

/* For the Lua half, which calls these with arguments of its own. */

/* describe(value): what it is. */
static int describe(lua_State *L) {
  luaL_checkany(L, 1);
  lnb_describe(L, 1);
  return 1;
}

/* The i-th of the names in the table at index 2, which keeps it. */
static const char *name_at(const void *state, int i) {
  lua_State *L = (lua_State *)(uintptr_t)state;
  const char *name = lua_rawgeti(L, 2, i + 1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  lua_pop(L, 1);
  return name;
}

/* nearest(name, names): the one that a misspelt name may mean, or nil. */
static int nearest(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_pushstring(L, ln_nearest_name(name, name_at, L));
  return 1;
}

/* range_text(min, max, above): " from 0 to 1"; either may be nil, `above` leaves the min itself out. */
static int range_text(lua_State *L) {
  char text[80];
  double min = luaL_optnumber(L, 1, -HUGE_VAL), max = luaL_optnumber(L, 2, HUGE_VAL);
  lua_pushstring(L, ln_range_text(min, max, lua_toboolean(L, 3) ? LN_ABOVE_MIN : 0, text, sizeof text));
  return 1;
}

void lnb_open_describe(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"describe", describe}, {"nearest", nearest}, {"range_text", range_text}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
