/* Every index is handed out once, on a worker that exists. */
#include "base/parallel.h"

#include <stdatomic.h>
#include <string.h>

#include "support/support.h"

enum { N = 1000 };

typedef struct Tally {
  atomic_int calls[N];
  atomic_int highest_worker;
} Tally;

static void tally(void *context, int64_t index, int worker) {
  Tally *t = context;
  atomic_fetch_add(&t->calls[index], 1);
  int highest = atomic_load(&t->highest_worker);
  while (worker > highest && !atomic_compare_exchange_weak(&t->highest_worker, &highest, worker)) continue;
}

static void nested(void *context, int64_t index, int worker) {
  (void)index, (void)worker;
  ln_parallel(N / 10, tally, context);
}

START_TEST(every_index_once) {
  static Tally t;
  int threads = 1 << _i;
  ln_set_threads(threads);
  ck_assert_int_eq(ln_threads(), threads);
  ln_parallel(N, tally, &t);
  for (int i = 0; i < N; i++) ck_assert_int_eq(t.calls[i], 1);
  ck_assert_int_lt(t.highest_worker, threads);
  ln_parallel(0, tally, &t);
}
END_TEST

START_TEST(tasks_may_contain_loops) {
  static Tally t;
  ln_set_threads(3);
  ln_parallel(20, nested, &t);
  for (int i = 0; i < N; i++) ck_assert_int_eq(t.calls[i], i < N / 10 ? 20 : 0);
  ck_assert_int_eq(t.highest_worker, 0);
}
END_TEST

static LnStatus fail_from_seven(void *context, int64_t index, int worker, LnError *err) {
  (void)worker;
  ((Tally *)context)->calls[index]++;
  return index < 7 ? LN_OK : ln_fail(err, LN_EIO, "task %d", (int)index);
}

/* All run; the lowest index tells, whoever came first. */
START_TEST(tasks_may_fail) {
  static Tally t;
  LnError err;
  ln_set_threads(1 << _i);
  ck_assert_int_eq(ln_parallel_try(7, fail_from_seven, &t, NULL), LN_OK);
  ck_assert_int_eq(ln_parallel_try(N, fail_from_seven, &t, &err), LN_EIO);
  ck_assert_str_eq(err.msg, "task 7");
  for (int i = 0; i < N; i++) ck_assert_int_eq(t.calls[i], i < 7 ? 2 : 1);
}
END_TEST

START_TEST(there_is_at_least_one_thread) {
  ln_set_threads(-3);
  ck_assert_int_eq(ln_threads(), 1);
}
END_TEST

START_TEST(a_number_of_threads_as_text) {
  static const char *const bad[] = {"", "0", "-1", "two", "1.5", "2x", "1025", "99999999999999999999"};
  LnError err;
  ck_assert_int_eq(ln_threads_select("7", &err), LN_OK);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_int_eq(ln_threads_select(bad[i], &err), LN_EARG);
    ck_assert(strstr(err.msg, "from 1 to 1024") != NULL);
  }
  ck_assert_int_eq(ln_threads(), 7);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, every_index_once, 0, 4);
  tcase_add_test(tests, tasks_may_contain_loops);
  tcase_add_loop_test(tests, tasks_may_fail, 0, 3);
  tcase_add_test(tests, there_is_at_least_one_thread);
  tcase_add_test(tests, a_number_of_threads_as_text);
}
