/* Trainers in Lua: one C call a batch. */
#ifndef LUNET_BINDINGS_MODEL_TRAINER_H
#define LUNET_BINDINGS_MODEL_TRAINER_H

#include <lua.h>

void lnb_open_trainer(lua_State *L);

#endif
