/* What ln.fit writes checkpoints with, in the background, and reads them. */
#ifndef LUNET_BINDINGS_MEDIA_CHECKPOINT_H
#define LUNET_BINDINGS_MEDIA_CHECKPOINT_H

#include <lua.h>

void lnb_open_checkpoint(lua_State *L);

#endif
