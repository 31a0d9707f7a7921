/* What is drawn at random for the images of a batch, for the Lua half: noise, augmentation, numbers. */
#ifndef LUNET_BINDINGS_MEDIA_BATCH_H
#define LUNET_BINDINGS_MEDIA_BATCH_H

#include <lua.h>

void lnb_open_batch(lua_State *L); /* the module table is on top */

#endif
