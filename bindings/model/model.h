/* nn.sequential and nn.model. */
#ifndef LUNET_BINDINGS_MODEL_MODEL_H
#define LUNET_BINDINGS_MODEL_MODEL_H

#include <lua.h>

void lnb_open_model(lua_State *L); /* into core.nn */

#endif
