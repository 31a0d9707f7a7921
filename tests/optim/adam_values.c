/* torch.optim.Adam, and AdamW for decoupled_weight_decay. Written by tests/reference/write.py from adam.py. */
#include "optim/known.h"

static const KnownSteps cases[] = {
  {"{}",
   {-0.66103615, -0.174184522, 0.240878726, -0.298538361, 0.081458788, 0.274226908, 0.780794206, -0.39990999}},
  {"{\"lr\": 0.1, \"beta1\": 0.5, \"beta2\": 0.8, \"eps\": 0.01, \"weight_decay\": 0.2}",
   {-0.228496951, 0.240340782, -0.165329645, -0.354696961, -0.295887376, -0.111437288, 0.331025744, 0.0758048624}},
  {"{\"lr\": 0.1, \"weight_decay\": 0.2, \"decoupled_weight_decay\": true}",
   {-0.154071251, 0.29493853, -0.23104667, -0.427556763, -0.359630076, -0.179454288, 0.24685584, 0.109055418}},
};

KNOWN_VALUES("optim", "adam", cases)
