/* Student's t distribution: see student.h. P(T > t) = I_{df / (df + t^2)}(df / 2, 1/2) / 2, DLMF 8.17; quantiles by
 * bisection of that, which needs no starting value and cannot miss. With very many degrees of freedom it is the normal
 * distribution and the first term of the expansion of Fisher and Cornish (1960), wrong by less than 1e-9. */
#include "statistic/student.h"

#include <math.h>

#include "statistic/beta.h"
#include "statistic/normal.h"

static const double many = 1e6; /* degrees of freedom */

/* P(T > t), t >= 0 */
static double upper_tail(double t, double df) {
  return 0.5 * ln_beta_regularised(df / (df + t * t), 0.5 * df, 0.5);
}

double ln_student_cdf(double t, double df) {
  if (isnan(t) || !(df > 0)) return NAN;
  if (df > many && isfinite(t)) return ln_normal_cdf(t - (t * t * t + t) / (4 * df));
  double tail = isinf(t) ? 0 : upper_tail(fabs(t), df);
  return t > 0 ? 1 - tail : tail;
}

double ln_student_quantile(double p, double df) {
  if (!(p >= 0 && p <= 1) || !(df > 0)) return NAN;
  if (p == 0.5) return 0;
  double tail = fmin(p, 1 - p), low = 0, high = 1;
  if (tail == 0) return p == 0 ? -INFINITY : INFINITY;
  if (df > many) {
    double z = ln_normal_quantile(p);
    return z + (z * z * z + z) / (4 * df);
  }
  while (upper_tail(high, df) > tail && high < 1e300) low = high, high *= 2;
  for (int i = 0; i < 200; i++) {
    double t = 0.5 * (low + high);
    if (t <= low || t >= high) break;
    if (upper_tail(t, df) > tail) low = t;
    else high = t;
  }
  return p < 0.5 ? -high : high;
}
