/* Tab completion. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_COMPLETE_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_COMPLETE_H

#include <lua.h>

/* Pushes a table of what `word` can become; within a string, nothing but the words that an option takes. Before the word
 * comes `before` on its line, and `pending`, the lines of an unfinished chunk that came earlier. */
void program_complete(lua_State *L, const char *pending, const char *before, const char *word);

#endif
