/* Convolution kernels, compiled once per instruction set.
 *
 * Forward and input gradient: a tile of P pixels x V vectors of output channels stays in registers while all taps and
 * input channels pass by; each step broadcasts P inputs against V weight vectors. Weight gradient: a tile of R input
 * channels x V vectors of output channels stays in registers while all pixels pass by. Tile sizes are in target_*.c. */

#define LN_CASES_12(CASE) \
  CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#define LN_CASES_6(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)

LN_INLINE vf apply_activation(vf v, LnActivation activation, float slope) {
  switch (activation) {
    case LN_ACT_LINEAR: return v;
    case LN_ACT_RELU: return vmax(v, vset(0.0f));
    case LN_ACT_LEAKY_RELU: return vselect(v > 0, v, v * vset(slope));
    case LN_ACT_SIGMOID: return vset(1.0f) / (vset(1.0f) + vexp(-v));
    case LN_ACT_TANH: { /* 1 - 2/(e^2x + 1); a series near zero, where that would cancel */
      vf square = v * v;
      vf series = v * (vset(1.0f) + square * (square * vset(2.0f / 15) - vset(1.0f / 3)));
      vf quotient = vset(1.0f) - vset(2.0f) / (vexp(v + v) + vset(1.0f));
      return vselect(square < 0.0025f, series, quotient);
    }
  }
  return v;
}

static void activate(float *y, int64_t n, LnActivation activation, float slope) {
  int64_t i = 0;
  for (; i + LN_VL <= n; i += LN_VL) vstore(y + i, apply_activation(vload(y + i), activation, slope));
  if (i < n) vstore_part(y + i, apply_activation(vload_part(y + i, n - i), activation, slope), n - i);
}

/* x: the first pixel of the tile; w: one block of output channels. */
LN_INLINE void conv_tile(const LnConvArgs *a, const float *x, float *y, const float *w, const float *bias,
                         const int pixels, const int vectors) {
  vf acc[12][2];
  for (int p = 0; p < pixels; p++)
    for (int v = 0; v < vectors; v++) acc[p][v] = bias == NULL ? vset(0.0f) : vload(bias + v * LN_VL);
  const int64_t step = a->x_step;
  for (int t = 0; t < a->taps; t++) {
    const float *xt = x + a->offset[t];
    for (int i = 0; i < a->cin; i++, xt++, w += vectors * LN_VL) {
      vf weight[2];
      for (int v = 0; v < vectors; v++) weight[v] = vload(w + v * LN_VL);
      for (int p = 0; p < pixels; p++) {
        vf input = vset(xt[p * step]);
        for (int v = 0; v < vectors; v++) acc[p][v] += input * weight[v];
      }
    }
  }
  switch (a->activation) { /* known in each loop */
#define CASE(A)                                                                           \
  case A:                                                                                 \
    for (int p = 0; p < pixels; p++)                                                      \
      for (int v = 0; v < vectors; v++)                                                   \
        vstore(y + p * a->y_step + v * LN_VL, apply_activation(acc[p][v], A, a->slope));  \
    break;
    CASE(LN_ACT_LINEAR)
    CASE(LN_ACT_RELU)
    CASE(LN_ACT_LEAKY_RELU)
#undef CASE
    default:
      for (int p = 0; p < pixels; p++) {
        for (int v = 0; v < vectors; v++) vstore(y + p * a->y_step + v * LN_VL, acc[p][v]);
        activate(y + p * a->y_step, vectors * LN_VL, a->activation, a->slope);
      }
  }
}

static void conv_tile_2(const LnConvArgs *a, const float *x, float *y, const float *w, const float *bias, int pixels) {
  switch (pixels) {
#define CASE(P) case P: conv_tile(a, x, y, w, bias, P, 2); break;
    LN_TILE_CASES(CASE)
#undef CASE
    default: break;
  }
}

static void conv_tile_1(const LnConvArgs *a, const float *x, float *y, const float *w, const float *bias, int pixels) {
  switch (pixels) {
#define CASE(P) case P: conv_tile(a, x, y, w, bias, P, 1); break;
    LN_TILE_CASES(CASE)
#undef CASE
    default: break;
  }
}

