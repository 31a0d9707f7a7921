/* Ctrl-C: see interrupt.h. */
#include "bindings/base/interrupt.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "bindings/base/error.h"

static lua_State *volatile running;             /* the coroutine to raise in; NULL when its Lua state is closed */
static lua_State *owner;                        /* that state's main thread */
static pthread_t thread;                        /* where it runs */
static int holders;                             /* who wants our handler */
static struct sigaction before;                 /* what it replaced */
static volatile sig_atomic_t arrived, deferred; /* how often it came and was not taken; 0 or 1 */
static volatile sig_atomic_t all_arrived;       /* how often it came */

static const char message[] = "interrupted";

static void raise_interrupted(lua_State *L, lua_Debug *frame) {
  (void)frame;
  lua_sethook(L, NULL, 0, 0);
  if (!ln_interrupted()) return; /* something else has raised it meanwhile */
  lnb_interrupt_take();
  lnb_error(L, message);
}

/* lua_sethook may be called from a signal handler in the thread that runs Lua. */
static void hook(lua_State *L) {
  lua_sethook(L, raise_interrupted, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void warn(void) {
  static const char text[] = "\nwaiting for what runs to end; Ctrl-C once more ends the program\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
}

static void on_interrupt(int signal_number) {
  all_arrived = (sig_atomic_t)((unsigned)all_arrived + 1);
  int reason = errno, raising = ++arrived - deferred; /* which of those that are to raise */
  if (running == NULL) raising = 3;
  if (raising == 1) {
    ln_interrupt();
    hook(running);
  }
  if (raising == 2) warn();
  if (raising >= 3) {
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
  errno = reason;
}

/* The system may choose any thread for a signal. */
static void forward_interrupt(int signal_number) {
  if (pthread_equal(pthread_self(), thread))
    on_interrupt(signal_number);
  else
    pthread_kill(thread, signal_number);
}

static lua_State *main_thread(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main = lua_tothread(L, -1);
  lua_pop(L, 1);
  return main;
}

/* Put the handler up for the coroutine `raise_in`. */
static void hold(lua_State *L, lua_State *raise_in) {
  struct sigaction action = {.sa_handler = forward_interrupt};
  if (holders++ > 0) return;
  running = raise_in;
  owner = main_thread(L);
  thread = pthread_self();
  arrived = 0;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before);
}

void lnb_interrupt_hold(lua_State *L) {
  hold(L, L);
}

void lnb_interrupt_release(void) {
  if (--holders == 0) sigaction(SIGINT, &before, NULL);
}

void lnb_interrupt_install(lua_State *L) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  hold(L, L);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

lua_State *lnb_interrupt_switch(lua_State *L) {
  lua_State *left = running;
  running = L;
  if (ln_interrupted()) hook(L); /* it came to the one that was left, just now */
  return left;
}

bool lnb_interrupt_pressed(void) {
  return arrived > 0;
}

bool lnb_interrupt_take(void) {
  bool was = arrived > 0;
  arrived = 0;
  ln_interrupt_clear();
  if (was && running != NULL && lua_gethook(running) == raise_interrupted) lua_sethook(running, NULL, 0, 0);
  return was;
}

int lnb_interrupt_count(void) {
  return all_arrived;
}

bool lnb_interrupt_defer(lua_State *L, bool defer) {
  bool was = deferred;
  if (defer && !was) {
    hold(L, main_thread(L)); /* a coroutine may be collected while it is deferred */
    deferred = 1;
  } else if (!defer && was) {
    deferred = 0;
    if (arrived > 0 && running != NULL) ln_interrupt(), hook(running);
    lnb_interrupt_release();
  }
  return was;
}

bool lnb_is_interrupt(const char *text) {
  size_t length = strcspn(text, "\n"), wanted = sizeof message - 1;
  if (length < wanted || strncmp(text + length - wanted, message, wanted) != 0) return false;
  return length == wanted || (length >= wanted + 2 && strncmp(text + length - wanted - 2, ": ", 2) == 0);
}

/* Runs after all other finalizers when the Lua state is closed: nothing is left to raise in. What was printed is out by
 * then, should SIGINT end the program. */
static int on_close(lua_State *L) {
  if (owner == main_thread(L)) running = owner = NULL;
  fflush(stdout);
  return 0;
}

/* An object of the registry's, finalized last since it is made first. */
void lnb_open_interrupt(lua_State *L) {
  static const char key;
  lua_newuserdatauv(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, on_close);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}
