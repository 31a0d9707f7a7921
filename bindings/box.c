/* Boxes, and honesty towards Lua's collector about memory that it cannot see: see bindings.h. */
#include <stdio.h>

#include "bindings.h"

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

void *lnb_check(lua_State *L, int arg, const LnbClass *class) {
  LnbBox *box = lnb_test(L, arg, class);
  char expected[64];
  snprintf(expected, sizeof expected, "a %s", class->noun); /* a Lua string would move the stack's top */
  if (box == NULL) lnb_arg_error(L, arg, expected);
  const char *callee = box->object == NULL ? lnb_callee(L) : NULL;
  if (callee != NULL && *callee == '?') callee = class->noun; /* tostring(net), #t */
  if (callee != NULL && arg == 1) lnb_error(L, "%s: the %s was freed", callee, class->noun);
  if (callee != NULL) lnb_error(L, "%s: argument %d is a %s that was freed", callee, arg, class->noun);
  return box->object;
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

void *lnb_scratch(lua_State *L, size_t count, size_t size) {
  if (count > SIZE_MAX / 2 / size) lnb_error(L, "%s: out of memory", lnb_callee(L));
  return lua_newuserdatauv(L, count * size + 1, 0);
}
