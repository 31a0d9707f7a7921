/* torch.optim.lr_scheduler.ReduceLROnPlateau. Written by tests/reference/write.py from plateau.py. */
#include "schedule/known.h"

static const KnownFactors cases[] = {
  {"{\"patience\": 0}",
   {1, 0.95, 0.96, 0.94, 0.95},
   {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}},
  {"{\"patience\": 1, \"threshold\": 0.1}",
   {1, 0.95, 0.96, 0.94, 0.95},
   {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}},
  {"{\"factor\": 0.5, \"patience\": 0, \"threshold\": 0.2, \"cooldown\": 1}",
   {1, 0.95, 0.96, 0.94, 0.95},
   {1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25}},
  {"{\"factor\": 0.3, \"patience\": 0, \"threshold\": 0.2, \"low\": 0.2}",
   {1, 0.95, 0.96, 0.94, 0.95},
   {1, 1, 1, 1, 1, 1, 1, 1, 0.3, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2}},
};

KNOWN_VALUES("schedule", "plateau", cases)
