/* See keys.h. What users bind in their ~/.inputrc stays: keys are bound before readline reads it, and only commands
 * that would show or end a text of several lines in a wrong way are replaced after it, wherever they are bound. */
#include "bindings/program/prompt/keys.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bindings/program/prompt/ask.h"
#include "bindings/program/prompt/candidates.h"
#include "bindings/program/prompt/complete.h"
#include "bindings/program/prompt/draw.h"
#include "bindings/program/prompt/editing.h"
#include "bindings/program/prompt/input.h"
#include "bindings/program/prompt/paint.h"

#ifdef HAVE_READLINE

enum { LEAST_COLUMNS = 8 };

static LineReader *reader; /* commands have no context argument */
const char keys_ending[] = "\a\a\033[201~\a\r\n"; /* searches and arguments, pastes, the text */

static bool drawing;       /* draw.c shows the text, not readline */
static bool dropped;       /* Ctrl-C was pressed in this text */
static char bell[16];      /* how readline rings, while it does not */

/* ---- Lines of a text of several ---- */

static int line_first(int at) {
  while (at > 0 && rl_line_buffer[at - 1] != '\n') at--;
  return at;
}

static int line_last(int at) {
  return at + (int)strcspn(rl_line_buffer + at, "\n");
}

static int go_to_line_start(int count, int key) {
  (void)count, (void)key;
  rl_point = line_first(rl_point);
  return 0;
}

static int go_to_line_end(int count, int key) {
  (void)count, (void)key;
  rl_point = line_last(rl_point);
  return 0;
}

/* At the end of a line it joins the next one. */
static int kill_line(int count, int key) {
  int end = line_last(rl_point);
  if (count < 0) return rl_kill_line(count, key);
  return rl_kill_text(rl_point, end == rl_point && end < rl_end ? end + 1 : end);
}

static int kill_to_line_start(int count, int key) {
  int first = line_first(rl_point);
  (void)count, (void)key;
  if (first == rl_point && first > 0) first--;
  rl_kill_text(first, rl_point);
  rl_point = first;
  return 0;
}

/* To the same column of the line before or after; false where there is none. */
static bool go_to_other_line(bool up) {
  int first = line_first(rl_point), column = rl_point - first, end = line_last(rl_point);
  if (up ? first == 0 : end >= rl_end) return false;
  int other = up ? line_first(first - 1) : end + 1, last = line_last(other);
  rl_point = other + column < last ? other + column : last;
  while (rl_point > other && ((unsigned char)rl_line_buffer[rl_point] & 0xC0) == 0x80) rl_point--;
  return true;
}

/* ---- History: entries that begin with what stands before the cursor as the first of such keys comes ---- */

static char *prefix;

static int search_history(bool up, int count, int key);

static int up_history(int count, int key) {
  return search_history(true, count, key);
}

static int down_history(int count, int key) {
  return search_history(false, count, key);
}

/* How many entries away the next one is that begins so and is another than the text; 0 if there is none. */
static int entries_away(bool up) {
  HIST_ENTRY **list = history_list();
  int here = where_history(), step = up ? -1 : 1;
  size_t length = prefix == NULL ? 0 : strlen(prefix);
  if (list == NULL) return 0;
  for (int i = here + step; i >= 0 && i < history_length; i += step) {
    bool fits = length == 0 || strncmp(list[i]->line, prefix, length) == 0;
    if (fits && strcmp(list[i]->line, rl_line_buffer) != 0) return abs(i - here);
  }
  return up ? 0 : history_length - here; /* what was typed stands below all */
}

static void step_history(bool up, int key) {
  int away;
  if (prefix == NULL) prefix = strndup(rl_line_buffer, (size_t)rl_point);
  away = entries_away(up);
  if (away == 0) return (void)rl_ding();
  if (up)
    rl_get_previous_history(away, key);
  else
    rl_get_next_history(away, key);
  rl_point = up ? line_last(0) : rl_end;
}

/* Within a text of several lines, Up and Down go through them first. */
static int search_history(bool up, int count, int key) {
  if (rl_last_func != up_history && rl_last_func != down_history) {
    free(prefix);
    prefix = NULL;
  }
  if (count < 0) up = !up, count = -count;
  for (; count > 0; count--)
    if (!go_to_other_line(up)) step_history(up, key);
  return 0;
}

/* ---- The end of a line, and Tab ---- */

static bool is_blank(int from, int to) {
  while (from < to && (rl_line_buffer[from] == ' ' || rl_line_buffer[from] == '\t')) from++;
  return from == to;
}

/* Whether the text is complete: with an error in it, too. */
static bool is_whole(void) {
  lua_State *L = reader->L;
  lua_pushlstring(L, rl_line_buffer, (size_t)rl_end);
  if (!prompt_ask(L, "lunet.whole", 1, 1)) return true;
  bool whole = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return whole;
}

/* Two empty lines at the end give up what is unfinished. */
static bool is_given_up(void) {
  int first = line_first(rl_end);
  return rl_point == rl_end && input_pending() == 0 && first > 0 && is_blank(first, rl_end) &&
         is_blank(line_first(first - 1), first - 1) && line_first(first - 1) > 0;
}

