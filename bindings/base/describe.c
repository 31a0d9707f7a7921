/* Values in words: see describe.h. Boxes are described by their classes. */
#include "bindings/base/describe.h"

#include <string.h>

#include "bindings/base/box.h"

const char *lnb_describe(lua_State *L, int index) {
  void *object = NULL;
  const LnbClass *class = lnb_box_class(L, index, &object);
  if (class != NULL && object == NULL) return lua_pushfstring(L, "a %s that was freed", class->noun);
  if (class != NULL && class->describe != NULL) return class->describe(L, object), lua_tostring(L, -1);
  if (class != NULL) return lua_pushfstring(L, "a %s", class->noun);
  switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL: return lua_pushliteral(L, "nil");
    case LUA_TNUMBER: return luaL_tolstring(L, index, NULL);
    case LUA_TSTRING: return lua_pushfstring(L, "'%s'", lua_tostring(L, index));
    case LUA_TBOOLEAN: return lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    default: break;
  }
  if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) {
    const char *name = lua_tostring(L, -1);
    return lua_pushfstring(L, "a %s", strncmp(name, "lunet.", 6) == 0 ? name + 6 : name);
  }
  return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}
