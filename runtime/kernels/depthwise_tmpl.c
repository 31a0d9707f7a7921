/* Depthwise convolution: every channel by itself, so that there is nothing to broadcast. A tile of P pixels of a vector
 * of channels stays in registers while all taps pass by; of the weight gradient, a tile of taps while all pixels do. */

/* A tile of `pixels` from x on, to y. w: of this vector of channels; w_step floats from tap to tap. */
LN_INLINE void depthwise_tile(const LnConvArgs *a, const float *x, float *y, const float *w, int64_t w_step, vf bias,
                              const int pixels) {
  vf acc[8];
  for (int p = 0; p < pixels; p++) acc[p] = bias;
  for (int t = 0; t < a->taps; t++) {
    const float *from = x + a->offset[t];
    vf weight = vload(w + t * w_step);
    for (int p = 0; p < pixels; p++) acc[p] += vload(from + p * a->x_step) * weight;
  }
  if (a->activation.code == LN_ACT_relu)
    for (int p = 0; p < pixels; p++) acc[p] = vrelu(acc[p]);
  for (int p = 0; p < pixels; p++) vstore(y + p * a->y_step, acc[p]);
  if (activates_stored(a->activation))
    for (int p = 0; p < pixels; p++) activate(y + p * a->y_step, LN_VL, a->activation);
}

/* Up to four channels lie tight. */
LN_INLINE void depthwise_few(const LnConvArgs *a, const float *x, float *y) {
  for (int p = 0; p < a->width; p++, x += a->x_step, y += a->y_step) {
    float sum[4];
    for (int c = 0; c < a->cout; c++) sum[c] = a->bias == NULL ? 0.0f : a->bias[c];
    for (int t = 0; t < a->taps; t++)
      for (int c = 0; c < a->cout; c++) sum[c] += x[a->offset[t] + c] * a->w[t * a->cout + c];
    for (int c = 0; c < a->cout; c++) y[c] = sum[c];
    if (a->activation.code != LN_ACT_linear) activate(y, a->cout, a->activation);
  }
}

LN_INLINE void depthwise_row(const LnConvArgs *a, const float *x, float *y, int channel, int64_t w_step) {
  vf bias = a->bias == NULL ? vset(0.0f) : vload(a->bias + channel);
  const float *w = a->w + channel;
  int p = 0;
  for (x += channel, y += channel; p + 8 <= a->width; p += 8)
    depthwise_tile(a, x + p * a->x_step, y + p * a->y_step, w, w_step, bias, 8);
  for (; p + 4 <= a->width; p += 4) depthwise_tile(a, x + p * a->x_step, y + p * a->y_step, w, w_step, bias, 4);
  for (; p < a->width; p++) depthwise_tile(a, x + p * a->x_step, y + p * a->y_step, w, w_step, bias, 1);
}

static void conv_depthwise(const LnConvArgs *a) {
  int64_t w_step = (a->cout + LN_VL - 1) / LN_VL * LN_VL;
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row;
    float *y = a->y + row * a->y_row;
    if (a->cout <= 4)
      depthwise_few(a, x, y);
    else
      for (int c = 0; c < a->cout; c += LN_VL) depthwise_row(a, x, y, c, w_step);
  }
}

/* The gradient of taps first .. first+taps-1 for channels channel .. channel+LN_VL-1. */
LN_INLINE void depthwise_dw_tile(const LnConvArgs *a, int first, const int64_t *targets, int channel, const int taps) {
  vf acc[12];
  for (int t = 0; t < taps; t++) acc[t] = vset(0.0f);
  const int64_t *offset = a->offset + first;
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row + channel, *dy = a->y + row * a->y_row + channel;
    for (int p = 0; p < a->width; p++, x += a->x_step, dy += a->y_step) {
      vf gradient = vload(dy);
      for (int t = 0; t < taps; t++) acc[t] += vload(x + offset[t]) * gradient;
    }
  }
  int64_t channels = a->cout - channel;
  for (int t = 0; t < taps; t++)
    for (int k = 0; k < a->n_targets[first + t]; k++) {
      float *place = a->dw + *targets++ + channel;
      vstore_part(place, vload_part(place, channels) + acc[t], channels);
    }
}

#define DEFINE(T)                                                                                      \
  static void depthwise_dw_##T(const LnConvArgs *a, int first, const int64_t *targets, int channel) { \
    depthwise_dw_tile(a, first, targets, channel, T);                                                  \
  }
LN_TILE_CASES(DEFINE)
#undef DEFINE

static void (*const depthwise_dw[])(const LnConvArgs *a, int first, const int64_t *targets, int channel) = {
#define ENTRY(T) depthwise_dw_##T,
    LN_TILE_CASES(ENTRY)
#undef ENTRY
};

LN_INLINE void depthwise_dw_few(const LnConvArgs *a) {
  const int64_t *targets = a->targets;
  for (int t = 0; t < a->taps; targets += a->n_targets[t++])
    for (int row = 0; row < a->height; row++) {
      const float *x = a->x + row * a->x_row + a->offset[t], *dy = a->y + row * a->y_row;
      float sum[4] = {0};
      for (int p = 0; p < a->width; p++, x += a->x_step, dy += a->y_step)
        for (int c = 0; c < a->cout; c++) sum[c] += x[c] * dy[c];
      for (int k = 0; k < a->n_targets[t]; k++)
        for (int c = 0; c < a->cout; c++) a->dw[targets[k] + c] += sum[c];
    }
}

static void conv_dw_depthwise(const LnConvArgs *a) {
  if (a->cout <= 4) {
    depthwise_dw_few(a);
    return;
  }
  for (int c = 0; c < a->cout; c += LN_VL) {
    const int64_t *targets = a->targets;
    for (int first = 0; first < a->taps;) {
      int taps = a->taps - first < LN_TILE_PIXELS ? a->taps - first : LN_TILE_PIXELS;
      depthwise_dw[taps - 1](a, first, targets, c);
      for (int end = first + taps; first < end; first++) targets += a->n_targets[first];
    }
  }
}
