/* torch.sqrt, of what stands in Lai et al., LapSRN, 2017. Written by tests/reference/write.py from charbonnier.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{}", LN_SHAPE(8), false, 0.43787548611,
   {0, 0.12499994, 0, -0.12499931, 0, 0.12499992, -0.12499931, -0.12499994}},
  {"{\"eps\": 0.1}", LN_SHAPE(3, 5, 7), false, 0.305142652668,
   {-0.0076613038, -0.0093647528, 0.009062223, 0.0059605931, -0.003189209, 0.0083580128, -0.0015544278, -0.0091179385}},
};

KNOWN_VALUES("loss", "charbonnier", cases)
