/* An interrupt leaves out what is not begun. */
#include "base/interrupt.h"

#include <stdatomic.h>

#include "base/parallel.h"
#include "support/support.h"

static void interrupt_at_seven(void *context, int64_t index, int worker) {
  (void)worker;
  atomic_fetch_add((atomic_int *)context, 1);
  if (index == 7) ln_interrupt();
}

START_TEST(tasks_not_begun_are_left_out) {
  atomic_int done = 0;
  LnError err;
  int threads = 1 << _i;
  ln_set_threads(threads);
  CK_FAILS(ln_parallel_stoppable(100000, interrupt_at_seven, &done, &err), LN_EINTERRUPTED, "interrupted");
  ck_assert_int_lt(done, 50000);
  done = 0;
  ln_parallel(100, interrupt_at_seven, &done); /* what changes things in place goes to its end */
  ck_assert_int_eq(done, 100);
  ln_interrupt_clear();
  CK_OK(ln_parallel_stoppable(7, interrupt_at_seven, &done, &err));
  ck_assert_int_eq(done, 107);
}
END_TEST

static LnStatus fail_at_six(void *context, int64_t index, int worker, LnError *err) {
  interrupt_at_seven(context, index, worker);
  return index == 6 ? ln_fail(err, LN_EIO, "six") : LN_OK;
}

/* Which failure would be the first is not known then. */
START_TEST(an_interrupt_comes_before_failures) {
  atomic_int done = 0;
  LnError err;
  CK_FAILS(ln_parallel_try(100, fail_at_six, &done, &err), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  CK_FAILS(ln_parallel_try(7, fail_at_six, &done, &err), LN_EIO, "six");
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, tasks_not_begun_are_left_out, 0, 3);
  tcase_add_test(tests, an_interrupt_comes_before_failures);
}
