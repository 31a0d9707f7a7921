/* Trigonometric and hyperbolic functions and their inverses, compiled once per instruction set, to 1 or 2 units in the
 * last place over the whole range of floats. Polynomials: Moshier's Cephes library (single precision). Odd functions
 * work on |x| and take the sign over, which keeps that of zero. */

/* Lane by lane, by a function of the C library's. */
LN_INLINE vf lanes_of(float (*f)(float), vf x) {
  for (int i = 0; i < LN_VL; i++) x[i] = f(x[i]);
  return x;
}

/* ---- Sine, cosine, tangent ---- */

/* x = n pi/2 + r with |r| <= pi/4, for |x| below TURNS_LIMIT, where n has 20 bits. In double: the first part of pi/2
 * has 33 bits, so that its product with n is exact (fdlibm's __ieee754_rem_pio2). */
#define TURNS_LIMIT 1.6e6f

LN_INLINE vd turns_double(vd x, vd *r) {
  vd n = (x * 0.63661977236758134308 + 0x1.8p52) - 0x1.8p52;
  *r = (x - n * 1.57079632673412561417) - n * 6.07710050650619224932e-11;
  return n;
}

LN_INLINE vi turns(vf x, vf *r) {
  vd low, high, n_low = turns_double(vwiden_low(x), &low), n_high = turns_double(vwiden_high(x), &high);
  *r = vnarrow(low, high);
  return __builtin_convertvector(vnarrow(n_low, n_high), vi);
}

/* The same in floats, with pi/2 in three parts, where all lanes are small enough for that: what is left after the first
 * part is exact, as products are not rounded. n: its last bits. */
LN_INLINE bool few_turns(vf x, vi *n, vf *r) {
#ifdef LN_VFMA
  vf sum = vfma(x, vset(0.636619772f), vset(ROUNDER)), whole = sum - ROUNDER;
  *n = (vi)sum;
  *r = vfnma(whole, vset(-1.71512451e-15f), vfnma(whole, vset(-4.37113883e-8f), vfnma(whole, vset(1.57079637f), x)));
  return !vany(~(vabs(x) < 0x1p13f));
#else
  (void)x, (void)n, (void)r;
  return false;
#endif
}

LN_INLINE vf sin_near(vf r) {
  vf z = r * r;
  return POLYNOMIAL(z, -1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f) * (z * r) + r;
}

LN_INLINE vf cos_near(vf r) {
  vf z = r * r;
  return POLYNOMIAL(z, 2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f) * (z * z) +
         (vset(1.0f) - 0.5f * z);
}

/* The sine of r and so many quarters of a turn. */
LN_INLINE vf sin_quarter(vf r, vi n) {
  vf y = vselect((n & 1) == 1, cos_near(r), sin_near(r));
  return (vf)((vu)y ^ (((vu)n & 2) << 30));
}

/* Large numbers need more digits of pi: the C library has them. */
LN_INLINE vf beyond_limit(vf y, vf x, float (*f)(float)) {
  vi within = vabs(x) < TURNS_LIMIT;
  return vany(~within) ? vselect(within, y, lanes_of(f, x)) : y;
}

LN_INLINE vf math_sin(vf x) {
  vf r;
  vi n;
  if (few_turns(x, &n, &r)) return vselect(x == 0, x, sin_quarter(r, n));
  n = turns(x, &r);
  return beyond_limit(vselect(x == 0, x, sin_quarter(r, n)), x, sinf);
}

LN_INLINE vf math_cos(vf x) {
  vf r;
  vi n;
  if (few_turns(x, &n, &r)) return sin_quarter(r, n + 1);
  n = turns(x, &r);
  return beyond_limit(sin_quarter(r, n + 1), x, cosf);
}

LN_INLINE vf tan_quarter(vf r, vi n) {
  vf z = r * r;
  vf y = POLYNOMIAL(z, 9.38540185543e-3f, 3.11992232697e-3f, 2.44301354525e-2f, 5.34112807005e-2f, 1.33387994085e-1f,
                    3.33331568548e-1f) * (z * r) + r;
  return vselect((n & 1) == 1, vset(-1.0f) / y, y);
}

LN_INLINE vf math_tan(vf x) {
  vf r;
  vi n;
  if (few_turns(x, &n, &r)) return vselect(x == 0, x, tan_quarter(r, n));
  n = turns(x, &r);
  return beyond_limit(vselect(x == 0, x, tan_quarter(r, n)), x, tanf);
}

/* ---- Their inverses ---- */

/* pi/2 and pi/4 as sums of two floats. */
#define HALF_PI 1.57079637f
#define HALF_PI_LOW (-4.37113883e-8f)

/* asin(x) for 0 <= x <= 1/2, z = x^2. */
LN_INLINE vf asin_near(vf x, vf z) {
  return POLYNOMIAL(z, 4.2163199048e-2f, 2.4181311049e-2f, 4.5470025998e-2f, 7.4953002686e-2f, 1.6666752422e-1f) *
             (z * x) + x;
}

