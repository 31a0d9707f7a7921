/* torch.optim.lr_scheduler.LinearLR. Written by tests/reference/write.py from warmup.py. */
#include "schedule/known.h"

static const KnownFactors cases[] = {
  {"{\"warmup\": 5}",
   {0, 0, 0, 0, 0},
   {0.01, 0.208, 0.406, 0.604, 0.802, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
  {"{\"warmup\": 2, \"warmup_start\": 0.25, \"by\": \"epoch\"}",
   {0, 0, 0, 0, 0},
   {0.25, 0.25, 0.25, 0.25, 0.625, 0.625, 0.625, 0.625, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
};

KNOWN_VALUES("schedule", "warmup", cases)
