/* Calls from the runtime back into Lua, for layers and losses that are Lua functions. */
#ifndef LUNET_BINDINGS_BASE_CALLBACK_H
#define LUNET_BINDINGS_BASE_CALLBACK_H

#include <lua.h>

#include "base/status.h"

/* Runs f in protected mode on the coroutine whose call into the runtime is at work (lnb_caller), with `context` as
 * light userdata at index 1 and the n values on top of that stack, which go, as upvalues. What it raises becomes a
 * failure with that message, Ctrl-C an interrupt. */
LnStatus lnb_call_back(lua_CFunction f, int n, void *context, LnError *err);

#endif
