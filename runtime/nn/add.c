/* add: the sum of its inputs, which have the same shape. How skips and residuals come together. */
#include "nn/activation.h"

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options;
  for (int i = 1; i < n_inputs; i++)
    if (!ln_shape_equal(in[0], in[i]))
      return ln_fail(err, LN_ESHAPE, "inputs must have the same shape; input 1 is %s, input %d is %s",
                     LN_SHAPE_TEXT(in[0]), i + 1, LN_SHAPE_TEXT(in[i]));
  *out = in[0];
  return LN_OK;
}

static LnStatus build(LnNeeds *needs, const LnBuild *b, LnError *err) {
  (void)b, (void)err;
  needs->row_unit = 1;
  return LN_OK;
}

static void forward(const LnPass *pass) {
  LnMap y = ln_map_rows(pass->y, pass->first, pass->count);
  ln_map_copy(y, ln_map_rows(pass->x[0], pass->first, pass->count));
  for (int i = 1; i < pass->n_inputs; i++)
    ln_map_add(pass->kernels, y, ln_map_rows(pass->x[i], pass->first, pass->count));
}

static void backward(const LnPass *pass) {
  for (int i = 0; i < pass->n_inputs; i++)
    if (pass->dx[i].data != NULL) ln_map_copy(pass->dx[i], pass->dy);
}

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(3, 4, 5), LN_SHAPE(3, 4, 5)}},
    {.options = "{}", .inputs = {LN_SHAPE(9), LN_SHAPE(9)}},
    {0}};

const LnLayerType ln_nn_add = {
    .type = {.kind = "nn",
             .name = "add",
             .doc = "y = x1 + x2 + ..., element by element; also written a + b.\nAll inputs have the same shape.",
             .cases = cases},
    .min_inputs = 2,
    .max_inputs = LN_MAX_INPUTS,
    .out_shape = out_shape,
    .build = build,
    .forward = forward,
    .backward = backward,
};
