/* The regularised incomplete beta function, from which come the tails of Student's t and of the binomial distribution. */
#ifndef LUNET_STATISTIC_BETA_H
#define LUNET_STATISTIC_BETA_H

double ln_beta_regularised(double x, double a, double b); /* I_x(a, b); x: 0 to 1; a, b > 0 */

#endif
