/* skimage.restoration.denoise_wavelet, cycle_spin; sureshrink and all shifts: NumPy on PyWavelets' transforms.
 * Written by tests/reference/write.py from wavelet.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{}", LN_SHAPE(24, 20), 2e-06,
   {"result", 480, 0.793831547, {-5.532591051, -8.997054854}, {0.04816811773, 0.4432371895, 0.255093678}}},
  {"{\"wavelet\": \"haar\"}", LN_SHAPE(75, 140), 2e-06,
   {"result", 10500, 0.7461128077, {-10.37098848, -7.519103399}, {0.08232961814, 0.3913348092, 0.1136075253}}},
  {"{\"wavelet\": \"db2\", \"sigma\": 0.05, \"levels\": 4}", LN_SHAPE(75, 140), 2e-06,
   {"result", 10500, 0.7926664354, {-11.82566747, -7.073262489}, {0.01745445346, 0.4507656384, 0.1313278176}}},
  {"{\"wavelet\": \"sym4\", \"levels\": 2, \"mode\": \"hard\"}", LN_SHAPE(33, 17), 2e-06,
   {"result", 561, 0.8865512619, {-3.736761606, -9.619144052}, {0.01202189216, 0.07954382667, 0.6950315406}}},
  {"{\"wavelet\": \"db10\", \"levels\": 3, \"method\": \"visushrink\", \"sigma\": 0.03}", LN_SHAPE(75, 140), 2e-06,
   {"result", 10500, 0.7705130363, {-13.84045127, -4.085338449}, {0.0108680695, 0.4691710941, 0.1001887569}}},
  {"{\"wavelet\": \"coif3\", \"levels\": 5, \"method\": \"visushrink\", \"sigma\": 0.04, \"mode\": \"hard\"}",
   LN_SHAPE(33, 17), 2e-06,
   {"result", 561, 0.8137426505, {-3.523143337, -9.376237749}, {-0.00734993741, 0.08674207675, 0.6759835286}}},
  {"{\"wavelet\": \"db3\", \"levels\": 2, \"cycle_spinning\": 3}", LN_SHAPE(24, 20), 2e-06,
   {"result", 480, 0.7222429559, {-3.890845894, -9.067485855}, {0.066021786, 0.4566820222, 0.195993328}}},
  {"{\"wavelet\": \"sym9\", \"levels\": 1, \"method\": \"visushrink\", \"sigma\": 0.05, \"cycle_spinning\": 1}",
   LN_SHAPE(33, 17), 2e-06,
   {"result", 561, 0.7864553336, {-3.730540352, -9.337416417}, {0.09339246391, 0.1405990674, 0.5938414114}}},
  {"{\"wavelet\": \"sym8\", \"levels\": 3, \"method\": \"sureshrink\", \"sigma\": 0.1}", LN_SHAPE(75, 140), 2e-06,
   {"result", 10500, 0.8181994703, {-12.32203512, -8.67133418}, {-0.001999229345, 0.4294959, 0.160523796}}},
  {"{\"wavelet\": \"haar\", \"levels\": 5, \"method\": \"sureshrink\", \"sigma\": 0.2}", LN_SHAPE(75, 140), 2e-06,
   {"result", 10500, 0.702041626, {-9.077409006, -12.92954551}, {0.1465759277, 0.3689804077, 0.1973015972}}},
  {"{\"wavelet\": \"haar\", \"levels\": 3, \"method\": \"visushrink\", \"sigma\": 0.05, \"cycle_spinning\": \"full\"}",
   LN_SHAPE(24, 20), 2e-06,
   {"result", 480, 0.6477835905, {-4.232446819, -8.696029472}, {0.1139659004, 0.4686847145, 0.194797816}}},
  {"{\"levels\": 3, \"method\": \"visushrink\", \"mode\": \"hard\", \"cycle_spinning\": \"full\"}", LN_SHAPE(75, 140),
   2e-06,
   {"result", 10500, 0.7286820929, {-9.728498454, -10.21488246}, {0.02829161862, 0.4387827617, 0.1355069627}}},
  {"{\"wavelet\": \"sym4\", \"levels\": 2, \"method\": \"visushrink\", \"sigma\": 0.04, \"cycle_spinning\": \"full\"}",
   LN_SHAPE(75, 140), 2e-06,
   {"result", 10500, 0.7348978146, {-11.8211756, -9.60704323}, {0.02284958959, 0.4505170305, 0.05756184078}}},
};

KNOWN_VALUES("filter", "wavelet", cases)
