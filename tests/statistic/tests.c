/* Wilcoxon's test and the sign test against SciPy, from one difference to sixty, with ties and zeros. */
#include <math.h>

#include "base/interrupt.h"
#include "statistic/known.h"
#include "statistic/sign_test.h"
#include "statistic/support.h"
#include "statistic/wilcoxon.h"
#include "support/support.h"

enum { MOST = 60 };
static LnError err;

static void same_p(const double *known, LnWilcoxonMethod method, bool ties, bool correction) {
  double d[MOST];
  LnWilcoxon test;
  for (int n = 1; n <= MOST; n++) {
    test_differences(d, n, ties);
    CK_OK(ln_wilcoxon(&test, d, n, method, correction, &err));
    ck_assert_msg(fabs(test.p - known[n - 1]) < 1e-9, "n = %d: p %.12g, SciPy %.12g", n, test.p, known[n - 1]);
    ck_assert(test.n + test.zeros == n && (ties || test.zeros == 0));
    ck_assert(test.plus + test.minus == 0.5 * (double)(test.n * (test.n + 1)));
  }
}

START_TEST(wilcoxon_as_scipy) {
  same_p(known_exact, LN_WILCOXON_EXACT, false, false);
  same_p(known_exact, LN_WILCOXON_AUTO, false, false);
  same_p(known_approx, LN_WILCOXON_APPROX, false, false);
  same_p(known_tied, LN_WILCOXON_APPROX, true, false);
  same_p(known_corrected, LN_WILCOXON_APPROX, true, true);
}
END_TEST

START_TEST(wilcoxon_by_itself_is_exact_where_it_can_be) {
  double d[LN_WILCOXON_SMALL + 1];
  LnWilcoxon test;
  for (int i = 0; i <= LN_WILCOXON_SMALL; i++) d[i] = i % 2 == 0 ? -i - 1 : i + 1;
  CK_OK(ln_wilcoxon(&test, d, LN_WILCOXON_SMALL, LN_WILCOXON_AUTO, false, &err));
  ck_assert(test.exact && isnan(test.z));
  double exact = test.p;
  CK_OK(ln_wilcoxon(&test, d, LN_WILCOXON_SMALL, LN_WILCOXON_APPROX, false, &err));
  ck_assert(!test.exact && test.z > 0 && fabs(test.p - exact) < 2e-3);
  CK_OK(ln_wilcoxon(&test, d, LN_WILCOXON_SMALL + 1, LN_WILCOXON_AUTO, false, &err));
  ck_assert(!test.exact);
  d[5] = d[4];
  CK_OK(ln_wilcoxon(&test, d, 10, LN_WILCOXON_AUTO, false, &err));
  ck_assert(!test.exact && test.ties);
  CK_FAILS(ln_wilcoxon(&test, d, 10, LN_WILCOXON_EXACT, false, &err), LN_EARG, "some are equal");
  d[5] = 0;
  CK_OK(ln_wilcoxon(&test, d, 10, LN_WILCOXON_AUTO, false, &err));
  ck_assert(!test.exact && !test.ties && test.zeros == 1);
}
END_TEST

START_TEST(nothing_but_zeros_says_nothing) {
  const double zeros[4] = {0, -0.0, 0, 0};
  LnWilcoxon test;
  CK_OK(ln_wilcoxon(&test, zeros, 4, LN_WILCOXON_AUTO, false, &err));
  ck_assert(test.p == 1 && test.n == 0 && test.zeros == 4);
  ck_assert(ln_sign_test(zeros, 4).p == 1 && ln_sign_test(zeros, 4).zeros == 4);
}
END_TEST

static void release(void) {}

START_TEST(wilcoxon_without_memory_or_time) {
  double d[30];
  LnWilcoxon test;
  test_differences(d, 30, false);
  CK_EVERY_ALLOCATION(ln_wilcoxon(&test, d, 30, LN_WILCOXON_EXACT, false, &err), release());
  ln_interrupt();
  CK_FAILS(ln_wilcoxon(&test, d, 30, LN_WILCOXON_EXACT, false, &err), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  ck_assert_int_eq(ln_memory_live(), 0);
  double *many = calloc(LN_WILCOXON_MOST_EXACT + 1, sizeof *many);
  for (int i = 0; i <= LN_WILCOXON_MOST_EXACT; i++) many[i] = i + 1;
  CK_FAILS(ln_wilcoxon(&test, many, LN_WILCOXON_MOST_EXACT + 1, LN_WILCOXON_EXACT, false, &err), LN_EARG,
           "up to 1000 differences, got 1001");
  free(many);
}
END_TEST

START_TEST(signs_as_scipy) {
  double *d = calloc(100000, sizeof *d);
  for (int i = 0; i < known_signs_count; i++) {
    KnownSigns known = known_signs[i];
    for (int k = 0; k < (int)known.n; k++) d[k] = k < (int)known.plus ? 0.5 : -2;
    LnSignTest test = ln_sign_test(d, (int)known.n);
    ck_assert(test.plus == (int)known.plus && test.minus == (int)(known.n - known.plus));
    ck_assert_msg(fabs(test.p - known.p) <= 1e-9 * known.p, "%g of %g: p %.15g, SciPy %.15g", known.plus, known.n,
                  test.p, known.p);
  }
  free(d);
}
END_TEST

TESTS {
  tcase_add_test(tests, wilcoxon_as_scipy);
  tcase_add_test(tests, wilcoxon_by_itself_is_exact_where_it_can_be);
  tcase_add_test(tests, nothing_but_zeros_says_nothing);
  tcase_add_test(tests, wilcoxon_without_memory_or_time);
  tcase_add_test(tests, signs_as_scipy);
}
