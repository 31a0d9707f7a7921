/* Elementwise arithmetic with NumPy's broadcasting. Comparisons give 1 or 0; NaN in either operand of min and max wins;
 * round goes to the even neighbour from the middle.
 *
 * Every function stands with its derivatives. Where there is none they are PyTorch's: 0 for abs at 0, half each where the
 * operands of min and max are equal. */
#include <inttypes.h>
#include <math.h>

#include "tensor/record.h"
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

/* The derivatives of r = op(p, q), by p and by q, times the gradient g of r. */
typedef void BinaryGradRow(float *restrict dx, const float *const *row, const int64_t *step, int64_t n);

#define BINARY_GRAD_LOOP(name, expression)                                                                  \
  static void name(float *restrict dx, const float *const *row, const int64_t *step, int64_t n) {          \
    for (int64_t i = 0; i < n; i++) {                                                                       \
      const float g = row[1][i * step[1]], p = row[2][i * step[2]], q = row[3][i * step[3]];                \
      (void)p, (void)q;                                                                                     \
      dx[i] = (float)(g * (expression));                                                                    \
    }                                                                                                       \
  }
#define SMOOTH_BINARY(name, expression, by_p, by_q) \
  BINARY(name, expression)                          \
  BINARY_GRAD_LOOP(name##_by_p, by_p)               \
  BINARY_GRAD_LOOP(name##_by_q, by_q)

SMOOTH_BINARY(add, p + q, 1.0f, 1.0f)
SMOOTH_BINARY(sub, p - q, 1.0f, -1.0f)
SMOOTH_BINARY(mul, p *q, q, p)
SMOOTH_BINARY(div, p / q, 1.0f / q, -p / (q * q))
SMOOTH_BINARY(pow, q == 2.0f ? p * p : powf(p, q), q == 0.0f ? 0.0f : q == 2.0f ? 2.0f * p : q * powf(p, q - 1.0f),
              p == 0.0f && q >= 0.0f ? 0.0f : powf(p, q) * logf(p))
SMOOTH_BINARY(min, p < q || p != p ? p : q, p < q ? 1.0f : p == q ? 0.5f : 0.0f, q < p ? 1.0f : p == q ? 0.5f : 0.0f)
SMOOTH_BINARY(max, p > q || p != p ? p : q, p > q ? 1.0f : p == q ? 0.5f : 0.0f, q > p ? 1.0f : p == q ? 0.5f : 0.0f)
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

#define GRAD_ROWS(CODE, name) [CODE] = {name##_by_p, name##_by_q}
static BinaryGradRow *const binary_grad_rows[][2] = {
    GRAD_ROWS(LN_ADD, add), GRAD_ROWS(LN_SUB, sub), GRAD_ROWS(LN_MUL, mul), GRAD_ROWS(LN_DIV, div),
    GRAD_ROWS(LN_POW, pow), GRAD_ROWS(LN_MIN, min), GRAD_ROWS(LN_MAX, max),
};

static bool differs_somewhere(LnBinary op) {
  return op <= LN_MAX;
}

static LnStatus binary_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnBinary op = *(const LnBinary *)of->args;
  for (int k = 0; k < 2; k++) {
    if (!ln_wanted(of, k)) continue;
    if (op == LN_ADD || (op == LN_SUB && k == 0)) {
      din[k] = ln_tensor_ref(of->dout[0]);
      continue;
    }
    LN_TRY(ln_tensor_new(&din[k], of->out[0]->shape, err));
    LnWalk walk =
        ln_walk(of->out[0]->shape, 4, (const LnTensor *[]){din[k], of->dout[0], of->in[0], of->in[1]});
    while (ln_walk_on(&walk))
      binary_grad_rows[op][k](walk.row[0], (const float *const *)walk.row, walk.step, walk.length);
  }
  return ln_interrupt_check(err);
}

LnStatus ln_tensor_binary(LnTensor **out, LnBinary op, const LnTensor *a, const LnTensor *b, LnError *err) {
  LnShape shape;
  LnTensor *y;
  LN_TRY(ln_tensor_broadcast(&shape, a->shape, b->shape, err));
  LN_TRY(ln_tensor_new(&y, shape, err));
  LnWalk walk = ln_walk(shape, 3, (const LnTensor *[]){y, a, b}); /* y is contiguous: its rows have a step of 1 */
  while (ln_walk_on(&walk))
    binary_rows[op](walk.row[0], walk.row[1], walk.step[1], walk.row[2], walk.step[2], walk.length);
  y->mask = !differs_somewhere(op);
  LnAdjoint *adjoint = differs_somewhere(op) ? binary_adjoint : NULL;
  return ln_tape_finish(out, y, &(LnOperation){"arithmetic", adjoint, LN_INPUTS(a, b), LN_ARGS(op)}, err);
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

/* dx = g f'(p), where r = f(p). */
typedef void UnaryGradRow(float *restrict dx, const float *const *row, const int64_t *step, int64_t n);

#define SMOOTH_UNARY(name, expression, derivative)                                                              \
  UNARY(name, expression)                                                                                       \
  static void name##_grad(float *restrict dx, const float *const *row, const int64_t *step, int64_t n) {        \
    for (int64_t i = 0; i < n; i++) {                                                                           \
      const float g = row[1][i * step[1]], p = row[2][i * step[2]], r = row[3][i * step[3]];                    \
      (void)p, (void)r;                                                                                         \
      dx[i] = (float)(g * (derivative));                                                                        \
    }                                                                                                           \
  }

SMOOTH_UNARY(neg, -p, -1.0f)
SMOOTH_UNARY(abs, fabsf(p), (float)((p > 0) - (p < 0)))
SMOOTH_UNARY(sqrt, sqrtf(p), 0.5f / r)
SMOOTH_UNARY(exp, expf(p), r)
SMOOTH_UNARY(log, logf(p), 1.0f / p)
SMOOTH_UNARY(sin, sinf(p), cosf(p))
SMOOTH_UNARY(cos, cosf(p), -sinf(p))
SMOOTH_UNARY(tanh, tanhf(p), 1.0f - r * r)
UNARY(floor, floorf(p))
UNARY(round, rintf(p))
UNARY(sign, p != p ? p : (float)((p > 0) - (p < 0)))

static UnaryRow *const unary_rows[] = {
    [LN_NEG] = neg_row,   [LN_ABS] = abs_row, [LN_SQRT] = sqrt_row, [LN_EXP] = exp_row,
    [LN_LOG] = log_row,   [LN_SIN] = sin_row, [LN_COS] = cos_row,   [LN_TANH] = tanh_row,
    [LN_FLOOR] = floor_row, [LN_ROUND] = round_row, [LN_SIGN] = sign_row,
};

static UnaryGradRow *const unary_grad_rows[] = {
    [LN_NEG] = neg_grad, [LN_ABS] = abs_grad, [LN_SQRT] = sqrt_grad, [LN_EXP] = exp_grad,
    [LN_LOG] = log_grad, [LN_SIN] = sin_grad, [LN_COS] = cos_grad,   [LN_TANH] = tanh_grad,
};

static LnStatus unary_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnUnary op = *(const LnUnary *)of->args;
  LN_TRY(ln_tensor_new(&din[0], of->in[0]->shape, err));
  LnWalk walk = ln_walk(of->in[0]->shape, 4, (const LnTensor *[]){din[0], of->dout[0], of->in[0], of->out[0]});
  while (ln_walk_on(&walk)) unary_grad_rows[op](walk.row[0], (const float *const *)walk.row, walk.step, walk.length);
  return ln_interrupt_check(err);
}

