/* The normal distribution N(0, 1). */
#ifndef LUNET_STATISTIC_NORMAL_H
#define LUNET_STATISTIC_NORMAL_H

double ln_normal_cdf(double x);      /* P(X <= x) */
double ln_normal_quantile(double p); /* x with P(X <= x) = p; infinite at 0 and 1, NaN outside */

#endif
