/* torch.nn.functional.huber_loss. Written by tests/reference/write.py from huber.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{}", LN_SHAPE(8), false, 0.186874873212,
   {0, 0.125, 0, -0.037500001, 0, 0.1125, -0.037500001, -0.12499988}},
  {"{\"delta\": 0.2}", LN_SHAPE(3, 5, 7), false, 0.0383834614798,
   {-0.001289699, -0.0019047619, 0.0019047619, 0.00076424366, -0.00033846185, 0.0017433975, -0.00015755551,
    -0.0019047619}},
  {"{\"delta\": 0.3}", LN_SHAPE(8), false, 0.1031249625,
   {0, 0.0375, 0, -0.0375, 0, 0.0375, -0.0375, -0.0375}},
};

KNOWN_VALUES("loss", "huber", cases)
