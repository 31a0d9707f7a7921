/* Huber's loss, as torch.nn.HuberLoss and Keras's Huber. */
#include <float.h>
#include <math.h>

#include "loss/elementwise.h"

typedef struct Huber {
  LnElementwise elements;
  double delta;
} Huber;

static void terms(const void *options, double *term, float *slope, const float *y, const float *target, int n) {
  const Huber *o = options;
  float delta = (float)o->delta;
#pragma omp simd
  for (int i = 0; i < n; i++) {
    float difference = y[i] - target[i], size = fabsf(difference);
    float within = size > delta ? delta : size; /* NaN passes */
    term[i] = within * (size - 0.5f * within);
    slope[i] = difference < 0 ? -within : within;
  }
}

static double eval(const void *options, const LnLossSample *sample) {
  return ln_elementwise_eval(options, sample, terms);
}

static const LnParam params[] = {
    {.name = "delta", .kind = LN_PARAM_FLOAT, .offset = offsetof(Huber, delta), .def = 1, .max = DBL_MAX,
     .help = "the difference from which on a term grows linearly, in units of the data",
     .flags = LN_POSITIONAL | LN_ABOVE_MIN},
    LN_ELEMENTWISE_PARAMS(Huber),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"delta\": 0.1}", .inputs = {LN_SHAPE(1, 8, 8)}},
    {.options = "{\"delta\": 0.3, \"reduction\": \"sum\"}", .inputs = {LN_SHAPE(3, 5, 7)}},
    {.options = "{}", .inputs = {LN_SHAPE(13)}},
    {0}};

const LnLossType ln_loss_huber = {
    .type = {.kind = "loss",
             .name = "huber",
             .doc = "Huber's loss: mean d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), of d = y - t.\n"
                    "Squares near 0, absolute values far out; the formula is PyTorch's and Keras's. Images in [0, 1]\n"
                    "stay below the default delta of 1, where it is mse / 2: choose about the noise's deviation.\n"
                    "Source: Huber, Robust estimation of a location parameter, Ann. Math. Statist. 35(1), 1964.",
             .size = sizeof(Huber),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    LN_ELEMENTWISE,
};
