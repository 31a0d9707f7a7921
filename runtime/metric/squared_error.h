/* What mse and psnr share. */
#ifndef LUNET_METRIC_SQUARED_ERROR_H
#define LUNET_METRIC_SQUARED_ERROR_H

#include <stdint.h>

/* mean (a - b)^2 over n > 0 numbers, differences and sum in double. */
double ln_mean_squared_error(const float *a, const float *b, int64_t n);

#endif
