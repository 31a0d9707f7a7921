/* Values in words, for messages. */
#ifndef LUNET_BINDINGS_BASE_DESCRIBE_H
#define LUNET_BINDINGS_BASE_DESCRIBE_H

#include <lua.h>

/* What is at a stack index: "a tensor of shape 3x64x64", "'same'", "nil". Pushes the text and returns it. */
const char *lnb_describe(lua_State *L, int index);

#endif
