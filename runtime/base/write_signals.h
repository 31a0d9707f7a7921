/* A write beyond the limit of size, or into a pipe that nobody reads any more, comes with a signal that ends the
 * process. Held back in this thread and taken from it, it leaves the write's own failure, EFBIG or EPIPE; what the
 * process does with these signals elsewhere stays as it is. */
#ifndef LUNET_BASE_WRITE_SIGNALS_H
#define LUNET_BASE_WRITE_SIGNALS_H

#include <signal.h>

typedef struct LnHeldSignals {
  sigset_t before, pending;
} LnHeldSignals;

void ln_write_signals_hold(LnHeldSignals *held);
void ln_write_signals_release(const LnHeldSignals *held); /* keeps errno */

#endif
