/* Quantiles and probabilities of the normal and of Student's distribution against SciPy. */
#include <math.h>

#include "statistic/beta.h"
#include "statistic/known.h"
#include "statistic/normal.h"
#include "statistic/student.h"
#include "support/support.h"

START_TEST(normal_as_scipy) {
  for (int i = 0; i < known_normal_count; i++) {
    double p = known_normal[i].p, x = known_normal[i].x;
    double slack = p > 0.999 ? 1e-7 : 1e-13; /* 1 - p has few digits there */
    ck_assert_msg(fabs(ln_normal_quantile(p) - x) <= slack * fmax(1, fabs(x)), "p = %g: %.15g, SciPy %.15g", p,
                  ln_normal_quantile(p), x);
    ck_assert_msg(fabs(ln_normal_cdf(x) / p - 1) < 1e-9, "x = %g: %.15g instead of %.15g", x, ln_normal_cdf(x), p);
  }
  ck_assert(ln_normal_quantile(0) == -INFINITY && ln_normal_quantile(1) == INFINITY);
  ck_assert(isnan(ln_normal_quantile(-0.1)) && isnan(ln_normal_quantile(1.1)) && isnan(ln_normal_quantile(NAN)));
}
END_TEST

START_TEST(student_as_scipy) {
  for (int i = 0; i < known_student_count; i++) {
    double df = known_student[i].df, p = known_student[i].p, t = known_student[i].t;
    double got = ln_student_quantile(p, df);
    ck_assert_msg(fabs(got - t) < 2e-8 * fmax(1, fabs(t)), "df = %g, p = %g: %.15g, SciPy %.15g", df, p, got, t);
    ck_assert_msg(fabs(ln_student_cdf(t, df) / p - 1) < 1e-7, "df = %g, t = %g: %.15g instead of %.15g", df, t,
                  ln_student_cdf(t, df), p);
  }
  ck_assert(ln_student_quantile(0.5, 3) == 0 && ln_student_quantile(0, 3) == -INFINITY);
  ck_assert(ln_student_cdf(INFINITY, 3) == 1 && ln_student_cdf(-INFINITY, 3) == 0 && ln_student_cdf(0, 3) == 0.5);
  ck_assert(ln_student_quantile(0.975, INFINITY) == ln_normal_quantile(0.975));
  ck_assert(isnan(ln_student_quantile(2, 3)) && isnan(ln_student_quantile(0.9, 0)) && isnan(ln_student_cdf(NAN, 3)));
}
END_TEST

/* I_x(a, b) = 1 - I_{1-x}(b, a), I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a */
START_TEST(beta_of_closed_forms) {
  for (double x = 0.05; x < 1; x += 0.05)
    for (double a = 0.25; a < 200; a *= 3) {
      ck_assert_double_eq_tol(ln_beta_regularised(x, a, 1), pow(x, a), 1e-12);
      ck_assert_double_eq_tol(ln_beta_regularised(x, 1, a), 1 - pow(1 - x, a), 1e-12);
      ck_assert_double_eq_tol(ln_beta_regularised(x, a, 2.5), 1 - ln_beta_regularised(1 - x, 2.5, a), 1e-12);
    }
  ck_assert(ln_beta_regularised(0, 2, 3) == 0 && ln_beta_regularised(1, 2, 3) == 1);
}
END_TEST

TESTS {
  tcase_add_test(tests, normal_as_scipy);
  tcase_add_test(tests, student_as_scipy);
  tcase_add_test(tests, beta_of_closed_forms);
}
