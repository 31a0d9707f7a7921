/* torch.nn.functional.l1_loss. Written by tests/reference/write.py from mae.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{}", LN_SHAPE(8), false, 0.437499875,
   {0, 0.125, 0, -0.125, 0, 0.125, -0.125, -0.125}},
  {"{}", LN_SHAPE(3, 5, 7), false, 0.276225389398,
   {-0.0095238095, -0.0095238095, 0.0095238095, 0.0095238095, -0.0095238095, 0.0095238095, -0.0095238095,
    -0.0095238095}},
  {"{\"reduction\": \"sum\"}", LN_SHAPE(3, 5, 7), false, 29.0036658868,
   {-1, -1, 1, 1, -1, 1, -1, -1}},
};

KNOWN_VALUES("loss", "mae", cases)
