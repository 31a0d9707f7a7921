/* Reading a line at the prompt: with readline or libedit (editing, history, completion) on a terminal, plainly
 * otherwise.
 *
 * readline's callback interface is used, and it gets its keys from us, so that Ctrl-C comes to our handler while we wait
 * in ppoll, also within a key of several bytes: the line is thrown away and the caller told. */
#define _GNU_SOURCE /* ppoll */
#include "bindings/program/prompt/line.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "base/file.h"
#include "bindings/base/interrupt.h"
#include "bindings/program/prompt/complete.h"

/* Without a terminal, or without readline. */
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

#if !defined HAVE_READLINE && !defined HAVE_LIBEDIT

void line_start(LineReader *reader, lua_State *L) {
  *reader = (LineReader){.L = L, .pending = ""};
}

void line_remember(LineReader *reader, const char *line) {
  (void)reader, (void)line;
}

LineResult line_read(LineReader *reader, const char *prompt) {
  return read_plainly(reader->L, prompt);
}

#else

#include <errno.h>
#include <poll.h>
#include <signal.h>

#ifdef HAVE_LIBEDIT
#include <editline/readline.h>
#define rl_callback_sigcleanup() (void)0 /* searches are no state of libedit's */
#else
#include <readline/history.h>
#include <readline/readline.h>
#endif

enum { HISTORY_LINES = 2000 };

static LineReader *active; /* while it reads a line: readline's callbacks have no context argument */

/* Completion. */

/* Called with 0, 1, ...: the i-th candidate; the table of them is on top of the stack. */
static char *next_candidate(const char *word, int state) {
  static lua_Integer i;
  (void)word;
  if (state == 0) i = 0;
  char *text = NULL;
  if (lua_rawgeti(active->L, -1, ++i) == LUA_TSTRING) text = strdup(lua_tostring(active->L, -1));
  lua_pop(active->L, 1);
  return text;
}

static int complete_protected(lua_State *L) {
  program_complete(L, active->pending, lua_tostring(L, 1), lua_tostring(L, 2));
  return 1;
}

/* What separates words: within strings, whose words are paths, no slash. */
static char *word_breaks(void) {
  static char in_code[] = " \t\n\"'><=;+-*/%^~#{}()[],", in_string[] = " \t\n\"'><=;+-*%^~#{}()[],";
  char quote = '\0';
  for (int i = 0; i < rl_point; i++) {
    char c = rl_line_buffer[i];
    if (quote != '\0' && c == '\\')
      i++;
    else if (c == quote)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
  }
  active->in_string = quote != '\0';
  return active->in_string ? in_string : in_code;
}

static char **complete(const char *word, int start, int end) {
  lua_State *L = active->L;
  int top = lua_gettop(L);
  char **matches = NULL;
  (void)end;
  rl_completion_append_character = '\0';
  rl_attempted_completion_over = !active->in_string; /* within a string, file names come after us */
  lua_pushcfunction(L, complete_protected);
  lua_pushlstring(L, rl_line_buffer, (size_t)start);
  lua_pushstring(L, word);
  if (lua_pcall(L, 2, 1, 0) == LUA_OK) matches = rl_completion_matches(word, next_candidate);
  lua_settop(L, top);
  return matches;
}

/* History: $XDG_STATE_HOME/lunet/history, or ~/.local/state/lunet/history. */

static void find_history(LineReader *reader) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  char dir[sizeof reader->history_path - 16];
  LnError err;
  int length = -1;
  if (state != NULL && *state == '/')
    length = snprintf(dir, sizeof dir, "%s/lunet", state);
  else if (home != NULL && *home == '/')
    length = snprintf(dir, sizeof dir, "%s/.local/state/lunet", home);
  if (length < 0 || (size_t)length >= sizeof dir || ln_dir_make(dir, &err) != LN_OK) return;
  snprintf(reader->history_path, sizeof reader->history_path, "%s/history", dir);
}

/* Keys. */

/* Waits until there is something to read: 1, or 0 if Ctrl-C came first, or -1 if it cannot wait. Ctrl-C comes while
 * ppoll waits, and not between looking for it and waiting. */
static int wait_for_input(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  sigset_t held, before;
  int ready = -1;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  pthread_sigmask(SIG_BLOCK, &held, &before);
  do {
    if (lnb_interrupt_pressed())
      ready = 0;
    else
      ready = ppoll(&input, 1, NULL, &before);
  } while (ready < 0 && errno == EINTR);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return ready;
}

/* readline reads by this. Once Ctrl-C has come it gets Ctrl-G, which ends whatever it is in the middle of: it may wait
 * for the second byte of a character, or for a further key. */
static int next_byte(FILE *stream) {
  unsigned char byte;
  int ready = wait_for_input();
  if (ready == 0) return CTRL('G');
  return ready > 0 && read(fileno(stream), &byte, 1) == 1 ? byte : EOF;
}

void line_start(LineReader *reader, lua_State *L) {
  *reader = (LineReader){.L = L, .pending = ""};
  if (!isatty(STDIN_FILENO)) return;
  find_history(reader);
  rl_readline_name = "lunet";
  rl_catch_signals = 0; /* SIGINT is ours, see next_byte */
  rl_getc_function = next_byte;
  rl_attempted_completion_function = complete;
  rl_completer_quote_characters = "\"'";
  rl_completion_word_break_hook = word_breaks;
  stifle_history(HISTORY_LINES);
  if (*reader->history_path != '\0') read_history(reader->history_path);
}

/* Written at once: a program that is killed does not lose it. */
void line_remember(LineReader *reader, const char *text) {
  const char *path = reader->history_path;
  if (!isatty(STDIN_FILENO) || *text == '\0') return;
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (last != NULL && strcmp(last->line, text) == 0) return;
  add_history(text);
  if (*path == '\0') return;
  if (access(path, F_OK) != 0)
    write_history(path);
  else
    append_history(1, path);
}

/* Reading. */

static void take_line(char *text) {
  active->line = text;
  active->done = true;
  rl_callback_handler_remove(); /* gives the terminal back to the program that runs now */
}

static LineResult drop_line(void) {
  puts("^C"); /* while the cursor is where the typing ended */
  fflush(stdout);
  rl_free_line_state();
  rl_callback_sigcleanup();
  rl_callback_handler_remove();
  return LINE_INTERRUPTED;
}

LineResult line_read(LineReader *reader, const char *prompt) {
  if (!isatty(STDIN_FILENO)) return read_plainly(reader->L, prompt);
  active = reader;
  reader->line = NULL;
  reader->done = false;
  rl_callback_handler_install(prompt, take_line);
  while (!reader->done) {
    int ready = wait_for_input();
    if (lnb_interrupt_take()) return drop_line();
    if (ready < 0) break;
    rl_callback_read_char();
  }
  if (!reader->done) rl_callback_handler_remove();
  if (reader->line == NULL) return puts(""), LINE_END;
  lua_pushstring(reader->L, reader->line);
  free(reader->line);
  return LINE_READ;
}

#endif
