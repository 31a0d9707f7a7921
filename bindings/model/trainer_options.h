/* Options of trainers in Lua. */
#ifndef LUNET_BINDINGS_MODEL_TRAINER_OPTIONS_H
#define LUNET_BINDINGS_MODEL_TRAINER_OPTIONS_H

#include <lua.h>

#include "model/update.h"

/* Set those that the table at an index holds, as the Lua half gives it (train/updates.lua). */
void lnb_configure_trainer(lua_State *L, LnUpdate *update, int index);

#endif
