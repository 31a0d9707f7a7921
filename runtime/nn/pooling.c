/* Windows of pooling layers: see pooling.h. */
#include "nn/pooling.h"

#include "nn/activation.h"

int64_t ln_pool_stride(const LnPoolOptions *o, int axis) {
  return o->stride[axis] == 0 ? o->size[axis] : o->stride[axis];
}

LnInputRows ln_pool_input_rows(const LnPoolOptions *o) {
  return (LnInputRows){.step = ln_pool_stride(o, 0), .scale = 1, .after = o->size[0] - 1};
}

LnStatus ln_pool_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  const LnPoolOptions *o = options;
  (void)n_inputs;
  LN_TRY(ln_expect_image(in[0], err));
  if (in[0].d[1] < o->size[0] || in[0].d[2] < o->size[1])
    return ln_fail(err, LN_ESHAPE,
                   "a window of %lldx%lld does not fit into an image of %s; use fewer poolings or larger images",
                   (long long)o->size[0], (long long)o->size[1], LN_SHAPE_TEXT(in[0]));
  int64_t rows = (in[0].d[1] - o->size[0]) / ln_pool_stride(o, 0) + 1;
  int64_t columns = (in[0].d[2] - o->size[1]) / ln_pool_stride(o, 1) + 1;
  *out = LN_SHAPE(in[0].d[0], rows, columns);
  return LN_OK;
}