/* Takes back what the cursor's line is too far in where it ends a block, and returns how far in the next one is. */
static int set_own_indentation(void) {
  lua_State *L = reader->L;
  int first = line_first(rl_point), spaces = (int)strspn(rl_line_buffer + first, " ");
  lua_pushlstring(L, rl_line_buffer, (size_t)rl_point);
  if (!prompt_ask(L, "lunet.indentation", 1, 2)) return 0;
  int own = (int)lua_tointeger(L, -2), next = (int)lua_tointeger(L, -1), surplus = spaces - own;
  lua_pop(L, 2);
  if (own >= 0 && surplus > 0 && first + spaces <= rl_point) {
    rl_delete_text(first, first + surplus);
    rl_point -= surplus;
  }
  return next;
}

static int insert_line(int count, int key) {
  (void)count, (void)key;
  int spaces = input_pending() > 0 ? 0 : set_own_indentation(); /* what is pasted has its own */
  rl_insert_text("\n");
  for (; spaces > 0; spaces--) rl_insert_text(" ");
  return 0;
}

static int end_line(int count, int key) {
  input_note_line();
  if (dropped) return rl_newline(count, key);
  if (!is_given_up() && !is_whole()) return insert_line(count, key);
  if (input_pending() == 0 && line_first(rl_point) > 0) set_own_indentation();
  draw_end("");
  return rl_newline(count, key);
}

/* A bracketed paste, in place of readline's, which does not end the text where the input ends in the middle of it. */
static int paste(int count, int key) {
  static const char end[] = "\033[201~";
  size_t length = 0, most = 0;
  char *text = NULL;
  (void)count, (void)key;
  for (int c, last = 0; (c = rl_read_key()) > 0 && !dropped; last = c) {
    if (c == '\n' && last == '\r') continue;
    char *longer = length + 2 > most ? realloc(text, most = 2 * most + 256) : text;
    if (longer == NULL) break;
    text = longer;
    text[length++] = c == '\r' ? '\n' : (char)c;
    text[length] = '\0';
    if (length < sizeof end - 1 || strcmp(text + length - (sizeof end - 1), end) != 0) continue;
    text[length - (sizeof end - 1)] = '\0';
    break;
  }
  if (text != NULL && !dropped) rl_insert_text(text);
  free(text);
  return 0;
}

static int end_line_and_recall(int count, int key) {
  draw_end("");
  return rl_operate_and_get_next(count, key);
}

/* At the beginning of a line, and in what is pasted, Tab is white space. */
static int tab(int count, int key) {
  int first = line_first(rl_point);
  bool named = rl_point > 0 && strchr(" \t\n", rl_line_buffer[rl_point - 1]) == NULL;
  if (input_is_pasted() || (!named && input_pending() > 0)) return rl_insert_text("\t"), 0;
  if (first > 0 && is_blank(first, rl_point)) return rl_insert_text("  "), 0;
  return rl_complete(count, key);
}

/* ---- The screen ---- */

static bool is_on(const char *variable) {
  const char *value = rl_variable_value(variable);
  return value != NULL && strcmp(value, "on") == 0;
}

static int clear_screen(int count, int key) {
  (void)count, (void)key;
  fputs("\033[H\033[2J", rl_outstream);
  draw_again();
  draw_text();
  return 0;
}

/* readline divides by the width of a row, without its prompt. */
static void look_at_size(void) {
  int rows, columns;
  rl_reset_screen_size();
  rl_get_screen_size(&rows, &columns);
  if (columns < LEAST_COLUMNS) rl_set_screen_size(rows, LEAST_COLUMNS);
}

static void begin(void) {
  dropped = false;
  look_at_size();
  rl_redisplay_function = drawing ? draw_text : rl_redisplay;
  if (drawing) draw_begin(paint_text);
}

static void show_nothing(void) {}

/* Shows that the text is left with Ctrl-C; false if it was already. */
static bool drop(void) {
  if (dropped) return false;
  dropped = true;
  if (drawing) {
    draw_end("^C");
  } else {
    rl_point = rl_end;
    rl_redisplay();
    fputs("^C", rl_outstream); /* the end of the line comes as readline is left */
  }
  rl_redisplay_function = show_nothing;
  snprintf(bell, sizeof bell, "%s", rl_variable_value("bell-style"));
  rl_variable_bind("bell-style", "none");
  return true;
}

static void end(void) {
  if (dropped) rl_variable_bind("bell-style", bell);
}

/* Goes below the line at the end of the input. readline has done it where it takes pastes. */
static void end_input(void) {
  if (!is_on("enable-bracketed-paste")) puts("");
}

static void resized(void) {
  look_at_size();
  if (drawing)
    draw_resized();
  else
    rl_forced_update_display();
}

static void suspended(void) {
  if (drawing) draw_end("");
  rl_deprep_terminal();
  input_suspend();
  rl_prep_terminal(1);
  if (drawing) draw_again();
  rl_forced_update_display();
}

/* ---- Reading ---- */

