/* scipy.ndimage.gaussian_filter. Written by tests/reference/write.py from gaussian.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{\"sigma\": 1}", LN_SHAPE(24, 20), 1e-06,
   {"result", 480, 0.6774425835, {-4.547805904, -8.178767319}, {0.03951936822, 0.4851037747, 0.2035324689}}},
  {"{\"sigma\": 2.3, \"edge\": \"nearest\", \"truncate\": 3}", LN_SHAPE(33, 17), 1e-06,
   {"result", 561, 0.5769739955, {-4.300019362, -8.582538445}, {0.06719069857, 0.3028422718, 0.5594731774}}},
  {"{\"sigma\": 8}", LN_SHAPE(24, 20), 1e-06,
   {"result", 480, 0.4004413863, {-5.669606845, -7.305931567}, {0.3542341157, 0.3903190066, 0.3998590775}}},
  {"{\"sigma\": 1.14}", LN_SHAPE(24, 20), 1e-06,
   {"result", 480, 0.662874579, {-4.632837052, -8.021118782}, {0.04598749298, 0.4872272632, 0.1969900492}}},
};

KNOWN_VALUES("filter", "gaussian", cases)
