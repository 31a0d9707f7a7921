/* scipy.ndimage.median_filter. Written by tests/reference/write.py from median.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{\"size\": 3}", LN_SHAPE(24, 20), 1e-08,
   {"result", 480, 0.7421875, {-3.362630341, -9.03789486}, {0.0234375, 0.4921875, 0.23046875}}},
  {"{\"size\": 5}", LN_SHAPE(24, 20), 1e-08,
   {"result", 480, 0.6875, {-4.331577759, -8.693146563}, {0.05859375, 0.47265625, 0.203125}}},
  {"{\"size\": 7}", LN_SHAPE(24, 20), 1e-08,
   {"result", 480, 0.65625, {-4.768209885, -8.334360585}, {0.09375, 0.4921875, 0.17578125}}},
  {"{\"size\": 5, \"edge\": \"mirror\"}", LN_SHAPE(33, 17), 1e-08,
   {"result", 561, 0.6875, {-5.268328395, -10.28579402}, {0.09375, 0.1796875, 0.65234375}}},
  {"{\"size\": 3, \"edge\": \"wrap\"}", LN_SHAPE(33, 17), 1e-08,
   {"result", 561, 0.7109375, {-4.25798923, -8.952184568}, {0.09765625, 0.1484375, 0.578125}}},
};

KNOWN_VALUES("filter", "median", cases)
