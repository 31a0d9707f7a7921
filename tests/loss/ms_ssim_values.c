/* torch.nn.functional.avg_pool2d and conv2d, of the formulas of Wang, Simoncelli, Bovik, 2003.
 * Written by tests/reference/write.py from ms_ssim.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{\"scales\": 2, \"k2\": 0.3}", LN_SHAPE(2, 23, 26), false, 0.268170862475,
   {-9.5009024e-08, 0.0046460822, 0.000240113, 0.00024294947, -0.00062709505, 0.001520055, 0.0027594918,
    1.5483763e-09}},
  {"{\"scales\": 3, \"window\": 3, \"k2\": 0.3}", LN_SHAPE(1, 14, 13), false, 0.146792418324,
   {-0.0077178115, 0.00071667954, -0.00036809698, -0.00063769816, -4.2051435e-05, -0.0007583839, 0.00027583725,
    0.00019876468}},
  {"{\"window\": 3, \"weights\": \"uniform\", \"k2\": 0.3}", LN_SHAPE(1, 50, 53), false, 0.110601050485,
   {9.0850616e-05, 0.00035142549, 0.00039550283, 0.0003075501, 0.00019974132, 6.6735067e-06, 8.278703e-05,
    4.907744e-06}},
};

KNOWN_VALUES("loss", "ms_ssim", cases)
