/* Convolution kernels, compiled once per instruction set.
 *
 * Forward and input gradient: a tile of P pixels x V vectors of output channels stays in registers while all taps and
 * input channels pass by; each step broadcasts P inputs against V weight vectors. Weight gradient: a tile of R input
 * channels x V vectors of output channels stays in registers while all pixels pass by. Tile sizes are in target_*.c. */

#define LN_CASES_12(CASE) \
  CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#define LN_CASES_6(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)

enum { CONV_AHEAD = 512 }; /* floats of weights that are asked for ahead, where they come from afar */

/* x: the first pixel of the tile; w: one block of output channels. */
LN_INLINE void conv_tile(const LnConvArgs *a, const float *x, float *y, const float *w, const float *bias,
                         const int pixels, const int vectors, const bool far) {
  vf acc[12][2];
  for (int p = 0; p < pixels; p++)
    for (int v = 0; v < vectors; v++) acc[p][v] = bias == NULL ? vset(0.0f) : vload(bias + v * LN_VL);
  if (a->accumulate)
    for (int p = 0; p < pixels; p++)
      for (int v = 0; v < vectors; v++) {
        acc[p][v] += vload(y + p * a->y_step + v * LN_VL);
        if (far) __builtin_prefetch(y + (pixels + p) * a->y_step + v * LN_VL, 1); /* of the next tile */
      }
  const int64_t step = a->x_step;
  for (int t = 0; t < a->taps; t++) {
    const float *xt = x + a->offset[t];
    for (int i = 0; i < a->cin; i++, xt++, w += vectors * LN_VL) {
      vf weight[2];
      for (int v = 0; v < vectors; v++) {
        weight[v] = vload(w + v * LN_VL);
        if (far) __builtin_prefetch(w + CONV_AHEAD + v * LN_VL);
      }
      for (int p = 0; p < pixels; p++) {
        vf input = vset(xt[p * step]);
        for (int v = 0; v < vectors; v++) acc[p][v] += input * weight[v];
      }
    }
  }
  if (a->activation.code == LN_ACT_relu)
    for (int p = 0; p < pixels; p++)
      for (int v = 0; v < vectors; v++) acc[p][v] = vrelu(acc[p][v]);
  for (int p = 0; p < pixels; p++)
    for (int v = 0; v < vectors; v++) vstore(y + p * a->y_step + v * LN_VL, acc[p][v]);
  if (activates_stored(a->activation))
    for (int p = 0; p < pixels; p++) activate(y + p * a->y_step, vectors * LN_VL, a->activation);
}

/* `tiles` tiles side by side: a function for each size, so that the registers of a tile are known in its loop. */
typedef void ConvTiles(const LnConvArgs *a, const float *x, float *y, const float *w, const float *bias, int tiles);

#define DEFINE_CONV_TILES(P, V, FAR)                                                                          \
  static void conv_tiles_##P##_##V##_##FAR(const LnConvArgs *a, const float *x, float *y, const float *w,      \
                                           const float *bias, int tiles) {                                     \
    for (; tiles > 0; tiles--, x += P * a->x_step, y += P * a->y_step) conv_tile(a, x, y, w, bias, P, V, FAR); \
  }
#define DEFINE(P) DEFINE_CONV_TILES(P, 1, 0) DEFINE_CONV_TILES(P, 2, 0) DEFINE_CONV_TILES(P, 2, 1)
LN_TILE_CASES(DEFINE)
#undef DEFINE

static ConvTiles *const conv_tiles[][3] = { /* of one vector, of two, of two from afar */
#define ENTRY(P) {conv_tiles_##P##_1_0, conv_tiles_##P##_2_0, conv_tiles_##P##_2_1},
    LN_TILE_CASES(ENTRY)
#undef ENTRY
};

/* n things in as few parts of at most `most` as will do, of two sizes: `large` parts of size + 1, then `small` parts of
 * size. */
typedef struct Parts {
  int size, large, small;
} Parts;

LN_INLINE Parts parts_of(int n, int most) {
  int parts = (n + most - 1) / most, size = parts > 0 ? n / parts : 0;
  return (Parts){.size = size, .large = n - parts * size, .small = parts - (n - parts * size)};
}

static void conv(const LnConvArgs *a) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL;
  Parts parts = parts_of(a->width, LN_TILE_PIXELS);
  int wide = parts.large * (parts.size + 1); /* pixels of the large parts */
  const float *w = a->w;
  for (int v = 0; v < vectors; v += 2) {
    bool pair = v + 1 < vectors;
    int kind = !pair ? 0 : a->far ? 2 : 1;
    const float *bias = a->bias == NULL ? NULL : a->bias + v * LN_VL;
    for (int row = 0; row < a->height; row++) {
      const float *x = a->x + row * a->x_row;
      float *y = a->y + row * a->y_row + v * LN_VL;
      if (parts.large > 0) conv_tiles[parts.size][kind](a, x, y, w, bias, parts.large);
      if (parts.small > 0)
        conv_tiles[parts.size - 1][kind](a, x + wide * a->x_step, y + wide * a->y_step, w, bias, parts.small);
    }
    w += (int64_t)a->taps * a->cin * (pair ? 2 : 1) * LN_VL;
  }
}

