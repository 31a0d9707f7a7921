/* Student's t distribution; df: degrees of freedom, above 0. */
#ifndef LUNET_STATISTIC_STUDENT_H
#define LUNET_STATISTIC_STUDENT_H

double ln_student_cdf(double t, double df);      /* P(T <= t) */
double ln_student_quantile(double p, double df); /* t with P(T <= t) = p; infinite at 0 and 1, NaN outside */

#endif
