/* Elementwise arithmetic with NumPy's broadcasting. Comparisons give 1 or 0; NaN in either operand of min and max wins;
 * round goes to the even neighbour from the middle. */
#include <inttypes.h>
#include <math.h>

#include "tensor/storage.h"
#include "tensor/walk.h"

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

/* y[i] = op(a[i*sa], b[i*sb]). Rows with steps of 1 and 0 are the common ones and get loops that vectorise. */
typedef void BinaryRow(float *restrict y, const float *a, int64_t sa, const float *b, int64_t sb, int64_t n);

#define BINARY_LOOP(A, B, expression)   \
  for (int64_t i = 0; i < n; i++) {     \
    const float p = a[A], q = b[B];     \
    y[i] = (float)(expression);         \
  }
#define BINARY(name, expression)                                                                                      \
  static void name##_row(float *restrict y, const float *a, int64_t sa, const float *b, int64_t sb, int64_t n) {      \
    if (sa == 1 && sb == 1)                                                                                           \
      BINARY_LOOP(i, i, expression)                                                                                   \
    else if (sa == 1 && sb == 0)                                                                                      \
      BINARY_LOOP(i, 0, expression)                                                                                   \
    else if (sa == 0 && sb == 1)                                                                                      \
      BINARY_LOOP(0, i, expression)                                                                                   \
    else                                                                                                              \
      BINARY_LOOP(i *sa, i *sb, expression)                                                                           \
  }

BINARY(add, p + q)
BINARY(sub, p - q)
BINARY(mul, p *q)
BINARY(div, p / q)
BINARY(pow, q == 2.0f ? p * p : powf(p, q))
BINARY(min, p < q || p != p ? p : q)
BINARY(max, p > q || p != p ? p : q)
BINARY(lt, p < q)
BINARY(le, p <= q)
BINARY(gt, p > q)
BINARY(ge, p >= q)
BINARY(eq, p == q)
BINARY(ne, p != q)

static BinaryRow *const binary_rows[] = {
    [LN_ADD] = add_row, [LN_SUB] = sub_row, [LN_MUL] = mul_row, [LN_DIV] = div_row, [LN_POW] = pow_row,
    [LN_MIN] = min_row, [LN_MAX] = max_row, [LN_LT] = lt_row,   [LN_LE] = le_row,   [LN_GT] = gt_row,
    [LN_GE] = ge_row,   [LN_EQ] = eq_row,   [LN_NE] = ne_row,
};

LnStatus ln_tensor_binary(LnTensor **out, LnBinary op, const LnTensor *a, const LnTensor *b, LnError *err) {
  LnShape shape;
  LnTensor *y;
  LN_TRY(ln_tensor_broadcast(&shape, a->shape, b->shape, err));
  LN_TRY(ln_tensor_new(&y, shape, err));
  LnWalk walk = ln_walk(shape, 3, (const LnTensor *[]){y, a, b}); /* y is contiguous: its rows have a step of 1 */
  while (ln_walk_on(&walk))
    binary_rows[op](walk.row[0], walk.row[1], walk.step[1], walk.row[2], walk.step[2], walk.length);
  return ln_tensor_finish(out, y, err);
}

typedef void UnaryRow(float *restrict y, const float *x, int64_t step, int64_t n);

#define UNARY_LOOP(X, expression)   \
  for (int64_t i = 0; i < n; i++) { \
    const float p = x[X];           \
    y[i] = (float)(expression);     \
  }
#define UNARY(name, expression)                                                          \
  static void name##_row(float *restrict y, const float *x, int64_t step, int64_t n) {  \
    if (step == 1)                                                                       \
      UNARY_LOOP(i, expression)                                                          \
    else                                                                                 \
      UNARY_LOOP(i *step, expression)                                                    \
  }

UNARY(neg, -p)
UNARY(abs, fabsf(p))
UNARY(sqrt, sqrtf(p))
UNARY(exp, expf(p))
UNARY(log, logf(p))
UNARY(sin, sinf(p))
UNARY(cos, cosf(p))
UNARY(tanh, tanhf(p))
UNARY(floor, floorf(p))
UNARY(round, rintf(p))
UNARY(sign, p != p ? p : (float)((p > 0) - (p < 0)))

static UnaryRow *const unary_rows[] = {
    [LN_NEG] = neg_row,   [LN_ABS] = abs_row, [LN_SQRT] = sqrt_row, [LN_EXP] = exp_row,
    [LN_LOG] = log_row,   [LN_SIN] = sin_row, [LN_COS] = cos_row,   [LN_TANH] = tanh_row,
    [LN_FLOOR] = floor_row, [LN_ROUND] = round_row, [LN_SIGN] = sign_row,
};

LnStatus ln_tensor_unary(LnTensor **out, LnUnary op, const LnTensor *a, LnError *err) {
  LnTensor *y;
  LN_TRY(ln_tensor_new(&y, a->shape, err));
  LnWalk walk = ln_walk(a->shape, 2, (const LnTensor *[]){y, a});
  while (ln_walk_on(&walk)) unary_rows[op](walk.row[0], walk.row[1], walk.step[1], walk.length);
  return ln_tensor_finish(out, y, err);
}

LnStatus ln_tensor_clamp(LnTensor **out, const LnTensor *a, double low, double high, LnError *err) {
  if (!(low <= high)) return ln_fail(err, LN_EARG, "clamp: low must be at most high, got %g and %g", low, high);
  LnTensor *y;
  LN_TRY(ln_tensor_new(&y, a->shape, err));
  const float bottom = (float)low, top = (float)high;
  LnWalk walk = ln_walk(a->shape, 2, (const LnTensor *[]){y, a});
  while (ln_walk_on(&walk))
    for (int64_t i = 0; i < walk.length; i++) {
      float p = walk.row[1][i * walk.step[1]];
      walk.row[0][i] = p < bottom ? bottom : p > top ? top : p; /* NaN stays */
    }
  return ln_tensor_finish(out, y, err);
}
