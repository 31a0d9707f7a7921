/* Colours by the Lua half: bindings/lunet/prompt/colouring.lua gives a letter for each byte. */
#include "bindings/program/prompt/paint.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/program/prompt/ask.h"

enum { MOST_BYTES = 1 << 14 }; /* of a text that is coloured: looking at it at each key takes no time that is felt */

static lua_State *state;

void paint_begin(lua_State *L) {
  state = L;
}

const char *paint_text(const char *text, size_t length, size_t cursor) {
  static char letters[MOST_BYTES + 1];
  size_t n = 0;
  if (length > MOST_BYTES) return NULL;
  lua_pushlstring(state, text, length);
  lua_pushinteger(state, (lua_Integer)cursor);
  if (!prompt_ask(state, "lunet.colouring", 2, 1)) return NULL;
  const char *given = lua_tolstring(state, -1, &n);
  bool fits = given != NULL && n == length;
  if (fits) memcpy(letters, given, length);
  letters[length] = '\0';
  lua_pop(state, 1);
  return fits ? letters : NULL;
}
