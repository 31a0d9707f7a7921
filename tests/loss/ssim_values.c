/* torch.nn.functional.conv2d, of the formulas of Wang et al., 2004; value by skimage, too.
 * Written by tests/reference/write.py from ssim.py. */
#include "loss/known.h"

static const KnownLoss cases[] = {
  {"{}", LN_SHAPE(1, 14, 17), false, 1.02438047235,
   {1.4495227e-07, -7.0100613e-07, 1.6985154e-06, 5.9731521e-05, -0.00012442426, 4.4601565e-05, -5.1308364e-06,
    1.7461252e-07}},
  {"{\"window\": 5, \"sigma\": 0.8, \"range\": 2.0}", LN_SHAPE(2, 9, 8), false, 0.966229098724,
   {3.0663942e-05, -0.081350732, 0.00090048415, -0.03193965, 0.003740056, -0.042940763, 0.075540344, 2.2554375e-05}},
  {"{\"weights\": \"uniform\", \"window\": 7, \"covariance\": \"sample\", \"k1\": 0.02}", LN_SHAPE(3, 9, 11), false,
   1.02182810382,
   {0.0011870388, 0.004598119, -0.02691523, 0.013749318, 0.02181556, 0.020144907, -0.0078805293, 0.0029767547}},
};

KNOWN_VALUES("loss", "ssim", cases)