/* n things in ceil(n / most) parts that differ by at most one: where part k begins. */
LN_INLINE int part_begin(int n, int most, int k) {
  int parts = (n + most - 1) / most;
  return (int)((int64_t)n * k / parts);
}

static void conv(const LnConvArgs *a) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL;
  int tiles = (a->width + LN_TILE_PIXELS - 1) / LN_TILE_PIXELS;
  const float *w = a->w;
  for (int v = 0; v < vectors; v += 2) {
    bool pair = v + 1 < vectors;
    const float *bias = a->bias == NULL ? NULL : a->bias + v * LN_VL;
    for (int row = 0; row < a->height; row++) {
      for (int k = 0; k < tiles; k++) {
        int p = part_begin(a->width, LN_TILE_PIXELS, k), pixels = part_begin(a->width, LN_TILE_PIXELS, k + 1) - p;
        const float *x = a->x + row * a->x_row + p * a->x_step;
        float *y = a->y + row * a->y_row + p * a->y_step + v * LN_VL;
        (pair ? conv_tile_2 : conv_tile_1)(a, x, y, w, bias, pixels);
      }
    }
    w += (int64_t)a->taps * a->cin * (pair ? 2 : 1) * LN_VL;
  }
}

/* One output channel of `pixels` pixels: vectors run along the input channels and are summed at the end. */
LN_INLINE void conv_dot_tile(const LnConvArgs *a, const float *x, float *y, const float *w, float bias,
                             const int pixels) {
  vf acc[8];
  for (int p = 0; p < pixels; p++) acc[p] = vset(0.0f);
  for (int t = 0; t < a->taps; t++) {
    const float *xt = x + a->offset[t];
    for (int i = 0; i < a->cin; i += LN_VL, w += LN_VL) {
      vf weight = vload(w);
      for (int p = 0; p < pixels; p++) acc[p] += vload(xt + p * a->x_step + i) * weight;
    }
  }
  for (int p = 0; p < pixels; p++) y[p * a->y_step] = bias + vsum(acc[p]);
}

static void activate_strided(float *y, int64_t step, int n, LnActivation activation, float slope) {
  if (activation == LN_ACT_LINEAR) return;
  float lane[LN_VL] = {0};
  for (int p = 0; p < n; p += LN_VL) {
    int count = n - p < LN_VL ? n - p : LN_VL;
    for (int i = 0; i < count; i++) lane[i] = y[(p + i) * step];
    vstore(lane, apply_activation(vload(lane), activation, slope));
    for (int i = 0; i < count; i++) y[(p + i) * step] = lane[i];
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
      activate_strided(y, a->y_step, a->width, a->activation, a->slope);
    }
  }
}

/* y += x w along a row; channels that lie side by side, one pixel's next to the other's, go by vectors. */
LN_INLINE void add_row(float *y, int64_t y_step, const float *x, int64_t x_step, float w, int n) {
  int p = 0;
  if (y_step == 1 && x_step == 1)
    for (; p + LN_VL <= n; p += LN_VL) vstore(y + p, vload(y + p) + vload(x + p) * vset(w));
  for (; p < n; p++) y[p * y_step] += x[p * x_step] * w;
}

LN_INLINE float dot_row(const float *y, int64_t y_step, const float *x, int64_t x_step, int n) {
  vf sums = vset(0.0f);
  float sum = 0.0f;
  int p = 0;
  if (y_step == 1 && x_step == 1)
    for (; p + LN_VL <= n; p += LN_VL) sums += vload(y + p) * vload(x + p);
  for (; p < n; p++) sum += y[p * y_step] * x[p * x_step];
  return sum + vsum(sums);
}

static void conv_few(const LnConvArgs *a) {
  for (int row = 0; row < a->height; row++) {
    for (int o = 0; o < a->cout; o++) {
      const float *w = a->w + (int64_t)o * a->taps * a->cin;
      float *y = a->y + row * a->y_row + o;
      for (int p = 0; p < a->width; p++) y[p * a->y_step] = a->bias == NULL ? 0.0f : a->bias[o];
      for (int t = 0; t < a->taps; t++)
        for (int i = 0; i < a->cin; i++, w++)
          add_row(y, a->y_step, a->x + row * a->x_row + a->offset[t] + i, a->x_step, *w, a->width);
      activate_strided(y, a->y_step, a->width, a->activation, a->slope);
    }
  }
}

