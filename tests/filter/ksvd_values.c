/* K-SVD denoising in NumPy, coded by sklearn.linear_model.orthogonal_mp.
 * Written by tests/reference/write.py from ksvd.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{\"learning\": \"none\"}", LN_SHAPE(75, 140), 1e-05,
   {"result", 10500, 0.7736013881, {-12.86464185, -8.911766879}, {0.02171149639, 0.4387489003, 0.07057999115}}},
  {"{\"learning\": \"none\", \"sigma\": 0.2, \"atoms\": 121, \"patch_size\": 6}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.58740531, {-4.375364358, -9.006313365}, {0.1059630594, 0.3107679202, 0.4686575682}}},
  {"{\"learning\": \"none\", \"sigma\": 0.08, \"atoms\": 64, \"patch_size\": 5, \"gain\": 1.05}", LN_SHAPE(24, 20),
   1e-05,
   {"result", 480, 0.748817599, {-3.9547231, -9.249313911}, {0.04736979167, 0.4720715355, 0.2164025298}}},
  {"{\"sigma\": 0.1, \"iterations\": 3, \"atoms\": 100}", LN_SHAPE(75, 140), 1e-05,
   {"result", 10500, 0.7245167183, {-10.27703269, -9.302187743}, {0.0696332601, 0.3994214536, 0.1207045793}}},
  {"{\"sigma\": 0.15, \"iterations\": 5}", LN_SHAPE(75, 140), 1e-05,
   {"result", 10500, 0.6866869905, {-9.486433007, -10.5309464}, {0.04818861364, 0.4056836276, 0.1181840056}}},
};

KNOWN_VALUES("filter", "ksvd", cases)
