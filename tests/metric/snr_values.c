/* Signal-to-noise ratio by NumPy: 10 log10(sum r^2 / sum (x - r)^2).
 * Written by tests/reference/write.py from snr.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 10.7977738746},
  {"{}", LN_SHAPE(33, 17), 1, 0, 10.9596995418},
};

KNOWN_VALUES("metric", "snr", cases)
