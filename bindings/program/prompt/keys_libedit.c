/* The same with libedit, which has less: lines are read one by one, with its own keys. Its callback interface is used,
 * by which we wait for keys ourselves, so that Ctrl-C comes to our handler. */
#include "bindings/program/prompt/keys.h"

#include "bindings/program/prompt/complete.h"
#include "bindings/program/prompt/editing.h"
#include "bindings/program/prompt/input.h"

#ifdef HAVE_LIBEDIT

#include <stdlib.h>
#include <unistd.h>

static char *line; /* what was typed */
static bool done;

/* Once Ctrl-C has come it gets Ctrl-G, which ends the key or search that it is in the middle of. */
static int next_byte(FILE *stream) {
  unsigned char byte;
  InputEvent event;
  do {
    event = input_wait();
  } while (event == INPUT_RESIZED || event == INPUT_SUSPENDED);
  if (event == INPUT_INTERRUPTED) return CTRL('G');
  return event == INPUT_READY && read(fileno(stream), &byte, 1) == 1 ? byte : EOF;
}

static void take_line(char *text) {
  line = text;
  done = true;
  rl_callback_handler_remove(); /* gives the terminal back to the program that runs now */
}

static void suspend(void) {
  rl_deprep_terminal();
  input_suspend();
  rl_prep_terminal(1);
  rl_forced_update_display();
}

static char *drop_line(void) {
  puts("^C"); /* while the cursor is where the typing ended */
  fflush(stdout);
  rl_free_line_state();
  rl_callback_handler_remove();
  if (done) free(line);
  return NULL;
}

char *keys_read(const char *prompt) {
  InputEvent event = INPUT_READY;
  line = NULL;
  done = false;
  rl_callback_handler_install(prompt, take_line);
  while (!done && event != INPUT_INTERRUPTED && event != INPUT_BROKEN) {
    event = input_wait();
    if (event == INPUT_READY) rl_callback_read_char();
    if (event == INPUT_RESIZED) rl_resize_terminal();
    if (event == INPUT_SUSPENDED) suspend();
  }
  if (event == INPUT_INTERRUPTED) return drop_line();
  if (!done) rl_callback_handler_remove();
  if (line == NULL) puts("");
  return line;
}

bool keys_start(LineReader *reader) {
  rl_readline_name = "lunet";
  rl_catch_signals = 0; /* SIGINT is ours */
  rl_getc_function = next_byte;
  complete_start(reader);
  return false;
}

#endif
