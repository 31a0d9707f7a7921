/* Interruption: see interrupt.h. */
#include "base/interrupt.h"

atomic_bool ln_interrupt_flag;
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "signal handlers write it");

void ln_interrupt(void) {
  atomic_store_explicit(&ln_interrupt_flag, true, memory_order_relaxed);
}

void ln_interrupt_clear(void) {
  atomic_store_explicit(&ln_interrupt_flag, false, memory_order_relaxed);
}

LnStatus ln_interrupt_check(LnError *err) {
  return ln_interrupted() ? ln_fail(err, LN_EINTERRUPTED, "interrupted") : LN_OK;
}
