/* Ctrl-C. Normally it raises "interrupted!" in the running Lua code, through a debug hook as in lua.c. Code that wants
 * to finish its batch first defers it: then SIGINT only sets a flag that the code polls, and a second one raises. A
 * hook waits for C code to end; whoever cannot, ends the program by pressing twice more. */
#include "bindings/system/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "bindings/base/error.h"

static lua_State *state; /* where to raise */
static volatile sig_atomic_t arrived, deferred; /* how often it came and was not taken; 0 or 1 */
static struct sigaction before; /* what defer replaced */

static void raise_interrupted(lua_State *L, lua_Debug *frame) {
  (void)frame;
  lua_sethook(L, NULL, 0, 0);
  arrived = 0;
  lnb_error(L, "interrupted!");
}

static void warn(void) {
  static const char text[] = "\nwaiting for what runs to end; Ctrl-C once more ends the program\n";
  int reason = errno;
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) errno = reason;
}

/* lua_sethook may be called from a signal handler. */
static void on_interrupt(int signal_number) {
  int raising = ++arrived - deferred; /* which of those that are to raise */
  if (raising == 1 && state != NULL)
    lua_sethook(state, raise_interrupted, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
  if (raising == 2) warn();
  if (raising < 3) return;
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

static void install(struct sigaction *old) {
  struct sigaction action = {.sa_handler = on_interrupt};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, old);
}

void lnb_interrupt_install(lua_State *L) {
  state = L;
  arrived = 0;
  install(NULL);
}

bool lnb_interrupt_take(void) {
  bool was = arrived > 0;
  arrived = 0;
  if (was && state != NULL) lua_sethook(state, NULL, 0, 0);
  return was;
}

/* defer_interrupt(true or false): whether it was deferred before. */
static int defer_interrupt(lua_State *L) {
  bool defer = lua_toboolean(L, 1), was = deferred;
  if (defer && !was) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    state = lua_tothread(L, -1);
    deferred = 1;
    install(&before); /* a stock lua5.4 has no handler of its own now */
  } else if (!defer && was) {
    sigaction(SIGINT, &before, NULL);
    deferred = 0;
  }
  lua_pushboolean(L, was);
  return 1;
}

/* interrupted([reset]): whether Ctrl-C was pressed; true forgets it. */
static int interrupted(lua_State *L) {
  lua_pushboolean(L, arrived > 0);
  if (lua_toboolean(L, 1)) arrived = 0;
  return 1;
}

void lnb_open_interrupt(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"defer_interrupt", defer_interrupt}, {"interrupted", interrupted}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
