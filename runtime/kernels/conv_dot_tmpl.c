/* Convolutions from many channels to few (at most four), compiled once per instruction set.
 *
 * Vectors run along the input channels, as there are not enough output channels to fill one: an output is a dot product
 * over taps and channels. What is loaded serves several taps. */

/* Taps that lie one pixel apart, at most three: a pixel's vector is loaded once for all of them. */
LN_INLINE int run_of_taps(const LnConvArgs *a, int t) {
  int run = 1;
  while (run < 3 && t + run < a->taps && a->offset[t + run] - a->offset[t + run - 1] == a->x_step) run++;
  return run;
}

LN_INLINE void conv_dot_taps(vf *acc, const LnConvArgs *a, const float *x, const float *w, int64_t padded,
                             const int pixels, const int taps) {
  for (int64_t i = 0; i < padded; i += LN_VL) {
    vf weight[3];
    for (int k = 0; k < taps; k++) weight[k] = vload(w + k * padded + i);
    for (int q = 0; q < pixels + taps - 1; q++) {
      vf input = vload(x + q * a->x_step + i);
      for (int k = 0; k < taps; k++)
        if (q - k >= 0 && q - k < pixels) acc[q - k] += input * weight[k];
    }
  }
}

/* One output channel of `pixels` pixels: vectors run along the input channels and are summed at the end. */
LN_INLINE void conv_dot_tile(const LnConvArgs *a, const float *x, float *y, const float *w, float bias,
                             const int pixels) {
  vf acc[8];
  float sums[8];
  int64_t padded = (a->cin + LN_VL - 1) / LN_VL * LN_VL;
  for (int p = 0; p < 8; p++) acc[p] = vset(0.0f);
  for (int t = 0, run; t < a->taps; t += run, w += run * padded) {
    run = run_of_taps(a, t);
    const float *xt = x + a->offset[t];
    if (run == 3)
      conv_dot_taps(acc, a, xt, w, padded, pixels, 3);
    else if (run == 2)
      conv_dot_taps(acc, a, xt, w, padded, pixels, 2);
    else
      conv_dot_taps(acc, a, xt, w, padded, pixels, 1);
  }
  vsum_8(sums, acc);
  for (int p = 0; p < pixels; p++) y[p * a->y_step] = bias + sums[p];
}

/* Numbers that are apart, some at a time. */
static void activate_strided(float *y, int64_t step, int n, LnActivation activation) {
  enum { MOST = 64 };
  if (activation.code == LN_ACT_linear) return;
  float block[MOST];
  for (int p = 0; p < n; p += MOST) {
    int count = n - p < MOST ? n - p : MOST;
    for (int i = 0; i < count; i++) block[i] = y[(p + i) * step];
    activate(block, count, activation);
    for (int i = 0; i < count; i++) y[(p + i) * step] = block[i];
  }
}

static void conv_dot(const LnConvArgs *a) {
  int64_t weights = (int64_t)a->taps * ((a->cin + LN_VL - 1) / LN_VL * LN_VL);
  for (int row = 0; row < a->height; row++) {
    for (int o = 0; o < a->cout; o++) {
      const float *x = a->x + row * a->x_row, *w = a->w + o * weights;
      float *y = a->y + row * a->y_row + o, bias = a->bias == NULL ? 0.0f : a->bias[o];
      int p = 0;
      for (; p + 8 <= a->width; p += 8) conv_dot_tile(a, x + p * a->x_step, y + p * a->y_step, w, bias, 8);
      for (; p < a->width; p++) conv_dot_tile(a, x + p * a->x_step, y + p * a->y_step, w, bias, 1);
      activate_strided(y, a->y_step, a->width, a->activation);
    }
  }
}

/* Some taps and vectors of input channels of one output channel: the gradient of each pixel serves all of them. */
LN_INLINE void conv_dw_dot_tile(const LnConvArgs *a, int t, const int64_t *targets, int i, int o, const int taps,
                                const int vectors) {
  vf acc[4][4];
  for (int k = 0; k < taps; k++)
    for (int v = 0; v < vectors; v++) acc[k][v] = vset(0.0f);
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row + i;
    const float *dy = a->y + row * a->y_row + o;
    for (int p = 0; p < a->width; p++, x += a->x_step, dy += a->y_step) {
      vf gradient = vset(*dy);
      for (int k = 0; k < taps; k++)
        for (int v = 0; v < vectors; v++) acc[k][v] += vload(x + a->offset[t + k] + v * LN_VL) * gradient;
    }
  }
  float sums[4][4 * LN_VL];
  for (int k = 0; k < taps; k++)
    for (int v = 0; v < vectors; v++) vstore(sums[k] + v * LN_VL, acc[k][v]);
  int n = vectors * LN_VL < a->cin - i ? vectors * LN_VL : a->cin - i;
  for (int k = 0; k < taps; targets += a->n_targets[t + k], k++)
    for (int place = 0; place < a->n_targets[t + k]; place++)
      for (int j = 0; j < n; j++) a->dw[targets[place] + (int64_t)(i + j) * a->cout + o] += sums[k][j];
}

/* As many as the registers hold. */
#define LN_DOT_VECTORS (LN_VL == 16 ? 4 : 2)

LN_INLINE void conv_dw_dot_taps(const LnConvArgs *a, int t, const int64_t *targets, int o, const int taps) {
  int i = 0;
  for (; i + LN_DOT_VECTORS * LN_VL <= a->cin; i += LN_DOT_VECTORS * LN_VL)
    conv_dw_dot_tile(a, t, targets, i, o, taps, LN_DOT_VECTORS);
  for (; i < a->cin; i += LN_VL) conv_dw_dot_tile(a, t, targets, i, o, taps, 1);
}

static void conv_dw_dot(const LnConvArgs *a) {
  for (int o = 0; o < a->cout; o++) {
    const int64_t *targets = a->targets;
    int t = 0;
    for (; t + 4 <= a->taps; t += 4) {
      conv_dw_dot_taps(a, t, targets, o, 4);
      for (int k = 0; k < 4; k++) targets += a->n_targets[t + k];
    }
    for (; t < a->taps; t++) {
      conv_dw_dot_taps(a, t, targets, o, 1);
      targets += a->n_targets[t];
    }
  }
}
