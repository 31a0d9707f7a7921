/* torch.optim.RMSprop, whose alpha is rho here. Written by tests/reference/write.py from rmsprop.py. */
#include "optim/known.h"

static const KnownSteps cases[] = {
  {"{}",
   {-0.655427074, -0.16857315, 0.235269376, -0.304016328, 0.0758595257, 0.268628635, 0.775174495, -0.394278274}},
  {"{\"lr\": 0.01, \"rho\": 0.99, \"eps\": 0.01, \"momentum\": 0.5, \"weight_decay\": 0.2}",
   {-0.263464917, 0.197446333, -0.113763347, -0.345336633, -0.263887369, -0.0749309382, 0.373290532, 0.0882954829}},
};

KNOWN_VALUES("optim", "rmsprop", cases)
