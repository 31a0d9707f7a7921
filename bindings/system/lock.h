/* Locks that processes on one or several machines see as files of a shared folder.
 *
 * Whoever makes the file has the lock. A thread writes a count into it every few seconds, also while Lua is in a long
 * call, so that others can tell a holder that works from one that is gone. It writes into the file that it made: if
 * another process found the lock dead and replaced the file, that one is left alone. */
#ifndef LUNET_BINDINGS_SYSTEM_LOCK_H
#define LUNET_BINDINGS_SYSTEM_LOCK_H

#include <lua.h>

void lnb_open_lock(lua_State *L); /* adds its functions to the table on top */

#endif
