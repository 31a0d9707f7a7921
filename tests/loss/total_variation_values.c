/* torch: differences, of Rudin, Osher, Fatemi, 1992; the sum is that of tf.image.total_variation.
 * Written by tests/reference/write.py from total_variation.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{}", LN_SHAPE(2, 5, 7), false, 0.416997732222,
   {-0.028571429, -0.057142857, 0.057142857, 0.042857143, 0.014285714, -0.042857143, -0.028571429, 0}},
  {"{\"reduction\": \"sum\", \"eps\": 0.1}", LN_SHAPE(1, 6, 5), false, 14.7698004039,
   {-1.8563305, 1.7631349, 3.5896354, 3.9080806, 0.56778223, 1.375162, 1.5402885, 0.14789983}},
  {"{\"form\": \"isotropic\"}", LN_SHAPE(2, 5, 7), false, 0.347197525032,
   {-0.019341502, -0.038762385, 0.0223789, 0.039792254, -0.0066811245, -0.028921622, -0.035292706, 0}},
  {"{\"form\": \"isotropic\", \"eps\": 0.1}", LN_SHAPE(2, 5, 7), false, 0.369426907097,
   {-0.017621261, -0.036639416, 0.022027102, 0.029949818, -0.0064712465, -0.026306506, -0.029951311, -0.0023903891}},
};

KNOWN_VALUES("loss", "total_variation", cases)
