/* Powers, compiled once per instruction set: x^y = 2^(y log2 x), to 3 units in the last place where the result is very
 * large or small, else to 1. Special values are those of C's powf; squares are exact. */

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

/* x^y, out of that of |x| where x is any number but 0 and y any number. */
LN_INLINE vf pow_any(vf power, vf x, vf y) {
  power = pow_sign(pow_special(power, vabs(x), y), x, y);
  return vselect((x == 1.0f) | (y == 0), vset(1.0f), vselect(y == 2.0f, x * x, power));
}

#ifdef LN_LOOKUP
/* |x| = 2^e m, with m from 3/4 to 3/2; log2 m = high[i] + low[i] + log2(1 + f), f = m inverse[i] - 1, where the first
 * five bits of m are i. Inverses have so few bits that f is exact, and high so few that it can be added to e. */
static const struct {
  float inverse[32], high[32], low[32];
} power_table = {
    .inverse = {
        1, 0.953125f, 0.921875f, 0.90625f, 0.875f, 0.859375f, 0.828125f, 0.8125f, 0.796875f, 0.765625f, 0.75f,
        0.734375f, 0.71875f, 0.703125f, 0.6875f, 0.671875f, 1.3125f, 1.28125f, 1.28125f, 1.25f, 1.21875f, 1.1875f,
        1.1875f, 1.15625f, 1.125f, 1.125f, 1.09375f, 1.0625f, 1.0625f, 1.03125f, 1.03125f, 1},
    .high = {
        0, 0.06925964355f, 0.1173553467f, 0.1420135498f, 0.1926422119f, 0.2186431885f, 0.2720794678f, 0.2995605469f,
        0.3275756836f, 0.3852844238f, 0.4150390625f, 0.4454040527f, 0.4764404297f, 0.5081481934f, 0.5405731201f,
        0.5737304688f, -0.3923187256f, -0.3575592041f, -0.3575592041f, -0.3219299316f, -0.2854003906f, -0.2479248047f,
        -0.2479248047f, -0.2094573975f, -0.169921875f, -0.169921875f, -0.1292877197f, -0.08746337891f,
        -0.08746337891f, -0.04438781738f, -0.04438781738f, 0},
    .low = {
        0, 3.018882353e-06f, 1.603958481e-06f, 5.455067821e-06f, 2.866028353e-06f, -2.902001143e-06f,
        7.766336552e-08f, -2.65016098e-07f, -1.025565211e-06f, 5.732056707e-06f, -1.56322119e-06f, 7.095587989e-06f,
        -2.385744438e-06f, -1.289689067e-06f, -4.738754342e-06f, 4.776547939e-06f, 1.302807163e-06f, 7.199483662e-06f,
        7.199483662e-06f, 1.836753313e-06f, -1.828237259e-06f, -2.708756028e-06f, -2.708756028e-06f, 4.03183185e-06f,
        -3.12644238e-06f, -3.12644238e-06f, 4.702781553e-06f, 5.376559216e-07f, 5.376559216e-07f, -6.301975645e-06f,
        -6.301975645e-06f, 0},
};

/* log2 |x| as a sum of two floats: *low is by far the smaller one. */
LN_INLINE vf log2_pair(vf x, vf *low) {
  vf e, m = vmantissa(x, &e);
  vi i = vfirst_5_bits(m);
  vf f = vfma(m, vlookup_32(power_table.inverse, i), vset(-1.0f)), whole = e + vlookup_32(power_table.high, i);
  vf sum = vfma(f, vset(1.44269502f), whole), lost = vfma(f, vset(1.44269502f), whole - sum);
  vf series = POLYNOMIAL(f, 0.283633441f, -0.360793471f, 0.48089987f, -0.721347511f);
  *low = (f * f * series + (f * 1.92596303e-8f + vlookup_32(power_table.low, i))) + lost;
  return sum;
}

/* 2^(high + low), for sums within POWER_LIMIT: 2^n 2^(i/16) 2^r, |r| <= 1/32. */
#define POWER_LIMIT 1024.0f
LN_INLINE vf exp2_pair(vf high, vf low) {
  static const float roots[16] = {
      1, 1.04427373f, 1.09050775f, 1.13878858f, 1.18920708f, 1.24185777f, 1.29683959f, 1.35425556f, 1.41421354f,
      1.47682619f, 1.54221082f, 1.61049032f, 1.68179286f, 1.75625217f, 1.8340081f, 1.91520655f};
  vf shifted = (high + low) + 0x1.8p19f, n = shifted - 0x1.8p19f, r = (high - n) + low;
  vf root = vlookup(roots, (vi)shifted), rest = r * POLYNOMIAL(r, 0.055505842f, 0.240234002f, 0.693147182f);
  return vscale(root * rest + root, n);
}

LN_INLINE vf math_pow(vf x, vf y) {
  vf low, log = log2_pair(x, &low), exponent = vfma(y, log, vset(0.0f)); /* not fused with what follows */
  vf lost = vfma(y, low, vfma(y, log, -exponent)), size = vabs(exponent + lost);
  vf power = exp2_pair(exponent, lost);
  if (vall_usual_below(x, size, POWER_LIMIT)) return vselect_equal(y, vset(2.0f), x * x, power);
  vf beyond = vselect(exponent > 0, vset(INFINITY), vselect(exponent < 0, vset(0.0f), vset(1.0f)));
  return pow_any(vselect(size < POWER_LIMIT, power, beyond), x, y);
}

#else
/* y log2(size), of finite sizes above 0, as a sum of a whole number in -250 .. 250 (beyond, 2^n is 0 or infinite
 * anyway) and a rest of at most about 1/2: log2(1 + f) by the series of 2 atanh(s), s = f / (2 + f). The log2 of floats
 * is 0 or at least 2^-24, so powers from 2^40 on are all the same. */
#ifdef LN_VFMA
/* In pairs of floats, of which the second is what rounding took from the first. */
LN_INLINE vf power_parts(vf size, vf y, vf *rest) {
  vf e, f = log_parts(size, &e), g = f + 2.0f, inverse = 1.0f / g, s = f * inverse;
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

LN_INLINE vf math_pow(vf x, vf y) {
  vi square = y == 2.0f;
  if (!vany(~square)) return x * x;
  vf rest, n = power_parts(vabs(x), y, &rest), power = vscale(exp2_rest(rest), n);
  if (!vany(~((x > 0) & (x < INFINITY) & (y == y)))) return vselect(square, x * x, power);
  return pow_any(power, x, y);
}
#endif
