/* Predictions of networks, and networks as functions. */
#ifndef LUNET_BINDINGS_MODEL_PREDICT_H
#define LUNET_BINDINGS_MODEL_PREDICT_H

#include <lua.h>

void lnb_open_predict(lua_State *L); /* after lnb_open_network */

#endif
