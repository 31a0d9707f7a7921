/* Elementwise arithmetic with NumPy's broadcasting: the operations of kernels/arithmetic.def, which has their values
 * and derivatives, on tensors. */
#include <inttypes.h>

#include "kernels/kernels.h"
#include "tensor/record.h"
#include "tensor/rows.h"

LnStatus ln_tensor_broadcast(LnShape *out, LnShape a, LnShape b, LnError *err) {
  LnShape shape = {.n = a.n > b.n ? a.n : b.n};
  for (int i = 0; i < shape.n; i++) {
    int ia = i - (shape.n - a.n), ib = i - (shape.n - b.n);
    int64_t da = ia < 0 ? 1 : a.d[ia], db = ib < 0 ? 1 : b.d[ib];
    if (da != db && da != 1 && db != 1)
      return ln_fail(err, LN_ESHAPE, "shapes %s and %s do not fit: dimension %d is %" PRId64 " in one and %" PRId64
                     " in the other", LN_SHAPE_TEXT(a), LN_SHAPE_TEXT(b), i + 1, da, db);
    shape.d[i] = da == 1 ? db : da;
  }
  *out = shape;
  return LN_OK;
}

/* ---- Of one tensor ---- */

static void unary_row(const void *context, float *out, const float *const *in, const bool *one, int64_t n) {
  (void)one;
  ln_kernels()->unary(out, in[0], n, *(const LnUnary *)context);
}

static void unary_grad_row(const void *context, float *da, const float *const *in, const bool *one, int64_t n) {
  (void)one;
  ln_kernels()->unary_grad(da, in[0], in[1], in[2], n, *(const LnUnary *)context);
}

static LnStatus unary_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LN_TRY(ln_tensor_new_unfilled(&din[0], of->in[0]->shape, err));
  LnRows rows = {.row = unary_grad_row, .context = of->args, .arrays = true};
  return ln_rows_run(&rows, din[0], 3, (const LnTensor *[]){of->dout[0], of->in[0], of->out[0]}, err);
}

LnStatus ln_tensor_unary(LnTensor **out, LnUnary op, const LnTensor *a, LnError *err) {
  LnTensor *y;
  LN_TRY(ln_tensor_new_unfilled(&y, a->shape, err));
  LnRows rows = {.row = unary_row, .context = &op, .arrays = true};
  LnStatus status = ln_rows_run(&rows, y, 1, &a, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  LnOpKind kind = ln_unary_kind(op);
  y->mask = kind == LN_OP_QUESTION;
  LnAdjoint *adjoint = kind == LN_OP_SMOOTH ? unary_adjoint : NULL;
  return ln_tape_finish(out, y, &(LnOperation){"arithmetic", adjoint, LN_INPUTS(a), LN_ARGS(op)}, err);
}

/* ---- Of two ---- */

static void binary_row(const void *context, float *out, const float *const *in, const bool *one, int64_t n) {
  ln_kernels()->binary(out, in[0], one[0], in[1], one[1], n, *(const LnBinary *)context);
}

typedef struct By {
  LnBinary op;
  int operand;
} By;

static void binary_grad_row(const void *context, float *din, const float *const *in, const bool *one, int64_t n) {
  const By *by = context;
  (void)one;
  ln_kernels()->binary_grad(din, in[0], in[1], in[2], in[3], n, by->op, by->operand);
}

static LnStatus binary_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnBinary op = *(const LnBinary *)of->args;
  for (int k = 0; k < 2; k++) {
    if (!ln_wanted(of, k)) continue;
    if (op == LN_ADD || (op == LN_SUB && k == 0)) {
      din[k] = ln_tensor_ref(of->dout[0]);
      continue;
    }
    LN_TRY(ln_tensor_new_unfilled(&din[k], of->out[0]->shape, err));
    LnRows rows = {.row = binary_grad_row, .context = &(By){op, k}, .arrays = true};
    LN_TRY(ln_rows_run(&rows, din[k], 4, (const LnTensor *[]){of->dout[0], of->in[0], of->in[1], of->out[0]}, err));
  }
  return LN_OK;
}

LnStatus ln_tensor_binary(LnTensor **out, LnBinary op, const LnTensor *a, const LnTensor *b, LnError *err) {
  LnShape shape;
  LnTensor *y;
  LN_TRY(ln_tensor_broadcast(&shape, a->shape, b->shape, err));
  LN_TRY(ln_tensor_new_unfilled(&y, shape, err));
  LnRows rows = {.row = binary_row, .context = &op};
  LnStatus status = ln_rows_run(&rows, y, 2, (const LnTensor *[]){a, b}, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  LnOpKind kind = ln_binary_kind(op);
  y->mask = kind == LN_OP_QUESTION;
  LnAdjoint *adjoint = kind == LN_OP_SMOOTH ? binary_adjoint : NULL;
  return ln_tape_finish(out, y, &(LnOperation){"arithmetic", adjoint, LN_INPUTS(a, b), LN_ARGS(op)}, err);
}

LnStatus ln_tensor_lerp(LnTensor **out, const LnTensor *a, const LnTensor *b, const LnTensor *weight, LnError *err) {
  LnTensor *apart = NULL, *share = NULL;
  LnStatus status = ln_tensor_binary(&apart, LN_SUB, b, a, err);
  if (status == LN_OK) status = ln_tensor_binary(&share, LN_MUL, apart, weight, err);
  if (status == LN_OK) status = ln_tensor_binary(out, LN_ADD, a, share, err);
  ln_tensor_unref(apart), ln_tensor_unref(share);
  return status;
}
