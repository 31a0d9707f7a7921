/* BLS-GSM in NumPy: complex transforms of the whole plane, covariances and eigenvectors of gathered neighbourhoods.
 * Written by tests/reference/write.py from bls_gsm.py. */
#include "filter/known.h"

static const KnownFilter cases[] = {
  {"{}", LN_SHAPE(75, 140), 1e-05,
   {"result", 10500, 0.7680123486, {-12.59907558, -7.958264134}, {0.02127627724, 0.4385492882, 0.1229638847}}},
  {"{\"sigma\": 0.05}", LN_SHAPE(24, 20), 1e-05,
   {"result", 480, 0.7591004654, {-3.736767656, -9.336814834}, {0.005870179209, 0.4647206434, 0.2230004881}}},
  {"{\"levels\": 2, \"orientations\": 3, \"neighbourhood\": 5}", LN_SHAPE(75, 140), 1e-05,
   {"result", 10500, 0.7822901043, {-12.42502971, -7.249719204}, {0.005584242416, 0.4392891824, 0.1109957108}}},
  {"{\"levels\": 2, \"orientations\": 4, \"neighbourhood\": 1, \"parent\": false}", LN_SHAPE(33, 17), 1e-05,
   {"result", 561, 0.7465653238, {-4.245898868, -8.659318025}, {0.01955632033, 0.1365568637, 0.6674663823}}},
};

KNOWN_VALUES("filter", "bls_gsm", cases)
