/* See input.h. Signals are blocked but for the time that ppoll waits: none comes between looking for it and waiting. */
#define _GNU_SOURCE /* ppoll */
#include "bindings/program/prompt/input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bindings/base/interrupt.h"

enum { PASTED_BYTES = 100 }; /* nobody types so many before they are read */

static volatile sig_atomic_t resized, suspended;
static struct sigaction resize_before, suspend_before;
static bool watching, pasted;

static void note_resize(int number) {
  (void)number;
  resized = 1;
}

static void note_suspend(int number) {
  (void)number;
  suspended = 1;
}

void input_watch(void) {
  struct sigaction on_resize = {.sa_handler = note_resize}, on_suspend = {.sa_handler = note_suspend};
  sigemptyset(&on_resize.sa_mask);
  sigemptyset(&on_suspend.sa_mask);
  resized = suspended = 0;
  watching = true;
  sigaction(SIGWINCH, &on_resize, &resize_before);
  sigaction(SIGTSTP, NULL, &suspend_before);
  if (suspend_before.sa_handler != SIG_IGN) sigaction(SIGTSTP, &on_suspend, NULL); /* a shell without jobs ignores it */
}

void input_unwatch(void) {
  if (!watching) return;
  watching = false;
  sigaction(SIGWINCH, &resize_before, NULL);
  sigaction(SIGTSTP, &suspend_before, NULL);
}

void input_suspend(void) {
  struct sigaction ours;
  suspended = 0;
  sigaction(SIGTSTP, &(struct sigaction){.sa_handler = SIG_DFL}, &ours);
  kill(getpid(), SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
}

static InputEvent signalled(void) {
  if (lnb_interrupt_pressed()) return INPUT_INTERRUPTED;
  if (suspended) return INPUT_SUSPENDED;
  if (!resized) return INPUT_READY;
  resized = 0;
  return INPUT_RESIZED;
}

InputEvent input_wait(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  sigset_t held, before;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGWINCH);
  sigaddset(&held, SIGTSTP);
  pthread_sigmask(SIG_BLOCK, &held, &before);
  InputEvent event = signalled();
  if (input_pending() == 0) pasted = false;
  while (event == INPUT_READY) {
    int ready = ppoll(&input, 1, NULL, &before);
    if (ready > 0) break;
    event = ready < 0 && errno != EINTR ? INPUT_BROKEN : signalled();
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return event == INPUT_READY ? signalled() : event; /* Ctrl-C comes before what was typed after it */
}

int input_pending(void) {
  int n = 0;
  if (ioctl(STDIN_FILENO, FIONREAD, &n) != 0) n = 0;
  return n;
}

void input_note_line(void) {
  pasted = input_pending() > 0;
}

bool input_is_pasted(void) {
  int n = input_pending();
  pasted = n > 0 && (pasted || n >= PASTED_BYTES);
  return pasted;
}
