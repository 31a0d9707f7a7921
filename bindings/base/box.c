/* Boxes, and honesty towards Lua's collector about memory that it cannot see: see box.h. */
#include "bindings/base/box.h"

#include "lunet.h"

LnbBox *lnb_box_new(lua_State *L, const LnbClass *class) {
  lnb_collect_when_due(L);
  LnbBox *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (LnbBox){NULL, 0};
  luaL_setmetatable(L, class->name);
  return box;
}

LnbBox *lnb_test(lua_State *L, int index, const LnbClass *class) {
  return luaL_testudata(L, index, class->name);
}

/* Key, in the metatables of classes, of the class. */
static const char class_key;

void lnb_box_set_class(lua_State *L, const LnbClass *class) {
  lua_pushlightuserdata(L, (void *)(uintptr_t)class);
  lua_rawsetp(L, -2, &class_key);
}

const LnbClass *lnb_box_class(lua_State *L, int index, void **object) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
  lua_rawgetp(L, -1, &class_key);
  const LnbClass *class = lua_touserdata(L, -1);
  lua_pop(L, 2);
  *object = class == NULL ? NULL : ((LnbBox *)lua_touserdata(L, index))->object;
  return class;
}

/* What lived after the last collection made here; one process, one Lua thread. */
static int64_t survived;

void lnb_collect(lua_State *L) {
  lua_gc(L, LUA_GCCOLLECT);
  survived = ln_memory_live();
}

void lnb_collect_when_due(lua_State *L) {
  const int64_t floor = 64 << 20;
  int64_t limit = 2 * survived > floor ? 2 * survived : floor;
  if (ln_memory_live() > limit) lnb_collect(L);
}
