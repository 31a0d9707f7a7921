/* Values in words, for messages. */
#ifndef LUNET_BINDINGS_BASE_DESCRIBE_H
#define LUNET_BINDINGS_BASE_DESCRIBE_H

#include <lua.h>

#include "base/value.h"

/* What is at a stack index: "a tensor of shape 3x64x64", "'same'", "nil". Pushes the text and returns it. */
const char *lnb_describe(lua_State *L, int index);

/* A boolean, number or string as a value; of anything else a nil. */
LnValue lnb_scalar(lua_State *L, int index);

/* describe, nearest and range_text, for the Lua half. */
void lnb_open_describe(lua_State *L);

#endif
