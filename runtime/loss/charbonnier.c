/* Charbonnier's loss: absolute values with a round bottom. */
#include <float.h>
#include <math.h>

#include "loss/elementwise.h"

typedef struct Charbonnier {
  LnElementwise elements;
  double eps;
} Charbonnier;

static void terms(const void *options, double *term, float *slope, const float *y, const float *target, int n) {
  const Charbonnier *o = options;
  float square = (float)(o->eps * o->eps);
#pragma omp simd
  for (int i = 0; i < n; i++) {
    float difference = y[i] - target[i];
    float root = sqrtf(difference * difference + square);
    term[i] = root;
    slope[i] = difference / root;
  }
}

static double eval(const void *options, const LnLossSample *sample) {
  return ln_elementwise_eval(options, sample, terms);
}

static const LnParam params[] = {
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Charbonnier, eps), .def = 1e-3, .min = 1e-12,
     .max = 1e12, .help = "the loss of a difference of 0; differences below it count like squares",
     .flags = LN_POSITIONAL},
    LN_ELEMENTWISE_PARAMS(Charbonnier),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"eps\": 0.1}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{\"eps\": 0.05, \"reduction\": \"sum\"}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{}", .inputs = {LN_SHAPE(13)}, .kinks = LN_KINKS(0)},
    {0}};

const LnLossType ln_loss_charbonnier = {
    .type = {.kind = "loss",
             .name = "charbonnier",
             .doc = "Charbonnier's loss: mean sqrt((y - t)^2 + eps^2).\n"
                    "Nearly mae, but smooth at 0; usual in restoration and super-resolution.\n"
                    "Source: Charbonnier et al., Two deterministic half-quadratic regularization algorithms for\n"
                    "computed imaging, ICIP 1994; eps = 1e-3: Lai et al., LapSRN, CVPR 2017.",
             .size = sizeof(Charbonnier),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    LN_ELEMENTWISE,
};
