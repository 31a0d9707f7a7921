/* Failures of the runtime as Lua errors: see call.h. */
#include "bindings/base/call.h"

#include "bindings/base/error.h"

lua_State *lnb_caller;

int lnb_raise(lua_State *L, const LnError *err) {
  if (err->status == LN_EINTERRUPTED) lnb_interrupt_take();
  lnb_error(L, "%s", err->msg);
}
