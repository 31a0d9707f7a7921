/* piq.multi_scale_ssim. Written by tests/reference/write.py from ms_ssim.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(176, 192), 1, 0, 0.986328126398},
  {"{\"scales\": 3}", LN_SHAPE(64, 48), 1, 0, 0.973388796803},
  {"{\"scales\": 2, \"window\": 5, \"sigma\": 0.8}", LN_SHAPE(24, 20), 1, 0, 0.929049954298},
  {"{\"scales\": 3, \"window\": 7, \"sigma\": 1.0, \"range\": 6, \"k1\": 0.02, \"k2\": 0.05}", LN_SHAPE(40, 32), 0.5, 1,
   0.998334144826},
  {"{\"scales\": 1}", LN_SHAPE(24, 20), 1, 0, 0.901869269342},
};

KNOWN_VALUES("metric", "ms_ssim", cases)
