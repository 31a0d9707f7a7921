/* Elements between bounds, which are numbers or tensors. The gradient of what is clamped goes on from the bounds inward,
 * also at the bounds, and what lies outside hands it to its bound: PyTorch's rules. */
#include <math.h>

#include "kernels/kernels.h"
#include "tensor/record.h"
#include "tensor/rows.h"

/* The lower bound first, so where the bounds are the wrong way round the upper one wins. NaN stays. */
static void clamp_row(const void *context, float *out, const float *const *in, const bool *one, int64_t n) {
  (void)context;
  ln_kernels()->binary(out, in[0], one[0], in[1], one[1], n, LN_MAX);
  ln_kernels()->binary(out, out, false, in[2], one[2], n, LN_MIN);
}

/* in: dout, x, low, high. Context: of which the gradient is, 0: x, 1: low, 2: high. */
static void clamp_grad_row(const void *context, float *din, const float *const *in, const bool *one, int64_t n) {
  const int of = *(const int *)context;
  (void)one;
  for (int64_t i = 0; i < n; i++) {
    float x = in[1][i], low = in[2][i], high = in[3][i];
    bool wanted = of == 0   ? x >= low && x <= high
                  : of == 1 ? x < low && low < high
                            : x > high || high < low;
    din[i] = wanted ? in[0][i] : 0.0f;
  }
}

static LnStatus clamp_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  for (int k = 0; k < 3; k++) {
    if (!ln_wanted(of, k)) continue;
    LN_TRY(ln_tensor_new_unfilled(&din[k], of->out[0]->shape, err));
    LnRows rows = {.row = clamp_grad_row, .context = &k, .arrays = true};
    LN_TRY(ln_rows_run(&rows, din[k], 4, (const LnTensor *[]){of->dout[0], of->in[0], of->in[1], of->in[2]}, err));
  }
  return LN_OK;
}

LnStatus ln_tensor_clamp_to(LnTensor **out, const LnTensor *a, const LnTensor *low, const LnTensor *high,
                            LnError *err) {
  LnShape shape;
  LnTensor *y;
  LN_TRY(ln_tensor_broadcast(&shape, a->shape, low->shape, err));
  LN_TRY(ln_tensor_broadcast(&shape, shape, high->shape, err));
  LN_TRY(ln_tensor_new_unfilled(&y, shape, err));
  LnStatus status = ln_rows_run(&(LnRows){.row = clamp_row}, y, 3, (const LnTensor *[]){a, low, high}, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"clamp", clamp_adjoint, LN_INPUTS(a, low, high)}, err);
}

static LnStatus number(LnTensor **out, double value, LnError *err) {
  LN_TRY(ln_tensor_new(out, (LnShape){0}, err));
  (*out)->data[0] = (float)value;
  return LN_OK;
}

LnStatus ln_tensor_clamp(LnTensor **out, const LnTensor *a, double low, double high, LnError *err) {
  if (!(low <= high)) return ln_fail(err, LN_EARG, "clamp: low must be at most high, got %g and %g", low, high);
  LnTensor *bounds[2] = {NULL};
  LnStatus status = number(&bounds[0], low, err);
  if (status == LN_OK) status = number(&bounds[1], high, err);
  if (status == LN_OK) status = ln_tensor_clamp_to(out, a, bounds[0], bounds[1], err);
  ln_tensor_unref(bounds[0]), ln_tensor_unref(bounds[1]);
  return status;
}
