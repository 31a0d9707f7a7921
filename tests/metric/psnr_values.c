/* skimage.metrics.peak_signal_noise_ratio. Written by tests/reference/write.py from psnr.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 19.6595749824},
  {"{}", LN_SHAPE(33, 17), 1, 0, 19.6437303429},
  {"{\"range\": 2}", LN_SHAPE(24, 20), 1, 0, 25.6801748957},
  {"{\"range\": 2}", LN_SHAPE(33, 17), 1, 0, 25.6643302562},
};

KNOWN_VALUES("metric", "psnr", cases)
