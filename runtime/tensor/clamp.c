/* Elements between bounds, which are numbers or tensors. The gradient goes to what is within the bounds, else to the
 * bound that was taken; where both are equal, half to each, but none of it where bounds are numbers: as in PyTorch
 * 2.15. */
#include "kernels/kernels.h"
#include "tensor/record.h"
#include "tensor/rows.h"

/* The lower bound first, so where the bounds are the wrong way round the upper one wins. NaN stays. */
static void clamp_row(const void *context, float *out, const float *const *in, const bool *one, int64_t n) {
  (void)context;
  ln_kernels()->binary(out, in[0], one[0], in[1], one[1], n, LN_MAX);
  ln_kernels()->binary(out, out, false, in[2], one[2], n, LN_MIN);
}

typedef struct Share {
  float x, low, high;
} Share;

/* What of the gradient goes where. Where x is its bound it is shared; numbers take none, and leave none there. */
static Share share_of(float x, float low, float high, bool numbers) {
  if (low > high || x > high) return (Share){.high = 1};
  if (x < low) return (Share){.low = 1};
  bool at_low = x == low, at_high = x == high;
  if (at_low == at_high) return (Share){.x = numbers && at_low ? 0 : 1};
  if (numbers) return (Share){0};
  return (Share){.x = 0.5f, .low = at_low ? 0.5f : 0, .high = at_high ? 0.5f : 0};
}

typedef struct Of {
  int input; /* whose gradient: x, low, high */
  bool numbers;
} Of;

/* in: dout, x, low, high. */
static void clamp_grad_row(const void *context, float *din, const float *const *in, const bool *one, int64_t n) {
  const Of *of = context;
  (void)one;
  for (int64_t i = 0; i < n; i++) {
    Share share = share_of(in[1][i], in[2][i], in[3][i], of->numbers);
    din[i] = in[0][i] * (of->input == 0 ? share.x : of->input == 1 ? share.low : share.high);
  }
}

static LnStatus clamp_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  for (int k = 0; k < 3; k++) {
    if (!ln_wanted(of, k)) continue;
    LN_TRY(ln_tensor_new_unfilled(&din[k], of->out[0]->shape, err));
    LnRows rows = {.row = clamp_grad_row, .context = &(Of){k, *(const bool *)of->args}, .arrays = true};
    LN_TRY(ln_rows_run(&rows, din[k], 4, (const LnTensor *[]){of->dout[0], of->in[0], of->in[1], of->in[2]}, err));
  }
  return LN_OK;
}

static LnStatus clamp_between(LnTensor **out, const LnTensor *a, const LnTensor *low, const LnTensor *high,
                              bool numbers, LnError *err) {
  LnShape shape;
  LnTensor *y;
  LN_TRY(ln_tensor_broadcast(&shape, a->shape, low->shape, err));
  LN_TRY(ln_tensor_broadcast(&shape, shape, high->shape, err));
  LN_TRY(ln_tensor_new_unfilled(&y, shape, err));
  LnStatus status = ln_rows_run(&(LnRows){.row = clamp_row}, y, 3, (const LnTensor *[]){a, low, high}, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"clamp", clamp_adjoint, LN_INPUTS(a, low, high), LN_ARGS(numbers)}, err);
}

LnStatus ln_tensor_clamp_to(LnTensor **out, const LnTensor *a, const LnTensor *low, const LnTensor *high,
                            LnError *err) {
  return clamp_between(out, a, low, high, false, err);
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
  if (status == LN_OK) status = clamp_between(out, a, bounds[0], bounds[1], true, err);
  ln_tensor_unref(bounds[0]), ln_tensor_unref(bounds[1]);
  return status;
}
