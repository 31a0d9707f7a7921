/* What a word can become, asked of the Lua half (bindings/lunet/prompt/completion.lua), and how the library that edits
 * lines is told. */
#include "bindings/program/prompt/complete.h"

#include "bindings/program/prompt/editing.h"

#ifdef HAVE_EDITING

#include <stdlib.h>
#include <string.h>

#include "bindings/program/prompt/ask.h"
#include "bindings/program/prompt/input.h"

static LineReader *reader; /* callbacks have no context argument */

/* The quote of the string in which the cursor is, or '\0'. */
static char open_quote(void) {
  const char *text = rl_line_buffer;
  char quote = '\0';
  for (int i = 0; i < rl_point; i++) {
    char c = text[i];
    if (quote == '\0' && c == '-' && text[i + 1] == '-') /* a comment, which may have apostrophes */
      i += (int)strcspn(text + i, "\n") - 1;
    else if (quote != '\0' && c == '\\')
      i++;
    else if (c == quote || c == '\n')
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
  }
  return quote;
}

/* What separates words; in a string all of it is one, as paths have spaces. */
static char *word_breaks(void) {
  static char in_code[] = " \t\n\"'><=;+-*/%^~#{}()[],|&?!", in_string[2];
  in_string[0] = open_quote();
  return in_string[0] != '\0' ? in_string : in_code;
}

/* Called with 0, 1, ...: the i-th candidate; the table of them is on top of the stack. */
static char *next_candidate(const char *word, int state) {
  static lua_Integer i;
  (void)word;
  if (state == 0) i = 0;
  char *text = NULL;
  if (lua_rawgeti(reader->L, -1, ++i) == LUA_TSTRING) text = strdup(lua_tostring(reader->L, -1));
  lua_pop(reader->L, 1);
  return text;
}

/* Asks for the candidates of the word that begins at `start`: pushes a list, and a string at its end if what continues
 * them is known, or nothing where it cannot be asked. */
static bool ask(const char *word, int start) {
  lua_State *L = reader->L;
  lua_pushfstring(L, "%s\n", reader->pending);
  lua_pushlstring(L, rl_line_buffer, (size_t)start);
  lua_concat(L, 2);
  lua_pushstring(L, word);
  lua_pushstring(L, rl_line_buffer + rl_point);
  return prompt_ask(L, "lunet.completion", 3, 1);
}

static char **complete(const char *word, int start, int end) {
  lua_State *L = reader->L;
  int top = lua_gettop(L);
  char quote = open_quote(), **matches = NULL;
  (void)end;
  rl_attempted_completion_over = 1; /* no file names but ours */
  if (input_is_pasted()) return NULL;
  if (ask(word, start) && lua_istable(L, -1)) {
    matches = rl_completion_matches(word, next_candidate);
    bool folder = matches != NULL && matches[1] == NULL && matches[0][strlen(matches[0]) - 1] == '/';
    rl_completion_append_character = folder ? '\0' : quote;
  }
  lua_settop(L, top);
  return matches;
}

void complete_start(LineReader *of) {
  reader = of;
  rl_attempted_completion_function = complete;
  rl_completer_quote_characters = "";
  rl_basic_quote_characters = ""; /* else it closes the quote behind each match, a folder's name too */
  rl_completion_word_break_hook = word_breaks;
}

#endif
