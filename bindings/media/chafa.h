/* core.chafa: pictures as what a terminal shows, by libchafa. */
#ifndef LUNET_BINDINGS_MEDIA_CHAFA_H
#define LUNET_BINDINGS_MEDIA_CHAFA_H

#include <lua.h>

void lnb_open_chafa(lua_State *L); /* the module table is on top */

#endif
