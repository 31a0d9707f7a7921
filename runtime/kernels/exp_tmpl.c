/* Exponentials, logarithms and powers, compiled once per instruction set, over the whole range of floats and to 1 or 2
 * units in the last place: infinities, NaN, denormal numbers and the signs of zero as in C. Reductions and polynomials
 * are those of Moshier's Cephes library (single precision), but for pow. (vexp of simd.h is quicker, and less than
 * this.) */
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

/* 2^less e^x. Outside of the limits the result is 0 or infinite anyway. */
LN_INLINE vf exp_scaled(vf x, float less) {
  vf n, rest = exp_parts(vmin(vset(92.0f), vmax(vset(-106.0f), x)), &n);
  return vscale(rest + 1.0f, n + less);
}

LN_INLINE vf math_exp(vf x) {
  return exp_scaled(x, 0.0f);
}

/* 2^r, |r| <= 1/2. Pairs of terms first: they need not wait for each other (Estrin's scheme). */
LN_INLINE vf exp2_rest(vf r) {
  vf z = r * r, high = r * 1.535336188319500e-4f + 1.339887440266574e-3f;
  vf middle = r * 9.618437357674640e-3f + 5.550332471162809e-2f, low = r * 2.402264791363012e-1f + 6.931472028550421e-1f;
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

/* x = 2^e (1 + f), with 1 + f around 1: from the square root of 1/2 to that of 2. Means nothing for what has no
 * logarithm, or an infinite one. */
LN_INLINE vf log_parts(vf x, vf *e) {
  return vmantissa(x, e) - 1.0f;
}

/* y, unless x is where logarithms are not finite numbers. */
LN_INLINE vf log_special(vf y, vf x) {
  if (vall_usual(x)) return y;
  return vselect((x > 0) & (x < INFINITY), y, vselect(x == 0, vset(-INFINITY), vselect(x < 0, vset(NAN), x)));
}

/* (ln(1 + f) - f) / ln(base), of which `of` is 1 / ln(base). */
LN_INLINE vf log_rest(vf f, const float of) {
  return f * f *
         POLYNOMIAL(f, of * 7.0376836292e-2f, of * -1.1514610310e-1f, of * 1.1676998740e-1f, of * -1.2420140846e-1f,
                    of * 1.4249322787e-1f, of * -1.6668057665e-1f, of * 2.0000714765e-1f, of * -2.4999993993e-1f,
                    of * 3.3333331174e-1f, of * -0.5f);
}

LN_INLINE vf math_log(vf x) {
  vf e, f = log_parts(x, &e);
  vf y = log_rest(f, 1.0f) + e * LN2_LOW;
  return log_special((f + y) + e * LN2_HIGH, x);
}

/* log2(e) = 1 + 0.44...: what is largest is not rounded. */
LN_INLINE vf math_log2(vf x) {
  vf e, f = log_parts(x, &e);
  return log_special((f * 0.44269504088896341f + log_rest(f, 1.44269504088896341f)) + f + e, x);
}

/* log10(e) and log10(2) in two parts. */
LN_INLINE vf math_log10(vf x) {
  vf e, f = log_parts(x, &e);
  vf small = f * 7.00731903251827651129e-4f + log_rest(f, 0.43429448190325182765f) + e * 2.48745663981195213739e-4f;
  return log_special(small + f * 4.3359375e-1f + e * 3.0078125e-1f, x);
}

/* ln(u) + c / u, with c what 1 + x lost when it was rounded to u; near zero f is x itself. */
LN_INLINE vf math_log1p(vf x) {
  vf u = x + 1.0f, e, f = log_parts(u, &e), added = u - 1.0f;
  vf lost = (vset(1.0f) - (u - added)) + (x - added);
  vi near = (x > -0.29f) & (x < 0.41f);
  e = vselect(near, vset(0.0f), e), f = vselect(near, x, f);
  vf y = log_rest(f, 1.0f) + e * LN2_LOW + vselect(near, vset(0.0f), lost / u);
  y = log_special((f + y) + e * LN2_HIGH, u);
  return vselect(x == 0, x, y); /* -0 stays */
}

/* y log2(size), of finite sizes above 0, as a sum of a whole number in -250 .. 250 (beyond, 2^n is 0 or infinite anyway)
 * and a rest of at most about 1/2: log2(1 + f) by the series of 2 atanh(s), s = f / (2 + f). The log2 of floats is 0 or at
 * least 2^-24, so powers from 2^40 on are all the same. */
#ifdef LN_VFMA
/* In pairs of floats, of which the second is what rounding took from the first. */
LN_INLINE vf power_parts(vf size, vf y, vf *rest) {
  vf e, f = log_parts(size, &e), g = f + 2.0f, inverse = vinverse(g), s = f * inverse;
  vf s_low = vfnma(s, f - (g - 2.0f), vfnma(s, g, f)) * inverse, z = s * s;
  vf series = POLYNOMIAL(z, 2.88539008f / 9, 2.88539008f / 7, 2.88539008f / 5, 2.88539008f / 3);
  vf part = vfma(s, vset(2.88539004f), vset(0.0f)); /* a product might be fused with what follows */
  vf low = vfma(s, vset(2.88539004f), -part) + s * 3.85192598e-8f + s_low * (z * 2.88539008f + 2.88539008f);
  low = vfma(z * s, series, low);
  vf sum = e + part;
  low = (part - (sum - e)) + low;
  vf log = sum + low;
  low = low - (log - sum);
  y = vmin(vset(0x1p40f), vmax(vset(-0x1p40f), y));
  vf exponent = y * log, bounded = vmin(vset(250.0f), vmax(vset(-250.0f), exponent));
  vf lost = vselect(bounded == exponent, vfma(y, low, vfma(y, log, -exponent)), vset(0.0f));
  vf n = vrint(bounded);
  *rest = (bounded - n) + lost;
  return n;
}
#else
/* In double. The quotient is one step of Newton's from `inverse`, 1 / (2 + f) as a float. */
LN_INLINE vd log2_double(vd f, vd inverse) {
  vd s = f * inverse;
  s += s * (1.0 - (f + 2.0) * inverse);
  vd z = s * s, sum = (vd){} + 2.88539008177792681 / 11;
  sum = sum * z + 2.88539008177792681 / 9;
  sum = sum * z + 2.88539008177792681 / 7;
  sum = sum * z + 2.88539008177792681 / 5;
  sum = sum * z + 2.88539008177792681 / 3;
  sum = sum * z + 2.88539008177792681;
  return sum * s;
}

LN_INLINE vd split_double(vd z, vd *rest) {
  vd n = (z + 0x1.8p52) - 0x1.8p52;
  *rest = z - n;
  return n;
}

LN_INLINE vf power_parts(vf size, vf y, vf *rest) {
  vf e, f = log_parts(size, &e), inverse = vset(1.0f) / (f + 2.0f);
  y = vmin(vset(0x1p40f), vmax(vset(-0x1p40f), y));
  vd low = (log2_double(vwiden_low(f), vwiden_low(inverse)) + vwiden_low(e)) * vwiden_low(y), rest_low;
  vd high = (log2_double(vwiden_high(f), vwiden_high(inverse)) + vwiden_high(e)) * vwiden_high(y), rest_high;
  low = split_double(low, &rest_low), high = split_double(high, &rest_high);
  *rest = vnarrow(rest_low, rest_high);
  return vmin(vset(250.0f), vmax(vset(-250.0f), vnarrow(low, high)));
}
#endif

/* What powf says where the base is 0, infinite or NaN, or the power is NaN, but for signs; elsewhere `usual`. */
LN_INLINE vf pow_special(vf usual, vf size, vf y) {
  vi vanishes = (size == 0) ^ (y < 0);
  vf special = vselect(vanishes, vset(0.0f), vset(INFINITY));
  special = vselect(size == size, vselect(y == y, special, y), size);
  return vselect((size > 0) & (size < INFINITY) & (y == y), usual, special);
}

/* The sign of bases below zero (and of -0): that of odd powers. Others that are whole have none, the rest are NaN. */
LN_INLINE vf pow_sign(vf power, vf x, vf y) {
  vi whole = vrint(y) == y;
  vi odd = whole & (vabs(y) < 0x1p24f);
  odd &= (__builtin_convertvector(vselect(odd, y, vset(0.0f)), vi) & 1) == 1;
  power = (vf)((vi)power ^ ((vi)x & odd & INT32_MIN));
  return vselect((x < 0) & (x > -INFINITY) & ~whole, vset(NAN), power);
}

/* x^y = 2^(y log2 x), to 3 units in the last place where the result is very large or small, else to 1. Squares are
 * exact. */
LN_INLINE vf math_pow(vf x, vf y) {
  vi square = y == 2.0f;
  if (!vany(~square)) return x * x;
  vf size = vabs(x), rest, n = power_parts(size, y, &rest);
  vf power = vselect(square, x * x, vscale(exp2_rest(rest), n));
  if (!vany(~((x > 0) & (x < INFINITY) & (y == y)))) return power;
  power = vselect(square, x * x, pow_sign(pow_special(power, size, y), x, y));
  return vselect((x == 1.0f) | (y == 0), vset(1.0f), power);
}
