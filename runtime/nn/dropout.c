/* dropout: in training, values are set to zero at random, and the others scaled up so that the mean stays.
 *
 *   training    y = x / (1 - p) with probability 1 - p, 0 otherwise
 *   prediction  y = x
 *
 * Which values go depends on the trainer's seed, the step, the sample and the layer alone. They are chosen by comparing
 * numbers of 16 bits with p, which is rounded to that. Sources: Srivastava, Hinton, Krizhevsky, Sutskever,
 * Salakhutdinov, JMLR 2014; whole channels: Tompson, Goroshin, Jain, LeCun, Bregler, CVPR 2015. */
#include <math.h>

#include "nn/activation.h"
#include "nn/dropout.h"

typedef LnDropoutOptions Options;

enum { NUMBERS = 65536 }; /* that a random number may be */

static const LnParam params[] = {
    {.name = "p", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, p), .def = 0.5, .min = 0, .max = 1,
     .help = "share of the values that is set to zero", .flags = LN_POSITIONAL | LN_BELOW_MAX},
    {.name = "channelwise", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, channelwise), .def = 0,
     .help = "whole channels of an image go or stay together"},
    {0}};

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

/* Saved for backward: the mask, a byte for each value in the order row, column, channel; or for each channel. The last
 * pixel may be read to the end of its vectors. */
LnStatus ln_dropout_build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  bool channelwise = ((const Options *)b->options)->channelwise;
  (void)err;
  needs->row_unit = 1;
  if (!b->training) return LN_OK;
  needs->saved = (channelwise ? b->out.d[0] : ln_shape_count(b->out)) + b->kernels->vl;
  needs->scratch = channelwise ? 2 * ln_kernels_ld(b->kernels, b->out.d[0]) : 0;
  return LN_OK;
}

/* p in numbers; below all of them, so that something is left. */
static int threshold_of(const Options *o) {
  int threshold = (int)lrint(o->p * NUMBERS);
  return threshold < NUMBERS ? threshold : NUMBERS - 1;
}

static float factor_of(const Options *o) {
  return (float)NUMBERS / (float)(NUMBERS - threshold_of(o));
}

/* to = from where the mask says so, scaled up; zero elsewhere. */
static void mask_values(const LnPass *pass, LnMap to, LnMap from) {
  const uint8_t *mask = pass->saved;
  float factor = factor_of(pass->options);
  bool tight = to.ld == to.c; /* then a row is one piece, otherwise a pixel with all its vectors */
  int64_t pieces = tight ? 1 : to.w, size = tight ? to.w * to.ld : to.ld, next = tight ? size : to.c;
  for (int64_t r = 0; r < to.h; r++)
    for (int64_t k = 0; k < pieces; k++, mask += next)
      pass->kernels->apply_mask(to.data + r * to.row + k * to.ld, from.data + r * from.row + k * from.ld, mask, size,
                                factor);
}

/* The same for a mask of channels. */
static void mask_channels(const LnPass *pass, LnMap to, LnMap from) {
  const uint8_t *mask = pass->saved;
  float *scale = pass->scratch, *shift = scale + to.ld;
  for (int64_t c = 0; c < to.ld; c++) {
    scale[c] = c < to.c && mask[c] ? factor_of(pass->options) : 0.0f;
    shift[c] = 0.0f;
  }
  for (int64_t r = 0; r < to.h; r++)
    pass->kernels->scale_shift(to.data + r * to.row, from.data + r * from.row, to.w, to.ld, to.c, scale, shift,
                               (LnActivation){0});
}

static void mask_map(const LnPass *pass, LnMap to, LnMap from) {
  (((const Options *)pass->options)->channelwise ? mask_channels : mask_values)(pass, to, from);
}

void ln_dropout_forward(const LnPass *pass) {
  const Options *o = pass->options;
  LnMap y = pass->y;
  if (!pass->training) {
    ln_map_copy(ln_map_rows(y, pass->first, pass->count), ln_map_rows(pass->x[0], pass->first, pass->count));
    return;
  }
  pass->kernels->random_mask(pass->saved, o->channelwise ? y.c : (int64_t)y.h * y.w * y.c, pass->rng, threshold_of(o));
  mask_map(pass, y, pass->x[0]);
}

void ln_dropout_backward(const LnPass *pass) {
  if (pass->dx[0].data != NULL) mask_map(pass, pass->dx[0], pass->dy);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 5, 6)}},
    {.options = "{\"p\": 0.2}", .inputs = {LN_SHAPE(17, 4, 5)}},
    {.options = "{\"p\": 0.25, \"channelwise\": true}", .inputs = {LN_SHAPE(18, 3, 4)}},
    {.options = "{\"p\": 0.4}", .inputs = {LN_SHAPE(300)}},
    {0}};

const LnLayerType ln_nn_dropout = {
    .type = {.kind = "nn",
             .name = "dropout",
             .doc = "Dropout: in training y = x / (1 - p) with probability 1 - p and 0 otherwise; in prediction "
                    "y = x.\n"
                    "What is dropped follows from the seed of the training: the same seed drops the same values, "
                    "whatever the number of threads. p is PyTorch's p and Keras's rate. Shape: unchanged.\n"
                    "Source: Srivastava et al., JMLR 2014; channelwise: Tompson et al., CVPR 2015.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .min_inputs = 1,
    .max_inputs = 1,
    .keeps_range = true,
    .only_in_training = true,
    .drops = true,
    .out_shape = out_shape,
    .build = ln_dropout_build,
    .forward = ln_dropout_forward,
    .backward = ln_dropout_backward,
};
