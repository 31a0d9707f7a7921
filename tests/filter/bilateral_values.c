/* cv2.bilateralFilter and skimage.restoration.denoise_bilateral.
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
   {"result", 480, 0.7493837255, {-3.033744543, -9.333443096}, {0.01190386866, 0.5891326247, 0.05206226344}}},
  {"{\"sigma_color\": 0.2, \"sigma_spatial\": 2, \"shape\": \"scikit_image\"}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.6717099294, {-4.477012313, -9.259193733}, {0.1668342655, 0.2719334838, 0.415199396}}},
  {"{\"sigma_color\": 0.2, \"window\": 7, \"shape\": \"scikit_image\", \"edge\": \"reflect\"}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.6967950847, {-3.578826171, -8.604754385}, {0.1096133401, 0.5891302384, 0.1760733864}}},
};

KNOWN_VALUES("filter", "bilateral", cases)
