/* Activations, compiled once per instruction set: what activation.def says, over any number of floats. */

/* 1 - 2/(e^2x + 1); a series near zero, where that would cancel. */
LN_INLINE vf vtanh(vf x) {
  vf square = x * x;
  vf series = x * (vset(1.0f) + square * (square * vset(2.0f / 15) - vset(1.0f / 3)));
  vf quotient = vset(1.0f) - vset(2.0f) / (vexp(x + x) + vset(1.0f));
  return vselect(square < 0.0025f, series, quotient);
}

/* s + x s (1 - s), with s = sigmoid(x). */
LN_INLINE vf dsilu(vf x) {
  vf s = vset(1.0f) / (vset(1.0f) + vexp(-x));
  return s + x * s * (vset(1.0f) - s);
}

/* The normal distribution's cumulative function at x; density: e^(-x^2 / 2). By the series of erfcc, in which every
 * result is right to 1.2e-7 of itself. Source: Press et al., "Numerical Recipes in C", 2nd edition, 6.2. */
LN_INLINE vf normal_cumulative(vf x, vf density) {
  vf t = vset(1.0f) / (vset(1.0f) + vabs(x) * 0.353553391f);
  vf exponent = POLYNOMIAL(t, 0.17087277f, -0.82215223f, 1.48851587f, -1.13520398f, 0.27886807f, -0.18628806f,
                           0.09678418f, 0.37409196f, 1.00002368f, -1.26551223f);
  vf tail = t * 0.5f * density * vexp(exponent);
  return vselect(x < 0, tail, vset(1.0f) - tail);
}

/* 2 sqrt(2 / pi) (x + 0.044715 x^3); past 12 its sigmoid is 0 or 1. */
LN_INLINE vf gelu_bend(vf x) {
  x = vmin(vset(12.0f), vmax(vset(-12.0f), x));
  return (x + x * x * x * 0.044715f) * 1.59576912f;
}

/* approximate: 0, or 1 for the one with tanh; (1 + tanh(u)) / 2 is the sigmoid of 2u. */
LN_INLINE vf gelu(vf x, vf approximate) {
  if (approximate[0] == 0) return x * normal_cumulative(x, math_exp(x * x * -0.5f));
  return x / (vset(1.0f) + vexp(-gelu_bend(x)));
}

LN_INLINE vf dgelu(vf x, vf approximate) {
  if (approximate[0] == 0) {
    vf density = math_exp(x * x * -0.5f);
    return normal_cumulative(x, density) + x * density * 0.398942280f;
  }
  vf s = vset(1.0f) / (vset(1.0f) + vexp(-gelu_bend(x)));
  return s + x * s * (vset(1.0f) - s) * (x * x * 0.134145f + 1.0f) * 1.59576912f;
}

LN_INLINE vf softplus(vf x, vf beta, vf threshold) {
  vf t = x * beta;
  return vselect(t > threshold, x, (vrelu(t) + math_log1p(math_exp(-vabs(t)))) / beta);
}

/* In place: y = f(y); dy *= f'(of), of = y or x. */
typedef struct ActivationKernels {
  void (*apply)(float *y, int64_t n, float a, float b);
  void (*grad)(float *dy, const float *of, int64_t n, float a, float b);
} ActivationKernels;

#define FROM_OUTPUT(expression) vf y = of; return expression;
#define FROM_INPUT(expression) vf x = of; return expression;
#define LN_ACTIVATION(name, value, derivative, ...)                                                 \
  LN_INLINE vf value_of_##name(vf x, vf a, vf b) {                                                  \
    (void)a, (void)b;                                                                               \
    return value;                                                                                   \
  }                                                                                                 \
  LN_INLINE vf derivative_of_##name(vf of, vf a, vf b) {                                            \
    (void)a, (void)b;                                                                               \
    derivative                                                                                      \
  }                                                                                                 \
  static void apply_##name(float *y, int64_t n, float a, float b) {                                 \
    vf pa = vset(a), pb = vset(b);                                                                  \
    int64_t i = 0;                                                                                  \
    for (; i + LN_VL <= n; i += LN_VL) vstore(y + i, value_of_##name(vload(y + i), pa, pb));        \
    if (i < n) vstore_part(y + i, value_of_##name(vload_part(y + i, n - i), pa, pb), n - i);        \
  }                                                                                                 \
  static void grad_##name(float *dy, const float *of, int64_t n, float a, float b) {                \
    vf pa = vset(a), pb = vset(b);                                                                  \
    int64_t i = 0;                                                                                  \
    for (; i + LN_VL <= n; i += LN_VL)                                                              \
      vstore(dy + i, vload(dy + i) * derivative_of_##name(vload(of + i), pa, pb));                  \
    if (i == n) return;                                                                             \
    vf factor = derivative_of_##name(vload_part(of + i, n - i), pa, pb);                            \
    vstore_part(dy + i, vload_part(dy + i, n - i) * factor, n - i);                                 \
  }
#include "kernels/activation.def"
#undef LN_ACTIVATION
#undef FROM_OUTPUT
#undef FROM_INPUT

static const ActivationKernels activations[] = {
#define LN_ACTIVATION(name, ...) [LN_ACT_##name] = {apply_##name, grad_##name},
#include "kernels/activation.def"
#undef LN_ACTIVATION
};

static void activate(float *y, int64_t n, LnActivation f) {
  if (f.code != LN_ACT_linear) activations[f.code].apply(y, n, f.a, f.b);
}

static void activate_grad(float *dy, const float *of, int64_t n, LnActivation f) {
  if (f.code != LN_ACT_linear) activations[f.code].grad(dy, of, n, f.a, f.b);
}

/* relu is applied in registers, before numbers are stored; whether there is another, for what has been stored. */
LN_INLINE bool activates_stored(LnActivation f) {
  return f.code != LN_ACT_linear && f.code != LN_ACT_relu;
}
