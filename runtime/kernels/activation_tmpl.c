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

/* In place: y = f(y); dy *= f'(of), of = y or x. */
typedef struct ActivationKernels {
  void (*apply)(float *y, int64_t n, float a);
  void (*grad)(float *dy, const float *of, int64_t n, float a);
} ActivationKernels;

#define FROM_OUTPUT(expression) vf y = of; return expression;
#define FROM_INPUT(expression) vf x = of; return expression;
#define LN_ACTIVATION(name, value, derivative, ...)                                                 \
  LN_INLINE vf value_of_##name(vf x, vf a) {                                                        \
    (void)a;                                                                                        \
    return value;                                                                                   \
  }                                                                                                 \
  LN_INLINE vf derivative_of_##name(vf of, vf a) {                                                  \
    (void)a;                                                                                        \
    derivative                                                                                      \
  }                                                                                                 \
  static void apply_##name(float *y, int64_t n, float a) {                                          \
    int64_t i = 0;                                                                                  \
    for (; i + LN_VL <= n; i += LN_VL) vstore(y + i, value_of_##name(vload(y + i), vset(a)));       \
    if (i < n) vstore_part(y + i, value_of_##name(vload_part(y + i, n - i), vset(a)), n - i);       \
  }                                                                                                 \
  static void grad_##name(float *dy, const float *of, int64_t n, float a) {                         \
    int64_t i = 0;                                                                                  \
    for (; i + LN_VL <= n; i += LN_VL)                                                              \
      vstore(dy + i, vload(dy + i) * derivative_of_##name(vload(of + i), vset(a)));                 \
    if (i == n) return;                                                                             \
    vf factor = derivative_of_##name(vload_part(of + i, n - i), vset(a));                           \
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
  if (f.code != LN_ACT_linear) activations[f.code].apply(y, n, f.a);
}

static void activate_grad(float *dy, const float *of, int64_t n, LnActivation f) {
  if (f.code != LN_ACT_linear) activations[f.code].grad(dy, of, n, f.a);
}

/* relu is applied in registers, before numbers are stored; whether there is another, for what has been stored. */
LN_INLINE bool activates_stored(LnActivation f) {
  return f.code != LN_ACT_linear && f.code != LN_ACT_relu;
}
