/* See limits.h. */
#include "base/limits.h"

static LnLimits current = {.pixels = (int64_t)1 << 28, .bytes = (int64_t)1 << 33};

LnLimits ln_limits(void) {
  return current;
}

void ln_set_limits(LnLimits limits) {
  current = limits;
}

LnStatus ln_limit_pixels(const char *what, int64_t channels, int64_t height, int64_t width, LnError *err) {
  if ((double)channels * (double)height * (double)width <= (double)current.pixels) return LN_OK;
  return ln_fail(err, LN_ELIMIT, "%s: too large: %lldx%lldx%lld values, the limit is %lld", what, (long long)channels,
                 (long long)height, (long long)width, (long long)current.pixels);
}

LnStatus ln_limit_bytes(const char *what, double bytes, LnError *err) {
  if (bytes <= (double)current.bytes) return LN_OK;
  return ln_fail(err, LN_ELIMIT, "%s: too large: %.3g GB of memory, the limit is %.3g GB", what, bytes / (1 << 30),
                 (double)current.bytes / (1 << 30));
}
