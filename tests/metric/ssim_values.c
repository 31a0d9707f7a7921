/* skimage.metrics.structural_similarity. Written by tests/reference/write.py from ssim.py. */
#include "metric/known.h"

static const KnownMetric cases[] = {
  {"{}", LN_SHAPE(24, 20), 1, 0, 0.901869269342},
  {"{}", LN_SHAPE(33, 17), 1, 0, 0.906689370915},
  {"{\"preset\": \"gondara2016\"}", LN_SHAPE(24, 20), 1, 0, 0.926551732339},
  {"{\"preset\": \"gondara2016\"}", LN_SHAPE(33, 17), 1, 0, 0.927379720576},
  {"{\"preset\": \"gondara2016\", \"window\": 3}", LN_SHAPE(24, 20), 1, 0, 0.738749534982},
  {"{\"preset\": \"gondara2016\", \"window\": 3}", LN_SHAPE(33, 17), 1, 0, 0.766990110234},
  {"{\"preset\": \"gondara2016\", \"window\": 13}", LN_SHAPE(24, 20), 1, 0, 0.938462254758},
  {"{\"preset\": \"gondara2016\", \"window\": 13}", LN_SHAPE(33, 17), 1, 0, 0.938059523925},
  {"{\"preset\": \"gondara2016\", \"window\": 5, \"range\": 1, \"covariance\": \"population\"}", LN_SHAPE(24, 20), 1, 0,
   0.856086003452},
  {"{\"preset\": \"gondara2016\", \"window\": 5, \"range\": 1, \"covariance\": \"population\"}", LN_SHAPE(33, 17), 1, 0,
   0.865904549},
  {"{\"weights\": \"uniform\"}", LN_SHAPE(24, 20), 1, 0, 0.925105610908},
  {"{\"weights\": \"uniform\"}", LN_SHAPE(33, 17), 1, 0, 0.925894839026},
  {"{\"sigma\": 0.5}", LN_SHAPE(24, 20), 1, 0, 0.682638360633},
  {"{\"sigma\": 0.5}", LN_SHAPE(33, 17), 1, 0, 0.699724757981},
  {"{\"sigma\": 2.2, \"covariance\": \"sample\", \"range\": 2}", LN_SHAPE(24, 20), 1, 0, 0.923365193236},
  {"{\"sigma\": 2.2, \"covariance\": \"sample\", \"range\": 2}", LN_SHAPE(33, 17), 1, 0, 0.920408177964},
  {"{\"k1\": 0.02, \"k2\": 0.05}", LN_SHAPE(24, 20), 1, 0, 0.903338757173},
  {"{\"k1\": 0.02, \"k2\": 0.05}", LN_SHAPE(33, 17), 1, 0, 0.908460190382},
  {"{\"range\": 1}", LN_SHAPE(24, 20), 0.125, 5, 0.978294743378},
  {"{\"range\": 1}", LN_SHAPE(33, 17), 0.125, 5, 0.976649692901},
  {"{\"weights\": \"uniform\", \"range\": 1}", LN_SHAPE(300, 12), 0.125, 5, 0.978822687321},
};

KNOWN_VALUES("metric", "ssim", cases)