/* Adds one vector of a gradient row to every place that shares it; the last vector of a row may be partial. */
LN_INLINE void add_to_targets(const LnConvArgs *a, int t, const int64_t *targets, int i, int o, vf sum) {
  int lanes = a->cout - o;
  for (int k = 0; k < a->n_targets[t]; k++) {
    float *place = a->dw + targets[k] + (int64_t)i * a->cout + o;
    vf before = a->fresh ? vset(0.0f) : vload_part(place, lanes);
    vstore_part(place, before + sum, lanes);
  }
}

/* Gradient of input channels i .. i+rows-1 of tap t, output channels o .. */
LN_INLINE void conv_dw_tile(const LnConvArgs *a, int t, const int64_t *targets, int i, int o, const int rows,
                            const int vectors) {
  vf acc[12][2];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) acc[r][v] = vset(0.0f);
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row + a->offset[t] + i;
    const float *dy = a->y + row * a->y_row + o;
    for (int p = 0; p < a->width; p++, x += a->x_step, dy += a->y_step) {
      vf gradient[2];
      for (int v = 0; v < vectors; v++) gradient[v] = vload(dy + v * LN_VL);
      for (int r = 0; r < rows; r++) {
        vf input = vset(x[r]);
        for (int v = 0; v < vectors; v++) acc[r][v] += input * gradient[v];
      }
    }
  }
  float *place = a->dw + targets[0] + (int64_t)i * a->cout + o;
  if (a->n_targets[t] == 1 && o + vectors * LN_VL <= a->cout) { /* the common case, without questions in the loop */
    for (int r = 0; r < rows; r++, place += a->cout)
      for (int v = 0; v < vectors; v++)
        vstore(place + v * LN_VL, a->fresh ? acc[r][v] : vload(place + v * LN_VL) + acc[r][v]);
    return;
  }
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) add_to_targets(a, t, targets, i + r, o + v * LN_VL, acc[r][v]);
}

/* A row of the gradient: one tap and one input channel. */
typedef struct GradientRow {
  int64_t offset;         /* of its input from a pixel's origin */
  const int64_t *targets; /* of its tap */
  int tap, channel;
} GradientRow;

/* Gradient of rows that lie anywhere, for inputs of few channels: a tile holds many taps instead of many channels. */
LN_INLINE void conv_dw_list_tile(const LnConvArgs *a, const GradientRow *list, int o, const int rows,
                                 const int vectors) {
  vf acc[12][2];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) acc[r][v] = vset(0.0f);
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row;
    const float *dy = a->y + row * a->y_row + o;
    for (int p = 0; p < a->width; p++, x += a->x_step, dy += a->y_step) {
      vf gradient[2];
      for (int v = 0; v < vectors; v++) gradient[v] = vload(dy + v * LN_VL);
      for (int r = 0; r < rows; r++) {
        vf input = vset(x[list[r].offset]);
        for (int v = 0; v < vectors; v++) acc[r][v] += input * gradient[v];
      }
    }
  }
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++)
      add_to_targets(a, list[r].tap, list[r].targets, list[r].channel, o + v * LN_VL, acc[r][v]);
}

