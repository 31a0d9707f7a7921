/* Activations applied to whole activation maps: see activation.h. */
#include "nn/activation.h"

#include <string.h>

const char *const ln_activation_names[] = {"linear", "relu", "leaky_relu", "sigmoid", "tanh", NULL};
const char *const ln_init_names[] = {"zeros",     "ones",       "glorot_uniform", "glorot_normal",
                                     "he_uniform", "he_normal", NULL};

LnMap ln_map_rows(LnMap map, int64_t first, int64_t count) {
  map.data += first * map.row;
  map.h = (int)count;
  return map;
}

void ln_map_activate(const LnKernels *kernels, LnMap y, LnActivation activation, float slope) {
  if (activation == LN_ACT_LINEAR) return;
  for (int64_t r = 0; r < y.h; r++) kernels->activate(y.data + r * y.row, y.w * y.ld, activation, slope);
}

void ln_map_activate_grad(const LnKernels *kernels, LnMap dy, LnMap y, LnActivation activation, float slope) {
  if (activation == LN_ACT_LINEAR) return;
  for (int64_t r = 0; r < y.h; r++)
    kernels->activate_grad(dy.data + r * dy.row, y.data + r * y.row, y.w * y.ld, activation, slope);
}

void ln_map_copy(LnMap to, LnMap from) {
  for (int64_t r = 0; r < from.h; r++)
    memcpy(to.data + r * to.row, from.data + r * from.row, (size_t)(from.w * from.ld) * sizeof(float));
}

void ln_map_add(const LnKernels *kernels, LnMap to, LnMap from) {
  for (int64_t r = 0; r < from.h; r++) kernels->add(to.data + r * to.row, from.data + r * from.row, from.w * from.ld);
}

void ln_map_zero(LnMap map) {
  for (int64_t r = 0; r < map.h; r++) memset(map.data + r * map.row, 0, (size_t)(map.w * map.ld) * sizeof(float));
}

void ln_map_sum_pixels(const LnKernels *kernels, float *sums, LnMap map) {
  for (int64_t r = 0; r < map.h; r++) kernels->sum_pixels(sums, map.data + r * map.row, map.w, map.ld, map.c);
}

LnActivation ln_activation_of(int own, const LnFusion *fusion) {
  return own != LN_ACT_LINEAR ? (LnActivation)own : fusion->activation;
}

LnActivation ln_activation_now(const LnPass *pass, int own, float *slope) {
  *slope = own == LN_ACT_LEAKY_RELU ? (float)LN_LEAKY_SLOPE : pass->fusion->slope;
  return pass->logits ? LN_ACT_LINEAR : ln_activation_of(own, pass->fusion);
}

LnStatus ln_activation_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

LnStatus ln_activation_build(LnNeeds *needs, const LnBuild *build, LnError *err) {
  (void)build, (void)err;
  needs->needs_y = true;
  needs->row_unit = 1;
  return LN_OK;
}

void ln_activation_forward(const LnPass *pass, LnActivation activation, float slope) {
  LnMap y = ln_map_rows(pass->y, pass->first, pass->count);
  ln_map_copy(y, ln_map_rows(pass->x[0], pass->first, pass->count));
  if (!pass->logits) ln_map_activate(pass->kernels, y, activation, slope);
}

void ln_activation_backward(const LnPass *pass, LnActivation activation, float slope) {
  if (pass->dx[0].data == NULL) return;
  if (!pass->logits) ln_map_activate_grad(pass->kernels, pass->dy, pass->y, activation, slope);
  ln_map_copy(pass->dx[0], pass->dy);
}

bool ln_activation_fuse_into(LnFusion *fusion, LnActivation activation, float slope) {
  if (fusion->activation != LN_ACT_LINEAR || fusion->pool[0] != 1 || fusion->pool[1] != 1) return false;
  fusion->activation = activation;
  fusion->slope = slope;
  return true;
}

LnStatus ln_expect_image(LnShape shape, LnError *err) {
  if (shape.n == 3) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "expected an image of channels x height x width, got %s", LN_SHAPE_TEXT(shape));
}
