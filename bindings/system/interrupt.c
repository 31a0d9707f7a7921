/* Ctrl-C in Lua: what ln.fit defers it with, and ln.interrupted. */
#include "bindings/system/interrupt.h"

#include <lauxlib.h>

#include "bindings/base/function.h"
#include "bindings/base/interrupt.h"

static bool at_prompt;

void lnb_interrupt_at_prompt(void) {
  at_prompt = true;
}

/* defer_interrupt(true or false): whether it was deferred before. */
static int defer_interrupt(lua_State *L) {
  bool was = lnb_interrupt_defer(L, lua_toboolean(L, 1));
  lua_pushboolean(L, was);
  return 1;
}

/* interrupt_pressed([reset]): whether Ctrl-C was pressed; true forgets it. */
static int interrupt_pressed(lua_State *L) {
  bool reset = lua_toboolean(L, 1);
  lua_pushboolean(L, reset ? lnb_interrupt_take() : lnb_interrupt_pressed());
  return 1;
}

/* interrupted(err): whether an error is that of Ctrl-C. */
static int interrupted(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, lua_type(L, 1) == LUA_TSTRING && lnb_is_interrupt(lua_tostring(L, 1)));
  return 1;
}

/* at_prompt([set]): whether what runs was typed, before it is set. */
static int is_at_prompt(lua_State *L) {
  bool set = lua_isnoneornil(L, 1) ? at_prompt : lua_toboolean(L, 1);
  lua_pushboolean(L, at_prompt);
  at_prompt = set;
  return 1;
}

void lnb_open_interrupt_functions(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "defer_interrupt", .call = defer_interrupt},
      {.name = "interrupt_pressed", .call = interrupt_pressed},
      {.name = "at_prompt", .call = is_at_prompt},
      {.name = "interrupted", .call = interrupted, .usage = "ln.interrupted(err: any) -> boolean",
       .doc = "Whether an error, as pcall gives it, is that of Ctrl-C. It is raised where the script is, in the "
              "middle of long calls and in coroutines too; what was being made is given up, and networks, tensors and "
              "files that were being changed are whole. Its message is text, \"script.lua:12: interrupted\", maybe "
              "with other text in front or a traceback behind. Code that carries on after errors should raise this "
              "one again: if not ok and ln.interrupted(err) then error(err, 0) end. The second Ctrl-C after one that "
              "had no effect warns, the third ends the program.",
       .example = "local ok, err = pcall(ln.zeros, -1)\n"
                  "ln.interrupted(err)"},
      {0}};
  lnb_functions(L, "", functions);
}
