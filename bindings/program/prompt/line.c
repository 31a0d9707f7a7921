/* See line.h. */
#include "bindings/program/prompt/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "bindings/base/interrupt.h"
#include "bindings/program/prompt/ask.h"
#include "bindings/program/prompt/editing.h"
#include "bindings/program/prompt/history.h"
#include "bindings/program/prompt/input.h"
#include "bindings/program/prompt/keys.h"

/* Without a terminal, or without a library. */
static LineResult read_plainly(lua_State *L, const char *prompt) {
  luaL_Buffer buffer;
  bool terminal = isatty(STDIN_FILENO);
  int c;
  if (terminal) fputs(prompt, stdout);
  fflush(stdout);
  luaL_buffinit(L, &buffer);
  while ((c = getchar()) != EOF && c != '\n') luaL_addchar(&buffer, (char)c);
  luaL_pushresult(&buffer);
  if (lnb_interrupt_take()) {
    clearerr(stdin);
    puts("");
    return lua_pop(L, 1), LINE_INTERRUPTED;
  }
  if (c == EOF && lua_rawlen(L, -1) == 0) {
    if (terminal) puts("");
    return lua_pop(L, 1), LINE_END;
  }
  return LINE_READ;
}

#ifdef HAVE_EDITING

static const char lines_key; /* registry key: the list of lines that were typed at once */

/* One text from the terminal: on the stack, where there is one. */
static LineResult read_text(LineReader *reader, const char *prompt) {
  input_watch();
  char *text = keys_read(prompt);
  input_unwatch();
  input_note_line();
  if (lnb_interrupt_take()) return free(text), LINE_INTERRUPTED;
  if (text == NULL) return LINE_END;
  lua_pushstring(reader->L, text);
  free(text);
  return LINE_READ;
}

/* Makes the text on top, which stays there, the list of lines to be given, each with those that go on with it. */
static void keep_lines(LineReader *reader) {
  lua_State *L = reader->L;
  reader->given = 0;
  reader->noted = strchr(lua_tostring(L, -1), '\n') != NULL;
  reader->interrupts = lnb_interrupt_count();
  if (!reader->noted) return;
  history_note(lua_tostring(L, -1));
  lua_pushvalue(L, -1);
  if (prompt_ask(L, "lunet.lines", 1, 1)) lua_rawsetp(L, LUA_REGISTRYINDEX, &lines_key);
}

/* Pushes the next of the lines. */
static bool give_line(LineReader *reader) {
  lua_State *L = reader->L;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &lines_key) != LUA_TTABLE) return lua_pop(L, 1), false;
  bool dropped = reader->interrupts != lnb_interrupt_count();
  int type = dropped ? LUA_TNIL : lua_rawgeti(L, -1, ++reader->given);
  if (type == LUA_TSTRING) return lua_remove(L, -2), true;
  lua_settop(L, dropped ? -2 : -3);
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &lines_key);
  return false;
}

void line_start(LineReader *reader, lua_State *L) {
  *reader = (LineReader){.L = L, .pending = "", .edits = isatty(STDIN_FILENO)};
  if (!reader->edits) return;
  history_start();
  reader->whole = keys_start(reader);
}

const char *line_editing_mode(const LineReader *reader, const char *set) {
  if (!reader->edits) return NULL;
#ifdef HAVE_READLINE
  if (set != NULL) rl_variable_bind("editing-mode", set);
  return rl_variable_value("editing-mode");
#else
  (void)set;
  return NULL;
#endif
}

void line_remember(LineReader *reader, const char *text) {
  if (reader->edits && !reader->noted) history_note(text);
}

#else

static LineResult read_text(LineReader *reader, const char *prompt) {
  return read_plainly(reader->L, prompt);
}

static void keep_lines(LineReader *reader) {
  reader->given = 0;
}

static bool give_line(LineReader *reader) {
  (void)reader;
  return false;
}

void line_start(LineReader *reader, lua_State *L) {
  *reader = (LineReader){.L = L, .pending = ""};
}

const char *line_editing_mode(const LineReader *reader, const char *set) {
  (void)reader, (void)set;
  return NULL;
}

void line_remember(LineReader *reader, const char *text) {
  (void)reader, (void)text;
}

#endif

static bool is_blank(const char *line) {
  return line[strspn(line, " \t")] == '\0';
}

/* Two empty lines give up what is unfinished, unless they are pasted. */
static bool is_given_up(const LineReader *reader, const char *line) {
  const char *before = strrchr(reader->pending, '\n');
  return before != NULL && is_blank(before + 1) && is_blank(line) && input_pending() == 0;
}

LineResult line_read(LineReader *reader, const char *prompt) {
  bool unfinished = *reader->pending != '\0', terminal = isatty(STDIN_FILENO);
  if (give_line(reader)) return LINE_READ;
  if (unfinished && reader->whole) return LINE_ABANDONED;
  LineResult result = reader->edits ? read_text(reader, prompt) : read_plainly(reader->L, prompt);
  if (result == LINE_END && unfinished && terminal) return LINE_ABANDONED; /* Ctrl-D leaves the chunk alone */
  if (result != LINE_READ) return result;
  if (unfinished && terminal && is_given_up(reader, lua_tostring(reader->L, -1)))
    return lua_pop(reader->L, 1), LINE_ABANDONED;
  keep_lines(reader);
  if (give_line(reader)) lua_remove(reader->L, -2);
  return LINE_READ;
}
