/* cv2.bilateralFilter, and skimage.restoration.denoise_bilateral with many bins.
 * Written by tests/reference/write.py from bilateral.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.7380277514, {-3.410675736, -9.262366434}, {0.04198722914, 0.4643404782, 0.2105913609}}},
  {"{\"sigma_color\": 0.3, \"sigma_spatial\": 2}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.6609482169, {-4.232318861, -9.41188206}, {0.08568354696, 0.2073543966, 0.5934960246}}},
  {"{\"sigma_color\": 0.2, \"sigma_spatial\": 3, \"window\": 7, \"edge\": \"reflect\"}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.6813527346, {-3.655459688, -8.889079489}, {0.05821813643, 0.4854972661, 0.1883923858}}},
  {"{\"sigma_color\": 0.05, \"window\": 9, \"edge\": \"nearest\"}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.7592841387, {-4.840705844, -8.732564443}, {0.01278573833, 0.1469046772, 0.6564673185}}},
  {"{\"shape\": \"scikit_image\", \"edge\": \"zero\"}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.7493840345, {-3.033629053, -9.333540152}, {0.01190178868, 0.5891187294, 0.05212117466}}},
  {"{\"sigma_color\": 0.2, \"sigma_spatial\": 2, \"shape\": \"scikit_image\"}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.6717158265, {-4.477025787, -9.259262827}, {0.1668241718, 0.2719185789, 0.415205699}}},
  {"{\"sigma_color\": 0.2, \"window\": 7, \"shape\": \"scikit_image\", \"edge\": \"reflect\"}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.6968058809, {-3.578777613, -8.604851834}, {0.1096110733, 0.5891245099, 0.1760765237}}},
};

KNOWN_VALUES("filter", "bilateral", cases)
