/* The state of trainers in Lua. */
#ifndef LUNET_BINDINGS_MODEL_TRAINER_STATE_H
#define LUNET_BINDINGS_MODEL_TRAINER_STATE_H

#include <lua.h>

#include "model/update.h"

/* Pushes it as a table of numbers and of tensors, which are copies, by name. */
void lnb_push_trainer_state(lua_State *L, LnUpdate *update);
/* Take it back from the table at an index; all of it or, with an error, nothing. */
void lnb_restore_trainer_state(lua_State *L, LnUpdate *update, int index);

#endif
