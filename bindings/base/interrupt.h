/* Ctrl-C. It raises "interrupted" in what it meets, in coroutines too: a call into the runtime stops by the runtime's
 * flag (runtime/base/interrupt.h), Lua code by a debug hook as in lua.c. Code that wants to finish its batch first
 * defers it: then SIGINT is only counted, for the code to ask, and a second one raises. Both wait for other C code to
 * end; whoever cannot, ends the program by pressing twice more.
 *
 * In the program `lunet` the handler stands from the beginning, whether SIGINT was ignored or not. A stock lua5.4 has a
 * handler of its own, which raises as soon as a call returns and whose second SIGINT ends the program; there ours takes
 * its place during calls into the runtime and while it is deferred. */
#ifndef LUNET_BINDINGS_BASE_INTERRUPT_H
#define LUNET_BINDINGS_BASE_INTERRUPT_H

#include <stdbool.h>

#include <lua.h>

/* For the program: from now on SIGINT raises. */
void lnb_interrupt_install(lua_State *L);

/* Around a call into the runtime: SIGINT stops it, and raises in L when it has returned. */
void lnb_interrupt_hold(lua_State *L);
void lnb_interrupt_release(void);

/* Whether SIGINT came and was not taken; taking it, it raises nothing any more. */
bool lnb_interrupt_pressed(void);
bool lnb_interrupt_take(void);
int lnb_interrupt_count(void); /* how often it came, taken or not: changes tell that it did */

/* Whether it was deferred before. What came meanwhile and was not taken raises when it is deferred no longer. */
bool lnb_interrupt_defer(lua_State *L, bool defer);

/* The coroutine L runs from now on; returns what ran before. */
lua_State *lnb_interrupt_switch(lua_State *L);

/* Whether an error's message is that of SIGINT: its first line ends in "interrupted", maybe after a position and other
 * text that ends in a colon. */
bool lnb_is_interrupt(const char *text);

/* To be called first when a Lua state is made, so that nothing is raised in it after it was closed. */
void lnb_open_interrupt(lua_State *L);

#endif