/* readline reads by this, so that Ctrl-C comes to our handler while we wait. Then it gets keys that end whatever it is
 * in the middle of, a search or an argument, a key of several bytes, a paste, and the text, which is dropped. (Its
 * functions for callbacks are no help: they crash where a search or an argument ends with the first of two keys.) */
static int next_byte(FILE *stream) {
  static const char ending[] = "\a\a\033[201~\a\r\n";
  static size_t given;
  unsigned char byte;
  InputEvent event = input_wait();
  for (; event == INPUT_RESIZED || event == INPUT_SUSPENDED; event = input_wait()) {
    if (event == INPUT_RESIZED) resized();
    if (event == INPUT_SUSPENDED) suspended();
  }
  if (event == INPUT_INTERRUPTED) {
    if (drop()) given = 0;
    return ending[given++ % strlen(ending)];
  }
  return event == INPUT_READY && read(fileno(stream), &byte, 1) == 1 ? byte : EOF;
}

char *keys_read(const char *prompt) {
  begin();
  char *text = readline(prompt);
  end();
  if (text == NULL && !dropped) end_input();
  return text;
}

/* What a word can become, below the text. */
static void show_candidates(char **matches, int n, int longest) {
  (void)longest;
  if (drawing)
    draw_below("");
  else
    rl_crlf();
  candidates_show(matches, n);
  rl_on_new_line();
  if (drawing) draw_again();
  rl_forced_update_display();
}

/* ---- Binding ---- */

static void replace(Keymap map, rl_command_func_t *old, rl_command_func_t *new) {
  for (int i = 0; i < KEYMAP_SIZE; i++) {
    if (map[i].type == ISFUNC && map[i].function == old) map[i].function = new;
    if (map[i].type == ISKMAP && map[i].function != NULL) replace((Keymap)map[i].function, old, new);
  }
}

static void replace_everywhere(rl_command_func_t *old, rl_command_func_t *new) {
  replace(emacs_standard_keymap, old, new);
  replace(vi_insertion_keymap, old, new);
  replace(vi_movement_keymap, old, new);
}

static void bind_keys(const char *sequence, rl_command_func_t *command) {
  rl_bind_keyseq_in_map(sequence, command, emacs_standard_keymap);
  rl_bind_keyseq_in_map(sequence, command, vi_insertion_keymap);
}

static void bind_preferences(void) {
  replace_everywhere(rl_get_previous_history, up_history);
  replace_everywhere(rl_get_next_history, down_history);
  replace_everywhere(rl_beg_of_line, go_to_line_start);
  replace_everywhere(rl_end_of_line, go_to_line_end);
  replace_everywhere(rl_kill_line, kill_line);
  replace_everywhere(rl_unix_line_discard, kill_to_line_start);
  bind_keys("\\e[A", up_history), bind_keys("\\eOA", up_history);
  bind_keys("\\e[B", down_history), bind_keys("\\eOB", down_history);
  bind_keys("\\e[H", go_to_line_start), bind_keys("\\eOH", go_to_line_start), bind_keys("\\e[1~", go_to_line_start);
  bind_keys("\\e[F", go_to_line_end), bind_keys("\\eOF", go_to_line_end), bind_keys("\\e[4~", go_to_line_end);
  bind_keys("\\e[1;5C", rl_forward_word), bind_keys("\\e[1;5D", rl_backward_word);
  bind_keys("\\e\\C-m", insert_line);
  rl_variable_bind("show-all-if-unmodified", "on"); /* the first Tab that can add nothing shows what there is */
}

/* Terminals that the system's database does not know are as xterm is, all that are made today. */
static void assume_terminal(void) {
  const char *term = getenv("TERM");
  bool unknown = term != NULL && *term != '\0' && strcmp(term, "dumb") != 0 && strcmp(term, "unknown") != 0 &&
                 rl_get_termcap("ce") == NULL && rl_get_termcap("le") == NULL;
  if (!unknown) return;
  rl_reset_terminal("xterm");
  if (rl_get_termcap("ce") != NULL) rl_variable_bind("enable-bracketed-paste", "on");
}

static bool can_draw(void) {
  const char *erase = rl_get_termcap("ce");
  bool ansi = erase != NULL && strncmp(erase, "\033[K", 3) == 0;
  return isatty(STDOUT_FILENO) && ansi && !is_on("horizontal-scroll-mode") && !is_on("show-mode-in-prompt");
}

bool keys_start(LineReader *of) {
  reader = of;
  rl_readline_name = "lunet";
  rl_getc_function = next_byte;
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0; /* programs that are started from here ask the terminal */
  bind_preferences();
  rl_initialize();
  assume_terminal();
  drawing = can_draw();
  complete_start(reader);
  rl_completion_display_matches_hook = show_candidates;
  replace_everywhere(rl_complete, tab);
  replace_everywhere(rl_bracketed_paste_begin, paste);
  if (!drawing) return false;
  paint_begin(reader->L);
  replace_everywhere(rl_newline, end_line);
  replace_everywhere(rl_operate_and_get_next, end_line_and_recall);
  replace_everywhere(rl_clear_screen, clear_screen);
  replace_everywhere(rl_clear_display, clear_screen);
  return true;
}

#endif
