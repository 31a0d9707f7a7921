/* core.terminal, for the Lua half of the module. */
#include "bindings/system/terminal.h"

#include "bindings/base/function.h"
#include "bindings/base/terminal.h"
#include "bindings/base/value.h"

/* terminal.size(fd): columns, rows, width and height in pixels; zeros for what is not known or no terminal */
static int size(lua_State *L) {
  LnbTerminalSize now = lnb_terminal_size((int)lnb_check_integer(L, 1));
  lua_pushinteger(L, now.columns);
  lua_pushinteger(L, now.rows);
  lua_pushinteger(L, now.width);
  lua_pushinteger(L, now.height);
  return 4;
}

/* terminal.fix_columns(n): that many from now on, whatever the terminal says; 0: what it says */
static int fix_columns(lua_State *L) {
  lnb_terminal_fix_columns((int)lnb_check_integer(L, 1));
  return 0;
}

void lnb_open_terminal(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "size", .call = size}, {.name = "fix_columns", .call = fix_columns}, {0}};
  lua_newtable(L);
  lnb_functions(L, "terminal.", functions);
  lua_setfield(L, -2, "terminal");
}