/* Above 1/2: asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2)). */
LN_INLINE vf math_asin(vf x) {
  vf size = vabs(x);
  vi far = size > 0.5f;
  vf z = vselect(far, (vset(1.0f) - size) * 0.5f, size * size);
  vf y = asin_near(vselect(far, vsqrt(z), size), z);
  y = vselect(far, vset(HALF_PI) - ((y + y) - HALF_PI_LOW), y);
  return (vf)((vi)y ^ ((vi)x & INT32_MIN));
}

LN_INLINE vf math_acos(vf x) {
  vf size = vabs(x);
  vi far = size > 0.5f;
  vf z = vselect(far, (vset(1.0f) - size) * 0.5f, size * size);
  vf y = asin_near(vselect(far, vsqrt(z), size), z);
  vf twice = vselect(x > 0, y + y, vset(2 * HALF_PI) - ((y + y) - 2 * HALF_PI_LOW));
  return vselect(far, twice, vset(HALF_PI) - (vcopysign(y, x) - HALF_PI_LOW));
}

/* atan(over / under) for 0 <= over <= under, 0 < under: above tan(pi/8) it is pi/4 + atan of the quotient turned by
 * that. */
LN_INLINE vf atan_quotient(vf over, vf under) {
  vi far = over > under * 0.414213562f;
  vf x = vselect(far, over - under, over) / vselect(far, over + under, under), z = x * x;
  vf y = POLYNOMIAL(z, 8.05374449538e-2f, -1.38776856032e-1f, 1.99777106478e-1f, -3.33329491539e-1f) * (z * x);
  return vselect(far, vset(HALF_PI / 2) + (x + (y + HALF_PI_LOW / 2)), y + x);
}

LN_INLINE vf math_atan(vf x) {
  vf size = vabs(x);
  vi far = size > 1.0f;
  vf y = atan_quotient(vselect(far, vset(1.0f), size), vselect(far, vmin(vset(0x1p126f), size), vset(1.0f)));
  y = vselect(far, vset(HALF_PI) - (y - HALF_PI_LOW), y);
  return vselect(x == x, (vf)((vi)y ^ ((vi)x & INT32_MIN)), x);
}

/* The angle of the point (x, y). Large numbers are halved: their sum might be infinite. */
LN_INLINE vf math_atan2(vf y, vf x) {
  vf up = vabs(y), along = vabs(x), over = vmin(up, along), under = vmax(up, along);
  vi large = under > 0x1p126f;
  over = vselect(large, over * 0.25f, over), under = vselect(large, under * 0.25f, under);
  vi infinite = over == INFINITY;
  over = vselect(infinite, vset(1.0f), over), under = vselect(infinite, vset(1.0f), under);
  vf angle = vselect(under == 0, vset(0.0f), atan_quotient(over, under));
  angle = vselect(up > along, vset(HALF_PI) - (angle - HALF_PI_LOW), angle);
  angle = vselect((vi)x < 0, vset(2 * HALF_PI) - (angle - 2 * HALF_PI_LOW), angle);
  return vselect((x == x) & (y == y), vcopysign(angle, y), x + y);
}

/* ---- Hyperbolic ---- */

/* e^|x| / 2 and its inverse; a polynomial below 1, where they cancel. */
LN_INLINE vf math_sinh(vf x) {
  vf size = vabs(x), z = size * size, half = exp_scaled(size, -1.0f);
  vf near = POLYNOMIAL(z, 2.03721912945e-4f, 8.33028376239e-3f, 1.66667160211e-1f) * (z * size) + size;
  vf y = vselect(size < 1.0f, near, half - vset(0.25f) / half);
  return (vf)((vi)y ^ ((vi)x & INT32_MIN));
}

LN_INLINE vf math_cosh(vf x) {
  vf half = exp_scaled(vabs(x), -1.0f);
  return half + vset(0.25f) / half;
}

/* x times a quotient of polynomials in x^2, which is within 2e-9 of tanh(x) / x up to 9.02, from where on tanh is 1:
 * fitted by least squares, weighted until the errors were level (Lawson's method). */
LN_INLINE vf math_tanh(vf x) {
  vf size = vmin(vset(9.02f), vabs(x)), z = size * size;
  vf over = POLYNOMIAL(z, -1.22034393e-11f, 3.058499e-8f, 2.80074466e-5f, 3.86832717e-3f, 0.136799146f, 1.0f);
  vf under = POLYNOMIAL(z, 1.2873657e-6f, 3.93863007e-4f, 2.72458367e-2f, 0.470132467f, 1.0f);
  vf y = vmin(vset(1.0f), size * over / under);
  return (vf)((vi)y ^ ((vi)x & INT32_MIN));
}

/* 1 / (1 + e^-x), by e^-|x|, which does not overflow. */
LN_INLINE vf math_sigmoid(vf x) {
  vf small = math_exp(-vabs(x));
  return vselect(x < 0, small, vset(1.0f)) / (small + 1.0f);
}
