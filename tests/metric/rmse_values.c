/* skimage.metrics.normalized_root_mse times the mean, which divides it.
 * Written by tests/reference/write.py from rmse.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 0.10399710524},
  {"{}", LN_SHAPE(33, 17), 1, 0, 0.104186987977},
};

KNOWN_VALUES("metric", "rmse", cases)
