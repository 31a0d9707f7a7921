/* core.keys: keys as they are pressed, without waiting for the end of a line and without showing them.
 *
 * The terminal gets its state back whatever ends this: close, an error, exit, or a signal that ends the program. Ctrl-C
 * stays an interrupt (bindings/base/interrupt.h); Ctrl-Z does nothing, for the shell would get the terminal so. */
#include "bindings/system/keys.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"

enum { LONGEST_SEQUENCE = 128 };

/* One terminal, standard input, which one at a time reads. */
static struct {
  volatile sig_atomic_t open;
  struct termios before;
  char leave[LONGEST_SEQUENCE]; /* control sequences that undo what was done to the screen */
  size_t leave_length;
} keys;

static const int ending[] = {SIGTERM, SIGHUP, SIGQUIT};
enum { ENDINGS = sizeof ending / sizeof *ending };
static struct sigaction handlers_before[ENDINGS];

/* All of it. Called from signal handlers, too. */
static void write_all(const char *text, size_t n) {
  while (n > 0) {
    ssize_t written = write(STDOUT_FILENO, text, n);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text += written, n -= (size_t)written;
  }
}

static void restore(void) {
  if (!keys.open) return;
  keys.open = false;
  write_all(keys.leave, keys.leave_length);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &keys.before);
}

static void on_ending(int signal_number) {
  restore();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

/* A signal that someone else handles is left to them: the program may go on. */
static void watch_endings(void) {
  struct sigaction action = {.sa_handler = on_ending};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < ENDINGS; i++)
    if (sigaction(ending[i], NULL, &handlers_before[i]) == 0 && handlers_before[i].sa_handler == SIG_DFL)
      sigaction(ending[i], &action, NULL);
}

static void unwatch_endings(void) {
  for (int i = 0; i < ENDINGS; i++)
    if (handlers_before[i].sa_handler == SIG_DFL) sigaction(ending[i], &handlers_before[i], NULL);
}

static void release_keys(void *object) {
  if (object == NULL) return;
  restore();
  unwatch_endings();
}

static const LnbClass keys_class = {.name = "lunet.keys", .noun = "keys", .release = release_keys};

static LnStatus open_keys(void **out, LnError *err) {
  static bool at_exit;
  if (keys.open) return ln_fail(err, LN_EARG, "keys are read already");
  if (tcgetattr(STDIN_FILENO, &keys.before) != 0)
    return ln_fail(err, LN_EIO, "standard input is no terminal: %s", strerror(errno));
  struct termios now = keys.before;
  now.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
  now.c_cc[VMIN] = 0, now.c_cc[VTIME] = 0;
  now.c_cc[VSUSP] = _POSIX_VDISABLE;
  if (!at_exit) at_exit = atexit(restore) == 0;
  watch_endings();
  keys.open = true;
  if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) != 0) {
    release_keys(&keys);
    return ln_fail(err, LN_EIO, "the terminal gives no keys: %s", strerror(errno));
  }
  *out = &keys;
  return LN_OK;
}

/* keys.open(enter, leave): from now on, until it is closed. enter and leave: control sequences for the screen. */
static int keys_open(lua_State *L) {
  size_t n;
  luaL_checkstring(L, 1);
  const char *leave = luaL_checklstring(L, 2, &n);
  if (n > LONGEST_SEQUENCE) lnb_error(L, "keys: sequences have at most %d bytes", LONGEST_SEQUENCE);
  LNB_MAKE(L, keys_class, void, open_keys(&made, &err));
  memcpy(keys.leave, leave, n);
  keys.leave_length = n;
  const char *enter = lua_tolstring(L, 1, &n);
  write_all(enter, n);
  return 1;
}

/* keys.read(keys, seconds): the bytes of what was pressed, nil where nothing was in that time, or at an interrupt;
 * false where standard input has ended. */
static int keys_read(lua_State *L) {
  char bytes[64];
  lnb_check(L, 1, &keys_class);
  double seconds = lnb_check_number(L, 2);
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  int came = poll(&input, 1, seconds > 0 ? (int)(seconds * 1000 + 0.5) : 0);
  ssize_t n = came > 0 ? read(STDIN_FILENO, bytes, sizeof bytes) : -1;
  if (n > 0)
    lua_pushlstring(L, bytes, (size_t)n);
  else if (came > 0 && (n == 0 || errno == EIO))
    lua_pushboolean(L, false);
  else
    lua_pushnil(L);
  return 1;
}

void lnb_open_keys(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "open", .call = keys_open}, {.name = "read", .call = keys_read}, {0}};
  lnb_class_new(L, &keys_class, NULL, NULL, NULL);
  lua_pop(L, 1);
  lua_newtable(L);
  lnb_functions(L, "keys.", functions);
  lua_setfield(L, -2, "keys");
}