LnStatus ln_tensor_unary(LnTensor **out, LnUnary op, const LnTensor *a, LnError *err) {
  LnTensor *y;
  LN_TRY(ln_tensor_new(&y, a->shape, err));
  LnWalk walk = ln_walk(a->shape, 2, (const LnTensor *[]){y, a});
  while (ln_walk_on(&walk)) unary_rows[op](walk.row[0], walk.row[1], walk.step[1], walk.length);
  LnAdjoint *adjoint = op <= LN_TANH ? unary_adjoint : NULL;
  return ln_tape_finish(out, y, &(LnOperation){"arithmetic", adjoint, LN_INPUTS(a), LN_ARGS(op)}, err);
}

typedef struct Bounds {
  float low, high;
} Bounds;

/* At the bounds it is 1, as in PyTorch. */
static LnStatus clamp_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const Bounds *bounds = of->args;
  LN_TRY(ln_tensor_new(&din[0], of->in[0]->shape, err));
  LnWalk walk = ln_walk(of->in[0]->shape, 3, (const LnTensor *[]){din[0], of->dout[0], of->in[0]});
  while (ln_walk_on(&walk))
    for (int64_t i = 0; i < walk.length; i++) {
      float p = walk.row[2][i * walk.step[2]];
      walk.row[0][i] = p >= bounds->low && p <= bounds->high ? walk.row[1][i * walk.step[1]] : 0.0f;
    }
  return ln_interrupt_check(err);
}

LnStatus ln_tensor_clamp(LnTensor **out, const LnTensor *a, double low, double high, LnError *err) {
  if (!(low <= high)) return ln_fail(err, LN_EARG, "clamp: low must be at most high, got %g and %g", low, high);
  LnTensor *y;
  LN_TRY(ln_tensor_new(&y, a->shape, err));
  const Bounds bounds = {(float)low, (float)high};
  LnWalk walk = ln_walk(a->shape, 2, (const LnTensor *[]){y, a});
  while (ln_walk_on(&walk))
    for (int64_t i = 0; i < walk.length; i++) {
      float p = walk.row[1][i * walk.step[1]];
      walk.row[0][i] = p < bounds.low ? bounds.low : p > bounds.high ? bounds.high : p; /* NaN stays */
    }
  return ln_tape_finish(out, y, &(LnOperation){"clamp", clamp_adjoint, LN_INPUTS(a), LN_ARGS(bounds)}, err);
}