/* The tile functions with the number of rows, and of vectors, known to the compiler. */
#define LN_DW_SWITCH(tile, vectors)                 \
  switch (rows) {                                   \
    LN_TILE_CASES(LN_DW_CASE_##tile##_##vectors)    \
    default: break;                                 \
  }
#define LN_DW_CASE_channels_1(R) case R: conv_dw_tile(a, t, targets, i, o, R, 1); break;
#define LN_DW_CASE_channels_2(R) case R: conv_dw_tile(a, t, targets, i, o, R, 2); break;
#define LN_DW_CASE_list_1(R) case R: conv_dw_list_tile(a, list, o, R, 1); break;
#define LN_DW_CASE_list_2(R) case R: conv_dw_list_tile(a, list, o, R, 2); break;

static void conv_dw_rows(const LnConvArgs *a, int t, const int64_t *targets, int i, int rows, int o, bool pair) {
  if (pair)
    LN_DW_SWITCH(channels, 2)
  else
    LN_DW_SWITCH(channels, 1)
}

static void conv_dw_list(const LnConvArgs *a, const GradientRow *list, int rows, int o, bool pair) {
  if (pair)
    LN_DW_SWITCH(list, 2)
  else
    LN_DW_SWITCH(list, 1)
}

static void conv_dw_few_inputs(const LnConvArgs *a) {
  GradientRow list[LN_TILE_PIXELS];
  int vectors = (a->cout + LN_VL - 1) / LN_VL, n = 0;
  const int64_t *targets = a->targets;
  for (int t = 0; t < a->taps; t++) {
    for (int i = 0; i < a->cin; i++) {
      list[n++] = (GradientRow){a->offset[t] + i, targets, t, i};
      bool last = t == a->taps - 1 && i == a->cin - 1;
      if (n < LN_TILE_PIXELS && !last) continue;
      for (int v = 0; v < vectors; v += 2) conv_dw_list(a, list, n, v * LN_VL, v + 1 < vectors);
      n = 0;
    }
    targets += a->n_targets[t];
  }
}

static void conv_dw(const LnConvArgs *a) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL;
  int parts = (a->cin + LN_TILE_PIXELS - 1) / LN_TILE_PIXELS;
  if (a->cin <= 4) {
    conv_dw_few_inputs(a);
    return;
  }
  for (int v = 0; v < vectors; v += 2) {
    const int64_t *targets = a->targets;
    for (int t = 0; t < a->taps; t++) {
      for (int k = 0; k < parts; k++) {
        int i = part_begin(a->cin, LN_TILE_PIXELS, k), rows = part_begin(a->cin, LN_TILE_PIXELS, k + 1) - i;
        conv_dw_rows(a, t, targets, i, rows, v * LN_VL, v + 1 < vectors);
      }
      targets += a->n_targets[t];
    }
  }
}

/* One tap, one output channel, one vector of input channels. */
static void conv_dw_dot(const LnConvArgs *a) {
  for (int o = 0; o < a->cout; o++) {
    const int64_t *targets = a->targets;
    for (int t = 0; t < a->taps; t++) {
      for (int i = 0; i < a->cin; i += LN_VL) {
        vf acc[4] = {vset(0.0f), vset(0.0f), vset(0.0f), vset(0.0f)};
        for (int row = 0; row < a->height; row++) {
          const float *x = a->x + row * a->x_row + a->offset[t] + i;
          const float *dy = a->y + row * a->y_row + o;
          int p = 0;
          for (; p + 4 <= a->width; p += 4)
            for (int k = 0; k < 4; k++) acc[k] += vload(x + (p + k) * a->x_step) * vset(dy[(p + k) * a->y_step]);
          for (; p < a->width; p++) acc[0] += vload(x + p * a->x_step) * vset(dy[p * a->y_step]);
        }
        float lane[LN_VL];
        vstore(lane, acc[0] + acc[1] + (acc[2] + acc[3]));
        for (int k = 0; k < a->n_targets[t]; k++)
          for (int j = 0; j < LN_VL && i + j < a->cin; j++)
            a->dw[targets[k] + (int64_t)(i + j) * a->cout + o] += lane[j];
      }
      targets += a->n_targets[t];
    }
  }
}

static void conv_dw_few(const LnConvArgs *a) {
  const int64_t *targets = a->targets;
  for (int t = 0; t < a->taps; t++) {
    for (int i = 0; i < a->cin; i++) {
      for (int o = 0; o < a->cout; o++) {
        float sum = 0.0f;
        for (int row = 0; row < a->height; row++)
          sum += dot_row(a->y + row * a->y_row + o, a->y_step, a->x + row * a->x_row + a->offset[t] + i, a->x_step,
                         a->width);
        for (int k = 0; k < a->n_targets[t]; k++) a->dw[targets[k] + (int64_t)i * a->cout + o] += sum;
      }
    }
    targets += a->n_targets[t];
  }
}
