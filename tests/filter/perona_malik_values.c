/* medpy.filter.smoothing.anisotropic_diffusion, which works in float32.
 * Written by tests/reference/write.py from perona_malik.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.7048900127, {-3.170243831, -9.118466138}, {0.07533813268, 0.4140546024, 0.1866189539}}},
  {"{\"kappa\": 0.2, \"iterations\": 5}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.7145658731, {-3.890701702, -9.698615321}, {0.056262739, 0.1759128571, 0.6333088279}}},
  {"{\"conductance\": \"reciprocal\"}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.6594051719, {-3.701589899, -8.82212643}, {0.07784733176, 0.4590625763, 0.1801062822}}},
  {"{\"kappa\": 0.05, \"iterations\": 30, \"step\": 0.25, \"conductance\": \"reciprocal\"}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.6545495391, {-4.421730027, -9.73354283}, {0.1246340945, 0.2083055079, 0.6017777324}}},
};

KNOWN_VALUES("filter", "perona_malik", cases)
