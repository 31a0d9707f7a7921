/* Elementwise operations, compiled once per instruction set: what arithmetic.def says, over rows of floats. */

/* 1 where a comparison holds, else 0. */
LN_INLINE vf truth(vi mask) {
  return (vf)(mask & (vi)vset(1.0f));
}

LN_INLINE vf lanes_of_two(float (*f)(float, float), vf x, vf y) {
  for (int i = 0; i < LN_VL; i++) x[i] = f(x[i], y[i]);
  return x;
}

/* In double neither overflows nor vanishes what is squared. Infinity wins over NaN. */
LN_INLINE vf math_hypot(vf x, vf y) {
  vf out = {0};
  for (int i = 0; i < LN_VL; i++) out[i] = (float)sqrt((double)x[i] * (double)x[i] + (double)y[i] * (double)y[i]);
  return vselect((vabs(x) == INFINITY) | (vabs(y) == INFINITY), vset(INFINITY), out);
}

/* What is left of x after whole y, with the sign of x. Quotients below 2^28 times y are exact in double; rounding may
 * have made them one too large. */
static inline float fmod_lane(float x, float y) {
  double size = fabs((double)x), step = fabs((double)y), quotient = size / step;
  if (!(quotient < 0x1p28 && step < (double)INFINITY)) return fmodf(x, y);
  double rest = size - (double)(int64_t)quotient * step;
  return copysignf((float)(rest < 0 ? rest + step : rest), x);
}

/* NumPy's: with the sign of y, as Lua's %. */
static inline float mod_lane(float x, float y) {
  float rest = fmod_lane(x, y);
  if (rest == 0) return y == 0 ? rest : copysignf(0.0f, y);
  return (rest < 0) != (y < 0) ? rest + y : rest;
}

/* NumPy's floor_divide: x / y rounded down, as Lua's //. */
static inline float floordiv_lane(float x, float y) {
  if (y == 0) return x / y;
  float rest = fmod_lane(x, y), quotient = (x - rest) / y;
  if (rest != 0 && (rest < 0) != (y < 0)) quotient -= 1.0f;
  float down = floorf(quotient);
  if (quotient == 0) return copysignf(0.0f, x / y);
  return quotient - down > 0.5f ? down + 1.0f : down;
}

/* ---- Derivatives that take more than a line ---- */

LN_INLINE vf half_at_ties(vi wins, vi equal) {
  return truth(wins) + (vf)(equal & (vi)vset(0.5f));
}

/* y x^(y-1), 0 for the power 0. */
LN_INLINE vf pow_by_base(vf x, vf y) {
  vf twice = x + x;
  if (!vany(y != 2.0f)) return twice;
  return vselect(y == 0, vset(0.0f), vselect(y == 2.0f, twice, y * math_pow(x, y - 1.0f)));
}

/* x^y ln x, 0 where both vanish. */
LN_INLINE vf pow_by_exponent(vf x, vf y, vf r) {
  return vselect((x == 0) & (y >= 0), vset(0.0f), r * math_log(x));
}

/* ---- Rows ---- */

/* One number, or one a lane. */
LN_INLINE vf operand(const float *from, bool one, int64_t i) {
  return one ? vset(from[0]) : vload(from + i);
}
LN_INLINE vf operand_part(const float *from, bool one, int64_t i, int64_t lanes) {
  return one ? vset(from[0]) : vload_part(from + i, lanes);
}

#define NONE vset(0.0f)

