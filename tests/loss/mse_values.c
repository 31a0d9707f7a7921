/* torch.nn.functional.mse_loss. Written by tests/reference/write.py from mse.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{}", LN_SHAPE(8), false, 0.373749746424,
   {0, 0.25, 0, -0.075000003, 0, 0.22499999, -0.075000003, -0.24999975}},
  {"{}", LN_SHAPE(3, 5, 7), false, 0.112682558239,
   {-0.0025793981, -0.010291095, 0.0058932594, 0.0015284873, -0.00067692371, 0.0034867951, -0.00031511102,
    -0.0063139336}},
  {"{\"reduction\": \"sum\"}", LN_SHAPE(3, 5, 7), false, 11.8316686151,
   {-0.2708368, -1.080565, 0.61879224, 0.16049117, -0.071076989, 0.36611348, -0.033086658, -0.66296303}},
};

KNOWN_VALUES("loss", "mse", cases)
