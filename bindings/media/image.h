/* Images in Lua: core.image. */
#ifndef LUNET_BINDINGS_MEDIA_IMAGE_H
#define LUNET_BINDINGS_MEDIA_IMAGE_H

#include <lua.h>

void lnb_open_image(lua_State *L);

#endif
