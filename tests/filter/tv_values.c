/* skimage.restoration.denoise_tv_chambolle; the primal-dual form by a reimplementation in NumPy.
 * Written by tests/reference/write.py from tv.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{}", LN_SHAPE(24, 20), 2e-05,
   {"result", 480, 0.6318387543, {-4.03202535, -8.596557881}, {0.1021695976, 0.4749978063, 0.1850613581}}},
  {"{\"weight\": 0.3}", LN_SHAPE(33, 17), 2e-05,
   {"result", 561, 0.5822672596, {-4.223398131, -9.154018683}, {0.1088087137, 0.2788103233, 0.5158616639}}},
  {"{\"weight\": 0.05, \"eps\": 1e-05}", LN_SHAPE(24, 20), 2e-05,
   {"result", 480, 0.6866151618, {-3.629465982, -8.635325041}, {0.06588791475, 0.4827636005, 0.181553039}}},
  {"{\"weight\": 0.2, \"eps\": 0, \"max_iter\": 1000}", LN_SHAPE(33, 17), 2e-05,
   {"result", 561, 0.57268874, {-4.051382294, -9.920794534}, {0.1772924402, 0.284947176, 0.4965547427}}},
  {"{\"weight\": 0.1, \"max_iter\": 3}", LN_SHAPE(24, 20), 2e-05,
   {"result", 480, 0.6954442928, {-3.86156684, -8.701107622}, {0.03303887994, 0.4816690147, 0.2078050602}}},
  {"{\"weight\": 0.2, \"eps\": 0, \"max_iter\": 100, \"algorithm\": \"primal_dual\"}", LN_SHAPE(33, 17), 2e-05,
   {"result", 561, 0.5744330797, {-4.04301021, -9.893952232}, {0.1739825006, 0.2820591973, 0.5002480399}}},
};

KNOWN_VALUES("filter", "tv", cases)
