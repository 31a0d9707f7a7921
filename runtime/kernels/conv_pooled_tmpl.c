/* Convolutions that keep the largest of each 2x2 outputs, compiled once per instruction set.
 *
 * The outputs before pooling exist in registers only: with few input channels they are cheap to make, and writing and
 * reading them would cost more. The gradient of a window goes, channel by channel, to the pixel that was the largest:
 * four vectors, zero where it was another one. */

/* The largest of the four and its number, the first of equals; NaN counts as larger than any number. */
LN_INLINE vf largest_of(const vf window[4], vi *place) {
  vf best = window[0];
  *place = (vi){};
  for (int k = 1; k < 4; k++) {
    vi larger = (window[k] > best) | (window[k] != window[k]);
    best = vselect(larger, window[k], best);
    *place = (((vi){} + k) & larger) | (*place & ~larger);
  }
  return best;
}

/* The largest alone: half the work. vmax loses NaN, so that is looked for. */
LN_INLINE vf largest_alone(const vf window[4]) {
  vi numbers = window[0] == window[0];
  for (int k = 1; k < 4; k++) numbers &= window[k] == window[k];
  vf best = vmax(vmax(window[0], window[1]), vmax(window[2], window[3]));
  return vselect(numbers, best, vset(__builtin_nanf("")));
}

/* x, y, argmax: the first window of the tile; w: one block of output channels. The activation never falls, so it
 * may come after the choice. */
LN_INLINE void conv_pooled_tile(const LnConvArgs *a, const float *x, float *y, uint8_t *argmax, const float *w,
                                const float *bias, const int windows, const int vectors, const bool asked) {
  vf acc[3][2][4]; /* [window][vector][pixel] */
  const int64_t pixels[4] = {0, a->x_right, a->x_down, a->x_down + a->x_right};
  for (int p = 0; p < windows; p++)
    for (int v = 0; v < vectors; v++)
      for (int k = 0; k < 4; k++) acc[p][v][k] = vload(bias + v * LN_VL);
  for (int t = 0; t < a->taps; t++) {
    const float *xt = x + a->offset[t];
    for (int i = 0; i < a->cin; i++, xt++, w += vectors * LN_VL) {
      vf weight[2];
      for (int v = 0; v < vectors; v++) weight[v] = vload(w + v * LN_VL);
      for (int p = 0; p < windows; p++) {
        for (int k = 0; k < 4; k++) {
          vf input = vset(xt[p * a->x_step + pixels[k]]);
          for (int v = 0; v < vectors; v++) acc[p][v][k] += input * weight[v];
        }
      }
    }
  }
  for (int p = 0; p < windows; p++, y += a->y_step) {
    for (int v = 0; v < vectors; v++) {
      vi place = {};
      vf best = asked ? largest_of(acc[p][v], &place) : largest_alone(acc[p][v]);
      if (a->activation.code == LN_ACT_relu) best = vrelu(best);
      vstore(y + v * LN_VL, best);
      if (asked) vstore_bytes(argmax + p * a->y_step + v * LN_VL, place);
    }
    if (activates_stored(a->activation)) activate(y, vectors * LN_VL, a->activation);
  }
}

enum { MOST_WINDOWS = LN_TILE_PIXELS / 4 }; /* of a tile */

LN_INLINE void conv_pooled_row(const LnConvArgs *a, const float *x, float *y, uint8_t *argmax, const float *w,
                               const float *bias, const int vectors, const bool asked) {
  int p = 0;
  for (; p + MOST_WINDOWS <= a->width; p += MOST_WINDOWS)
    conv_pooled_tile(a, x + p * a->x_step, y + p * a->y_step, asked ? argmax + p * a->y_step : NULL, w, bias,
                     MOST_WINDOWS, vectors, asked);
  for (; p < a->width; p++)
    conv_pooled_tile(a, x + p * a->x_step, y + p * a->y_step, asked ? argmax + p * a->y_step : NULL, w, bias, 1,
                     vectors, asked);
}

LN_INLINE void conv_pooled_as(const LnConvArgs *a, const bool asked) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL;
  const float *w = a->w;
  for (int v = 0; v < vectors; v += 2) {
    bool pair = v + 1 < vectors;
    for (int row = 0; row < a->height; row++) {
      const float *x = a->x + row * a->x_row;
      float *y = a->y + row * a->y_row + v * LN_VL;
      uint8_t *argmax = asked ? a->argmax + row * a->argmax_row + v * LN_VL : NULL;
      if (pair)
        conv_pooled_row(a, x, y, argmax, w, a->bias + v * LN_VL, 2, asked);
      else
        conv_pooled_row(a, x, y, argmax, w, a->bias + v * LN_VL, 1, asked);
    }
    w += (int64_t)a->taps * a->cin * (pair ? 2 : 1) * LN_VL;
  }
}

static void conv_pooled(const LnConvArgs *a) {
  if (a->argmax != NULL)
    conv_pooled_as(a, true);
  else
    conv_pooled_as(a, false);
}

#define LN_POOLED_ROWS 9 /* a 3x3 kernel on one channel; sums of a vector and four gradients fit sixteen registers */

LN_INLINE void conv_dw_pooled_tile(const LnConvArgs *a, const GradientRow *list, int o, const int rows,
                                   const int vectors) {
  vf acc[LN_POOLED_ROWS][2];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) acc[r][v] = vset(0.0f);
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row;
    const float *dy = a->y + row * a->y_row + o;
    const uint8_t *argmax = a->argmax + row * a->argmax_row + o;
    for (int p = 0; p < a->width; p++, x += a->x_step, dy += a->y_step, argmax += a->y_step) {
      const float *pixels[4] = {x, x + a->x_right, x + a->x_down, x + a->x_down + a->x_right};
      vf gradient[4][2];
      for (int v = 0; v < vectors; v++) {
        vi place = vload_bytes(argmax + v * LN_VL);
        vf all = vload(dy + v * LN_VL);
        for (int k = 0; k < 4; k++) gradient[k][v] = vselect(place == (vi){} + k, all, vset(0.0f));
      }
      for (int r = 0; r < rows; r++) {
        for (int k = 0; k < 4; k++) {
          vf input = vset(pixels[k][list[r].offset]);
          for (int v = 0; v < vectors; v++) acc[r][v] += input * gradient[k][v];
        }
      }
    }
  }
  float sums[LN_POOLED_ROWS][2 * LN_VL];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) vstore(sums[r] + v * LN_VL, acc[r][v]);
  for (int r = 0; r < rows; r++)
    add_to_targets(a, list[r].tap, list[r].targets, list[r].channel, o, sums[r], vectors * LN_VL);
}

#define LN_POOLED_VECTORS (LN_VL == 16 ? 2 : 1) /* what the registers hold */

static void conv_dw_pooled_rows(const LnConvArgs *a, const GradientRow *list, int rows) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL, v = 0;
#define CASE(R)                                                                                   \
  case R:                                                                                         \
    for (; v + LN_POOLED_VECTORS <= vectors; v += LN_POOLED_VECTORS)                              \
      conv_dw_pooled_tile(a, list, v * LN_VL, R, LN_POOLED_VECTORS);                              \
    for (; v < vectors; v++) conv_dw_pooled_tile(a, list, v * LN_VL, R, 1);                       \
    break;
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9)
    default: break;
  }
#undef CASE
}

static void conv_dw_pooled(const LnConvArgs *a) {
  for_gradient_rows(a, LN_POOLED_ROWS, conv_dw_pooled_rows);
}
