/* Exponentials, compiled once per instruction set, over the whole range of floats and to 1 or 2 units in the last
 * place: infinities, NaN and denormal numbers as in C. Reductions and polynomials are those of Moshier's Cephes library
 * (single precision). (vexp of simd.h is quicker, and less than this.) */
#include <math.h>

/* The polynomial with these coefficients, the highest power's first. */
LN_INLINE vf polynomial(vf x, const float *coefficients, int n) {
  vf sum = vset(coefficients[0]);
  for (int i = 1; i < n; i++) sum = sum * x + coefficients[i];
  return sum;
}
#define POLYNOMIAL(x, ...) \
  polynomial(x, (const float[]){__VA_ARGS__}, (int)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)))

/* ln 2 in two parts, of which products with whole numbers below 2^14 are exact. */
#define LN2_HIGH 0.693359375f
#define LN2_LOW (-2.12194440e-4f)

/* Rounds what is added to it, and taken away again, to whole numbers. */
#define ROUNDER 0x1.8p23f

/* x = n ln 2 + r: e^r - 1, and n. */
LN_INLINE vf exp_parts(vf x, vf *n) {
  *n = (x * 1.44269504088896341f + ROUNDER) - ROUNDER;
  vf r = (x - *n * LN2_HIGH) - *n * LN2_LOW;
  vf p = POLYNOMIAL(r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f,
                    5.0000001201e-1f);
  return p * (r * r) + r;
}

/* 2^less e^x, x from -106 to 92: outside of these limits the result is 0 or infinite anyway. */
LN_INLINE vf exp_below(vf x, float less) {
  vf n, rest = exp_parts(x, &n);
  return vscale(rest + 1.0f, n + less);
}
LN_INLINE vf exp_scaled(vf x, float less) {
  return exp_below(vmin(vset(92.0f), vmax(vset(-106.0f), x)), less);
}

LN_INLINE vf math_exp(vf x) {
  return exp_scaled(x, 0.0f);
}

/* 2^r, |r| <= 1/2. Pairs of terms first: they need not wait for each other (Estrin's scheme). */
LN_INLINE vf exp2_rest(vf r) {
  vf z = r * r, high = r * 1.535336188319500e-4f + 1.339887440266574e-3f;
  vf middle = r * 9.618437357674640e-3f + 5.550332471162809e-2f;
  vf low = r * 2.402264791363012e-1f + 6.931472028550421e-1f;
  return r * ((high * z + middle) * z + low) + 1.0f;
}

LN_INLINE vf math_exp2(vf x) {
  x = vmin(vset(130.0f), vmax(vset(-152.0f), x));
  vf n = (x + ROUNDER) - ROUNDER;
  return vscale(exp2_rest(x - n), n);
}

/* 2^n (e^r - 1) + (2^n - 1), doubled in the end, as 2^n may be too large. */
LN_INLINE vf math_expm1(vf x) {
  vf n, rest = exp_parts(vmin(vset(89.0f), vmax(vset(-30.0f), x)), &n);
  vf half = vscale(vset(0.5f), n);
  vf y = half * rest + (half - 0.5f);
  return vselect(vabs(x) < 0x1p-25f, x, y + y);
}
