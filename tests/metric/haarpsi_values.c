/* HaarPSI by its authors' formulas (haarPsi.py, grey images) with SciPy's convolve2d; piq.haarpsi agrees to 1e-14.
 * Written by tests/reference/write.py from haarpsi.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 0.802938519947},
  {"{}", LN_SHAPE(33, 17), 1, 0, 0.849500082537},
  {"{\"range\": 2}", LN_SHAPE(24, 20), 1, 0, 0.862728054929},
  {"{\"c\": 20, \"alpha\": 5.8}", LN_SHAPE(40, 41), 1, 0, 0.761164953556},
  {"{\"range\": 6}", LN_SHAPE(64, 33), 0.5, 1, 0.992290536379},
};

KNOWN_VALUES("metric", "haarpsi", cases)
