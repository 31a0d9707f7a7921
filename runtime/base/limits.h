/* Limits on what a file may ask for: read before memory is taken, so that a small file with large claims is an error and
 * not the end of the machine's memory. The process's; the defaults are generous. */
#ifndef LUNET_BASE_LIMITS_H
#define LUNET_BASE_LIMITS_H

#include <stdint.h>

#include "base/status.h"

typedef struct LnLimits {
  int64_t pixels; /* values of one image, rows x columns x channels; 2^28 */
  int64_t bytes;  /* memory that one file may take once it is read; 2^33 */
} LnLimits;

LnLimits ln_limits(void);
void ln_set_limits(LnLimits limits); /* each at least 1 */

/* LN_ELIMIT for an image above the limit of pixels; sizes are at least 0. `what` begins the message:
 * "cannot read 'a.png': too large: 3x40000x40000 values, the limit is 268435456". */
LnStatus ln_limit_pixels(const char *what, int64_t channels, int64_t height, int64_t width, LnError *err);
/* LN_ELIMIT for more memory than the limit of bytes: "cannot read 'a.nii': too large: 12.0 GB, the limit is 8.0 GB" */
LnStatus ln_limit_bytes(const char *what, double bytes, LnError *err);

#endif
