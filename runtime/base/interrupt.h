/* Interruption: a flag that a signal handler may raise and long work looks at.
 *
 * Work whose result is new stops where it is once the flag is up, frees what it has made and returns LN_EINTERRUPTED.
 * Work that changes something in place (a training step's update, a copy into a tensor, a file being written) is either
 * not begun or finished. The flag stays up until who raised it takes it down, after everything has returned. */
#ifndef LUNET_BASE_INTERRUPT_H
#define LUNET_BASE_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/status.h"

void ln_interrupt(void);       /* raises the flag; from any thread and from signal handlers */
void ln_interrupt_clear(void); /* takes it down; while no work runs */

/* Ask at least every few milliseconds: it costs as much as reading a variable. */
extern atomic_bool ln_interrupt_flag;
static inline bool ln_interrupted(void) {
  return atomic_load_explicit(&ln_interrupt_flag, memory_order_relaxed);
}

LnStatus ln_interrupt_check(LnError *err); /* LN_EINTERRUPTED, "interrupted", while the flag is up */

#endif
