/* gaussian_noise: in training, normal numbers are added; in prediction y = x.
 *
 * Which ones depends on the trainer's seed, the step, the sample and the layer alone: value i of the sample, counted
 * row by row, pixel by pixel, channel by channel, gets number i. Source: as regularisation, Bishop, Neural Computation
 * 7, 1995. */
#include "nn/activation.h"

typedef struct Options {
  double sd;
} Options;

static const LnParam params[] = {
    {.name = "sd", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, sd), .def = 0.1, .min = 0, .max = 1e6,
     .help = "standard deviation of what is added, in units of the input", .flags = LN_POSITIONAL},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)err;
  needs->row_unit = 1;
  needs->scratch = b->training ? ln_shape_count(b->in[0]) / (b->in[0].n == 3 ? b->in[0].d[1] : 1) : 0; /* a row */
  return LN_OK;
}

static void forward(const LnPass *pass) {
  LnMap y = pass->y;
  float sd = (float)((const Options *)pass->options)->sd;
  int64_t numbers = (int64_t)y.w * y.c;
  ln_map_copy(ln_map_rows(y, pass->first, pass->count), ln_map_rows(pass->x[0], pass->first, pass->count));
  for (int64_t r = 0; pass->training && r < y.h; r++) {
    float *row = y.data + r * y.row;
    ln_rng_fill_normal(pass->scratch, numbers, pass->rng, (uint64_t)(r * numbers));
    if (y.ld == y.c) pass->kernels->add_scaled(row, pass->scratch, sd, numbers);
    for (int64_t p = 0; y.ld != y.c && p < y.w; p++)
      pass->kernels->add_scaled(row + p * y.ld, pass->scratch + p * y.c, sd, y.c);
  }
}

static void backward(const LnPass *pass) {
  if (pass->dx[0].data != NULL) ln_map_copy(pass->dx[0], pass->dy);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 6)}},
    {.options = "{\"sd\": 0.5}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"sd\": 0}", .inputs = {LN_SHAPE(7)}},
    {0}};

const LnLayerType ln_nn_gaussian_noise = {
    .type = {.kind = "nn",
             .name = "gaussian_noise",
             .doc = "In training y = x + sd * N(0, 1), other numbers for every value, sample and step; in prediction "
                    "y = x.\n"
                    "As Keras's GaussianNoise; PyTorch has none. "
                    "(To train on noisy images, give ln.fit a noise of ln.noise.) What is "
                    "added "
                    "follows from the seed of the training, whatever the number of threads. Shape: unchanged.\n"
                    "Source: Bishop, Neural Computation 7, 1995.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .only_in_training = true,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
