/* The incomplete beta function: see beta.h. Its continued fraction, DLMF 8.17.22 (https://dlmf.nist.gov/8.17#v),
 * evaluated by Lentz's method: Thompson and Barnett, J. Comput. Phys. 64 (1986). */
#include "statistic/beta.h"

#include <math.h>

static double away_from_zero(double x) {
  return fabs(x) < 1e-300 ? 1e-300 : x;
}

/* Converges fast where x < (a + 1) / (a + b + 2): in O(sqrt(max(a, b))) steps. */
static double continued_fraction(double x, double a, double b) {
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), value = d;
  double most = 1000 + 10 * sqrt(fmax(a, b));
  for (double m = 1; m <= most; m++) {
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    value *= d * c;
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    value *= d * c;
    if (fabs(d * c - 1) < 1e-15) break;
  }
  return value;
}

double ln_beta_regularised(double x, double a, double b) {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * continued_fraction(x, a, b) / a;
  return 1 - front * continued_fraction(1 - x, b, a) / b;
}
