/* Calls into the runtime: failures become Lua errors, and Ctrl-C stops what takes long. */
#ifndef LUNET_BINDINGS_BASE_CALL_H
#define LUNET_BINDINGS_BASE_CALL_H

#include <stdbool.h>

#include <lua.h>

#include "base/status.h"
#include "bindings/base/box.h"
#include "bindings/base/interrupt.h"

int lnb_raise(lua_State *L, const LnError *err) __attribute__((noreturn));

/* The coroutine whose call into the runtime runs: where the runtime calls Lua back. */
extern lua_State *lnb_caller;

/* Call into the runtime; `call` uses &err. If memory runs out, collect garbage and try once more. Raise on failure. */
#define LNB_CALL(L, call)                                                                             \
  do {                                                                                                \
    LnError err = {LN_OK, ""};                                                                        \
    lua_State *outer_caller = lnb_caller;                                                             \
    lnb_interrupt_hold(L);                                                                            \
    lnb_caller = (L);                                                                                 \
    bool failed = (call) != LN_OK && (err.status != LN_EMEMORY || (lnb_collect(L), (call) != LN_OK)); \
    lnb_caller = outer_caller;                                                                        \
    lnb_interrupt_release();                                                                          \
    if (failed) lnb_raise(L, &err);                                                                   \
  } while (0)

/* Push a box of the class and fill it: `call` stores a new object through &made, and uses &err. */
#define LNB_MAKE(L, class, Type, call)             \
  do {                                             \
    LnbBox *made_box = lnb_box_new((L), &(class)); \
    Type *made = NULL;                             \
    LNB_CALL(L, call);                             \
    made_box->object = made;                       \
  } while (0)

#endif
