/* Colours of what is being typed. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_PAINT_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_PAINT_H

#include <stddef.h>

#include <lua.h>

void paint_begin(lua_State *L);                                      /* for the text that L is going to get */
const char *paint_text(const char *text, size_t length, size_t cursor); /* a DrawPainter */

#endif