#define LN_UNARY_OP(name, kind, value, derivative)                                                          \
  LN_INLINE vf value_of_##name(vf x) {                                                                      \
    return value;                                                                                           \
  }                                                                                                         \
  LN_INLINE vf derivative_of_##name(vf x, vf r) {                                                           \
    (void)x, (void)r;                                                                                       \
    return derivative;                                                                                      \
  }                                                                                                         \
  static void row_of_##name(float *out, const float *a, int64_t n) {                                        \
    int64_t i = 0;                                                                                          \
    for (; i + LN_VL <= n; i += LN_VL) vstore(out + i, value_of_##name(vload(a + i)));                      \
    if (i < n) vstore_part(out + i, value_of_##name(vload_part(a + i, n - i)), n - i);                      \
  }                                                                                                         \
  static void grad_of_##name(float *da, const float *dout, const float *a, const float *out, int64_t n) {   \
    int64_t i = 0;                                                                                          \
    for (; i + LN_VL <= n; i += LN_VL)                                                                      \
      vstore(da + i, vload(dout + i) * derivative_of_##name(vload(a + i), vload(out + i)));                 \
    if (i == n) return;                                                                                     \
    vf factor = derivative_of_##name(vload_part(a + i, n - i), vload_part(out + i, n - i));                 \
    vstore_part(da + i, vload_part(dout + i, n - i) * factor, n - i);                                       \
  }

#define LN_BINARY_GRAD(name, derivative)                                                                              \
  LN_INLINE vf derivative_of_##name(vf x, vf y, vf r) {                                                               \
    (void)x, (void)y, (void)r;                                                                                        \
    return derivative;                                                                                                \
  }                                                                                                                   \
  static void grad_of_##name(float *din, const float *dout, const float *a, const float *b, const float *out,         \
                             int64_t n) {                                                                             \
    int64_t i = 0;                                                                                                    \
    for (; i + LN_VL <= n; i += LN_VL)                                                                                \
      vstore(din + i, vload(dout + i) * derivative_of_##name(vload(a + i), vload(b + i), vload(out + i)));            \
    if (i == n) return;                                                                                               \
    vf factor = derivative_of_##name(vload_part(a + i, n - i), vload_part(b + i, n - i), vload_part(out + i, n - i)); \
    vstore_part(din + i, vload_part(dout + i, n - i) * factor, n - i);                                                \
  }

#define LN_BINARY_OP(name, kind, value, by_x, by_y)                                                                   \
  LN_INLINE vf value_of_##name(vf x, vf y) {                                                                          \
    return value;                                                                                                     \
  }                                                                                                                   \
  LN_INLINE void loop_of_##name(float *out, const float *a, bool one_a, const float *b, bool one_b, int64_t n) {      \
    int64_t i = 0;                                                                                                    \
    for (; i + LN_VL <= n; i += LN_VL) vstore(out + i, value_of_##name(operand(a, one_a, i), operand(b, one_b, i)));  \
    if (i == n) return;                                                                                               \
    vf r = value_of_##name(operand_part(a, one_a, i, n - i), operand_part(b, one_b, i, n - i));                       \
    vstore_part(out + i, r, n - i);                                                                                   \
  }                                                                                                                   \
  static void row_of_##name(float *out, const float *a, bool one_a, const float *b, bool one_b, int64_t n) {          \
    if (one_a)                                                                                                        \
      loop_of_##name(out, a, true, b, one_b, n);                                                                      \
    else if (one_b)                                                                                                   \
      loop_of_##name(out, a, false, b, true, n);                                                                      \
    else                                                                                                              \
      loop_of_##name(out, a, false, b, false, n);                                                                     \
  }                                                                                                                   \
  LN_BINARY_GRAD(name##_by_x, by_x)                                                                                   \
  LN_BINARY_GRAD(name##_by_y, by_y)
#include "kernels/arithmetic.def"
#undef LN_UNARY_OP
#undef LN_BINARY_OP
#undef NONE

/* ---- By code ---- */

static const struct {
  void (*value)(float *out, const float *a, int64_t n);
  void (*grad)(float *da, const float *dout, const float *a, const float *out, int64_t n);
} unary_rows[] = {
#define LN_UNARY_OP(name, ...) [LN_##name] = {row_of_##name, grad_of_##name},
#define LN_BINARY_OP(...)
#include "kernels/arithmetic.def"
#undef LN_UNARY_OP
#undef LN_BINARY_OP
};

static const struct {
  void (*value)(float *out, const float *a, bool one_a, const float *b, bool one_b, int64_t n);
  void (*grad[2])(float *din, const float *dout, const float *a, const float *b, const float *out, int64_t n);
} binary_rows[] = {
#define LN_UNARY_OP(...)
#define LN_BINARY_OP(name, ...) [LN_##name] = {row_of_##name, {grad_of_##name##_by_x, grad_of_##name##_by_y}},
#include "kernels/arithmetic.def"
#undef LN_UNARY_OP
#undef LN_BINARY_OP
};

static void unary(float *out, const float *a, int64_t n, LnUnary op) {
  unary_rows[op].value(out, a, n);
}

static void unary_grad(float *da, const float *dout, const float *a, const float *out, int64_t n, LnUnary op) {
  unary_rows[op].grad(da, dout, a, out, n);
}

static void binary(float *out, const float *a, bool one_a, const float *b, bool one_b, int64_t n, LnBinary op) {
  if (op == LN_POW && one_b && b[0] == 2.0f)
    row_of_SQUARE(out, a, n); /* the same numbers, sooner */
  else
    binary_rows[op].value(out, a, one_a, b, one_b, n);
}

static void binary_grad(float *din, const float *dout, const float *a, const float *b, const float *out, int64_t n,
                        LnBinary op, int operand) {
  binary_rows[op].grad[operand](din, dout, a, b, out, n);
}
