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

/* The angle of the point (x, y), whatever these are. Large numbers are made smaller: their sum might be infinite. */
LN_INLINE vf any_angle(vf y, vf x) {
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

#ifdef LN_LOOKUP
/* Four angles an octave of their tangent c / a, from 1/16 to 16, and at the ends those of 0 and of infinity, in the
 * order of the last three bits of the tangent's exponent and the first two of its mantissa. Where the tangent is q, the
 * angle is angle[i] + atan(t), with t = (a q - c) / (a + c q) of at most 5/64. They are almost floats. */
static const struct {
  float a[32], c[32], angle[32];
} angle_table = {
    .a = {
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -4.37113883e-8f, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
    .c = {
        2.22619247f, 2.72867656f, 3.22863889f, 3.73847437f, 4.44230413f, 5.46375418f, 6.47110271f, 7.47169542f,
        8.89665413f, 10.9163218f, 12.9292059f, 1, 0, 0.0858830884f, 0.101647533f, 0.117220767f, 0.140439451f,
        0.171838611f, 0.203023151f, 0.234073862f, 0.280533612f, 0.34321478f, 0.406262368f, 0.467833221f, 0.561908245f,
        0.685284436f, 0.81051898f, 0.934780538f, 1.11779439f, 1.36541378f, 1.61925769f, 1.86709535f},
    .angle = {
        1.14861f, 1.21951783f, 1.27043879f, 1.30942655f, 1.34937871f, 1.38977551f, 1.41747594f, 1.43774855f,
        1.45886433f, 1.47944534f, 1.49360573f, 1.57079637f, 0, 0.0856728628f, 0.101299606f, 0.116688251f,
        0.139526919f, 0.170176581f, 0.200300738f, 0.229934111f, 0.273503453f, 0.330617338f, 0.385893285f,
        0.437584668f, 0.511939824f, 0.600781322f, 0.681122124f, 0.751701951f, 0.840962172f, 0.938668549f, 1.01756001f,
        1.07908273f},
};

LN_INLINE vi angle_place(vf tangent) {
  return (vi)((vu)vmin(vset(0x1.fffffep3f), vmax(vset(0x1p-4f), tangent)) >> 21);
}

/* angle[place] + atan(over / under) */
LN_INLINE vf angle_near(vi place, vf over, vf under) {
  vf inverse = vnear_inverse(under), t = over * inverse;
  t = vfma(vfnma(under, inverse, vset(1.0f)), t, t);
  vf z = t * t;
  return vlookup_32(angle_table.angle, place) + ((z * 0.199132189f - 0.333332688f) * (z * t) + t);
}

LN_INLINE vf math_atan(vf x) {
  vf size = vmin(vset(0x1p126f), vabs(x));
  vi place = angle_place(size);
  vf a = vlookup_32(angle_table.a, place), c = vlookup_32(angle_table.c, place);
  return vcopysign(angle_near(place, a * size - c, c * size + a), x);
}

/* The angle of the point (x, y). */
LN_INLINE vf math_atan2(vf y, vf x) {
  vf up = vabs(y), along = vabs(x), larger = vmax(up, along);
  vi place = angle_place(up * vnear_inverse(along));
  vf a = vlookup_32(angle_table.a, place), c = vlookup_32(angle_table.c, place);
  vf angle = angle_near(place, a * up - c * along, c * up + a * along);
  angle = vcopysign(vselect_negative(x, vset(2 * HALF_PI) - (angle - 2 * HALF_PI_LOW), angle), y);
  vi usual = (larger > 0x1p-60f) & (larger < 0x1p120f);
  return vany(~usual) ? vselect(usual, angle, any_angle(y, x)) : angle;
}
#else
LN_INLINE vf math_atan(vf x) {
  vf size = vabs(x);
  vi far = size > 1.0f;
  vf y = atan_quotient(vselect(far, vset(1.0f), size), vselect(far, vmin(vset(0x1p126f), size), vset(1.0f)));
  y = vselect(far, vset(HALF_PI) - (y - HALF_PI_LOW), y);
  return vselect(x == x, (vf)((vi)y ^ ((vi)x & INT32_MIN)), x);
}

LN_INLINE vf math_atan2(vf y, vf x) {
  return any_angle(y, x);
}
#endif

/* ---- Hyperbolic ---- */

/* e^|x| / 2 and its inverse; a polynomial below 1, where they cancel. */
LN_INLINE vf math_sinh(vf x) {
  vf size = vabs(x), z = size * size, half = exp_below(vmin(vset(92.0f), size), -1.0f);
  vf near = POLYNOMIAL(z, 2.03721912945e-4f, 8.33028376239e-3f, 1.66667160211e-1f) * (z * size) + size;
  vf y = vselect_less(size, vset(1.0f), near, half - vset(0.25f) / half);
  return (vf)((vi)y ^ ((vi)x & INT32_MIN));
}

LN_INLINE vf math_cosh(vf x) {
  vf half = exp_below(vmin(vset(92.0f), vabs(x)), -1.0f);
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
