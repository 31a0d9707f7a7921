/* Noise of standard deviation 0, in torch; what is random stands in gaussian_noise.c.
 * Written by tests/reference/write.py from gaussian_noise.py. */
#include "nn/known.h"

static const KnownNetwork cases[] = {
  {LN_SHAPE(5, 4, 6), 3, {{"conv2d", "{\"filters\": 7}", 1, {0}}, {"gaussian_noise", "{\"sd\": 0}", 1, {1}},
   {"conv2d", "{\"filters\": 3}", 1, {2}}}, "mse", 0.665734278,
   {"y", 216, 1.271402, {4.593371, 2.171961}, {-0.2961791, -0.2614792, -0.4170999}},
   {"dx", 360, 0.01240567, {-0.001897717, 0.05443049}, {-0.003241335, -0.0006274125, -0.001693634}}, 4,
   {{"conv2d_1.weight", 315, 0.04166787, {0.04591787, -0.2331517}, {-0.001900095, -0.01540313, -0.002769931}},
    {"conv2d_1.bias", 7, 0.268512, {-0.1089595, -0.0001852999}, {0.1601158, 0.2057962, 0.268512}},
    {"conv2d_2.weight", 189, 0.3235116, {0.2681853, 0.2364416}, {-0.05754585, -0.06162239, 0.0228767}},
    {"conv2d_2.bias", 3, 0.5879294, {0.4788221, 0.1806756}, {-0.5879294, -0.3871124, -0.409575}}}},
};

KNOWN_VALUES("nn", "gaussian_noise", cases)