/* Adds one row of a tile to every place that shares it, no further than the last channel. Kept out of the tiles' own
 * functions, so that their sums stay in registers. */
static __attribute__((noinline)) void add_to_targets(const LnConvArgs *a, int t, const int64_t *targets, int i, int o,
                                                     const float *sums, int n) {
  if (n > a->cout - o) n = a->cout - o;
  for (int k = 0; k < a->n_targets[t]; k++) {
    float *place = a->dw + targets[k] + (int64_t)i * a->cout + o;
    for (int c = 0; c < n; c++) place[c] = sums[c] + (a->accumulate ? place[c] : 0.0f);
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
  bool whole = a->n_targets[t] == 1 && o + vectors * LN_VL <= a->cout;
  if (whole && !a->accumulate) {
    for (int r = 0; r < rows; r++, place += a->cout)
      for (int v = 0; v < vectors; v++) vstore(place + v * LN_VL, acc[r][v]);
  } else if (whole) {
    for (int r = 0; r < rows; r++, place += a->cout)
      for (int v = 0; v < vectors; v++) vstore(place + v * LN_VL, vload(place + v * LN_VL) + acc[r][v]);
  } else {
    float sums[12][2 * LN_VL];
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) vstore(sums[r] + v * LN_VL, acc[r][v]);
    for (int r = 0; r < rows; r++) add_to_targets(a, t, targets, i + r, o, sums[r], vectors * LN_VL);
  }
}

/* `tiles` tiles one below the other, from input channel i on. */
typedef void ConvDwTiles(const LnConvArgs *a, int t, const int64_t *targets, int i, int o, int tiles);

#define DEFINE_CONV_DW_TILES(R, V)                                                                               \
  static void conv_dw_tiles_##R##_##V(const LnConvArgs *a, int t, const int64_t *targets, int i, int o, int tiles) { \
    for (; tiles > 0; tiles--, i += R) conv_dw_tile(a, t, targets, i, o, R, V);                                  \
  }
#define DEFINE(R) DEFINE_CONV_DW_TILES(R, 1) DEFINE_CONV_DW_TILES(R, 2)
LN_TILE_CASES(DEFINE)
#undef DEFINE

static ConvDwTiles *const conv_dw_tiles[][2] = {
#define ENTRY(R) {conv_dw_tiles_##R##_1, conv_dw_tiles_##R##_2},
    LN_TILE_CASES(ENTRY)
#undef ENTRY
};

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
  float sums[12][2 * LN_VL];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) vstore(sums[r] + v * LN_VL, acc[r][v]);
  for (int r = 0; r < rows; r++)
    add_to_targets(a, list[r].tap, list[r].targets, list[r].channel, o, sums[r], vectors * LN_VL);
}

#define DEFINE_CONV_DW_LIST(R, V)                                                         \
  static void conv_dw_list_##R##_##V(const LnConvArgs *a, const GradientRow *list, int o) { \
    conv_dw_list_tile(a, list, o, R, V);                                                  \
  }
#define DEFINE(R) DEFINE_CONV_DW_LIST(R, 1) DEFINE_CONV_DW_LIST(R, 2)
LN_TILE_CASES(DEFINE)
#undef DEFINE

static void (*const conv_dw_list[][2])(const LnConvArgs *a, const GradientRow *list, int o) = {
#define ENTRY(R) {conv_dw_list_##R##_1, conv_dw_list_##R##_2},
    LN_TILE_CASES(ENTRY)
#undef ENTRY
};

static void conv_dw_list_rows(const LnConvArgs *a, const GradientRow *list, int rows) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL;
  for (int v = 0; v < vectors; v += 2) conv_dw_list[rows - 1][v + 1 < vectors](a, list, v * LN_VL);
}

/* All rows of the gradient, at most `most` (at most 12) at a time. */
LN_INLINE void for_gradient_rows(const LnConvArgs *a, int most,
                                 void work(const LnConvArgs *a, const GradientRow *list, int rows)) {
  GradientRow list[12];
  const int64_t *targets = a->targets;
  int n = 0;
  for (int t = 0; t < a->taps; t++) {
    for (int i = 0; i < a->cin; i++) {
      list[n++] = (GradientRow){a->offset[t] + i, targets, t, i};
      if (n == most) work(a, list, n), n = 0;
    }
    targets += a->n_targets[t];
  }
  if (n > 0) work(a, list, n);
}

static void conv_dw(const LnConvArgs *a) {
  int vectors = (a->cout + LN_VL - 1) / LN_VL;
  if (a->cin <= 4) {
    for_gradient_rows(a, LN_TILE_PIXELS, conv_dw_list_rows);
    return;
  }
  Parts parts = parts_of(a->cin, LN_TILE_PIXELS);
  int wide = parts.large * (parts.size + 1); /* channels of the large parts */
  for (int v = 0; v < vectors; v += 2) {
    bool pair = v + 1 < vectors;
    const int64_t *targets = a->targets;
    for (int t = 0; t < a->taps; t++) {
      if (parts.large > 0) conv_dw_tiles[parts.size][pair](a, t, targets, 0, v * LN_VL, parts.large);
      if (parts.small > 0) conv_dw_tiles[parts.size - 1][pair](a, t, targets, wide, v * LN_VL, parts.small);
      targets += a->n_targets[t];
    }
  }
}
