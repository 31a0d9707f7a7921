/* Logarithms, compiled once per instruction set, over the whole range of floats and to 1 or 2 units in the last place:
 * infinities, NaN, denormal numbers and the signs of zero as in C. By tables where these fit into a vector; else the
 * reductions and polynomials of Moshier's Cephes library (single precision). */

#ifdef LN_LOOKUP
/* x = 2^e m, with m from 3/4 to 3/2; log m = log[i] + log(1 + f), f = m inverse[i] - 1, where the first four bits of m
 * are i: f is from -1/32 to 1/16, and m - 1 for m around 1. Of inverses in the middle of what belongs to them, those
 * whose logarithms are almost floats. series: of log(1 + f) / f, within 2^-28 of it, the highest power first. */
typedef struct Logarithm {
  float inverse[16], log[16], series[5];
  float of_two, of_two_low; /* log 2, and what the float takes from it, if that matters */
} Logarithm;

static const Logarithm log_natural = {
    .inverse = {
        1, 0.913425744f, 0.863615215f, 0.821119666f, 0.781135321f, 0.744657218f, 0.710069656f, 0.680412114f,
        1.30795872f, 1.25516284f, 1.20658553f, 1.16231763f, 1.12307632f, 1.08585131f, 1.04952693f, 1},
    .log = {
        0, 0.0905531943f, 0.146627963f, 0.197086424f, 0.247006878f, 0.294831276f, 0.342392206f, 0.385056615f,
        -0.268467695f, -0.227265313f, -0.187794492f, -0.150415972f, -0.116071634f, -0.0823642984f, -0.0483395196f, 0},
    .series = {0.187986732f, -0.250068814f, 0.33334741f, -0.5f, 1},
    .of_two = 0.693147182f};

static const Logarithm log_2 = {
    .inverse = {
        1, 0.913199544f, 0.865880549f, 0.820097089f, 0.781482935f, 0.744576156f, 0.711926758f, 0.681688309f,
        1.30774617f, 1.2537452f, 1.20793962f, 1.16286349f, 1.12398112f, 1.08470762f, 1.04831815f, 1},
    .log = {
        0, 0.130997956f, 0.207760081f, 0.286133379f, 0.355713725f, 0.425508678f, 0.490199268f, 0.552815855f,
        -0.387082547f, -0.326244175f, -0.272548348f, -0.217681751f, -0.1686178f, -0.117306218f, -0.068076618f, 0},
    .series = {0.271207511f, -0.360773027f, 0.480918646f, -0.72134757f, 1.44269502f},
    .of_two = 1};

static const Logarithm log_10 = {
    .inverse = {
        1, 0.91360122f, 0.863806963f, 0.819292128f, 0.780177474f, 0.743362784f, 0.711016536f, 0.680418432f,
        1.30465817f, 1.25594711f, 1.20751595f, 1.16525137f, 1.12435496f, 1.08468926f, 1.04773045f, 1},
    .log = {
        0, 0.0392433293f, 0.0635832995f, 0.0865612179f, 0.107806593f, 0.128799185f, 0.148120299f, 0.16722393f,
        -0.11549674f, -0.098971352f, -0.0818928778f, -0.0664196238f, -0.0509034395f, -0.0353053398f, -0.0202495642f, 0},
    .series = {0.0816415995f, -0.108603507f, 0.144770935f, -0.217147246f, 0.434294492f},
    .of_two = 0.301025391f,
    .of_two_low = 4.6050389e-6f};

LN_INLINE vf log_around_one(const Logarithm *l, vf f) {
  return f * polynomial(f, l->series, 5);
}

LN_INLINE vf log_by(const Logarithm *l, vf x) {
  vf e, m = vmantissa(x, &e), f = vfma(m, vlookup(l->inverse, vfirst_4_bits(m)), vset(-1.0f));
  vf whole = vfma(e, vset(l->of_two), vlookup(l->log, vfirst_4_bits(m)));
  if (l->of_two_low != 0) whole = e * l->of_two_low + whole;
  return vlog_special(log_around_one(l, f) + whole, x);
}

LN_INLINE vf math_log(vf x) {
  return log_by(&log_natural, x);
}

LN_INLINE vf math_log2(vf x) {
  return log_by(&log_2, x);
}

LN_INLINE vf math_log10(vf x) {
  return log_by(&log_10, x);
}

/* ln(u + rest), with rest what 1 + x lost when it was rounded to u. The sign is that of x, also of its zeros. */
LN_INLINE vf math_log1p(vf x) {
  const Logarithm *l = &log_natural;
  vf larger = vmax(vset(1.0f), x), smaller = vmin(vset(1.0f), x), u = x + 1.0f, rest = smaller - (u - larger);
  vf e, m = vmantissa(u, &e), inverse = vlookup(l->inverse, vfirst_4_bits(m));
  vf f = vfma(vscale(rest, -e), inverse, vfma(m, inverse, vset(-1.0f)));
  vf y = log_around_one(l, f) + vfma(e, vset(l->of_two), vlookup(l->log, vfirst_4_bits(m)));
  return (vf)((vi)vlog_special(y, u) | ((vi)x & INT32_MIN));
}

#else
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
#endif
