/* Convolutions from few channels to few (at most four each), compiled once per instruction set.
 *
 * As many pixels as fit lie side by side in a vector: lane j is output channel j % cout of pixel j / cout. What these
 * lanes need of one input channel is a permutation of the vector that holds the same pixels of x. */

typedef struct FewLanes {
  int pixels;   /* in a vector */
  vi source[4]; /* by input channel: the lane of x that each lane needs */
} FewLanes;

LN_INLINE FewLanes few_lanes(const LnConvArgs *a) {
  FewLanes lanes = {.pixels = LN_VL / (a->cin > a->cout ? a->cin : a->cout)};
  for (int i = 0; i < a->cin; i++) {
    int32_t source[LN_VL] = {0};
    for (int j = 0; j < lanes.pixels * a->cout; j++) source[j] = j / a->cout * a->cin + i;
    memcpy(&lanes.source[i], source, sizeof source);
  }
  return lanes;
}

/* n pixels side by side, the other lanes 0. tight: pixels follow each other, and this is a load. */
LN_INLINE vf take_pixels(const float *p, int64_t step, int channels, int n, const bool tight) {
  if (tight) return vload_part(p, n * channels);
  float lane[LN_VL] = {0};
  for (int k = 0; k < n; k++)
    for (int c = 0; c < channels; c++) lane[k * channels + c] = p[k * step + c];
  return vload(lane);
}

/* May write past the n pixels, but not past the `rest` that are left of the row: what follows is written later. */
LN_INLINE void put_pixels(float *p, int64_t step, int channels, int n, int rest, vf v) {
  if (step == channels && rest * channels >= LN_VL) {
    vstore(p, v);
    return;
  }
  float lane[LN_VL];
  vstore(lane, v);
  for (int k = 0; k < n; k++)
    for (int c = 0; c < channels; c++) p[k * step + c] = lane[k * channels + c];
}

/* `count` vectors of n pixels each, from x and y on, where `rest` are left of the row; tight: pixels of x follow each
 * other. */
LN_INLINE void conv_few_tile(const LnConvArgs *a, const FewLanes *lanes, const float *x, float *y, vf bias, int n,
                             int rest, const int count, const bool tight) {
  const int64_t step = tight ? a->cin : a->x_step;
  const int taps = a->taps, cin = a->cin;
  vf acc[4], input[4];
  const float *w = a->w;
  for (int k = 0; k < count; k++) acc[k] = bias;
  for (int t = 0; t < taps; t++) {
    const float *xt = x + a->offset[t];
    for (int k = 0; k < count; k++) input[k] = take_pixels(xt + k * n * step, step, cin, n, tight);
    for (int i = 0; i < cin; i++, w += LN_VL) {
      vf weight = vload(w);
      for (int k = 0; k < count; k++) acc[k] += vpermute(input[k], lanes->source[i]) * weight;
    }
  }
  for (int k = 0; k < count; k++) {
    if (a->activation.code == LN_ACT_relu) acc[k] = vrelu(acc[k]);
    if (activates_stored(a->activation)) {
      float lane[LN_VL];
      vstore(lane, acc[k]);
      activate(lane, LN_VL, a->activation);
      acc[k] = vload(lane);
    }
    put_pixels(y + k * n * a->y_step, a->y_step, a->cout, n, rest - k * n, acc[k]);
  }
}

LN_INLINE void conv_few_row(const LnConvArgs *a, const FewLanes *lanes, const float *x, float *y, vf bias,
                            const bool tight) {
  int p = 0, n = lanes->pixels;
  for (; p + 4 * n <= a->width; p += 4 * n)
    conv_few_tile(a, lanes, x + p * a->x_step, y + p * a->y_step, bias, n, a->width - p, 4, tight);
  for (; p < a->width; p += n) {
    int rest = a->width - p;
    conv_few_tile(a, lanes, x + p * a->x_step, y + p * a->y_step, bias, n < rest ? n : rest, rest, 1, tight);
  }
}

static void conv_few(const LnConvArgs *a) {
  const FewLanes lanes = few_lanes(a);
  float bias[LN_VL] = {0};
  for (int j = 0; a->bias != NULL && j < lanes.pixels * a->cout; j++) bias[j] = a->bias[j % a->cout];
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row;
    float *y = a->y + row * a->y_row;
    if (a->x_step == a->cin)
      conv_few_row(a, &lanes, x, y, vload(bias), true);
    else
      conv_few_row(a, &lanes, x, y, vload(bias), false);
  }
}

#define LN_FEW_ROWS 9

/* What n pixels, from pixel p of a row on, add to the gradients of some rows. tight: pixels follow each other. */
LN_INLINE void conv_dw_few_pixels(vf *acc, const LnConvArgs *a, const FewLanes *lanes, const GradientRow *list,
                                  const float *x, const float *y, int n, const int rows, const bool tight) {
  const int cin = a->cin;
  vf dy = take_pixels(y, a->y_step, a->cout, n, tight);
  for (int r = 0; r < rows; r++) {
    vf input = take_pixels(x + list[r].offset - list[r].channel, a->x_step, cin, n, tight);
    acc[r] += vpermute(input, lanes->source[list[r].channel]) * dy;
  }
}

LN_INLINE void conv_dw_few_row(vf *acc, const LnConvArgs *a, const FewLanes *lanes, const GradientRow *list,
                               const float *x, const float *y, const int rows, const bool tight) {
  int p = 0, n = lanes->pixels;
  for (; p + n <= a->width; p += n, x += n * a->x_step, y += n * a->y_step)
    conv_dw_few_pixels(acc, a, lanes, list, x, y, n, rows, tight);
  if (p < a->width) conv_dw_few_pixels(acc, a, lanes, list, x, y, a->width - p, rows, tight);
}

/* Gradient of rows of taps and input channels; lanes of different pixels are added up at the end. */
LN_INLINE void conv_dw_few_tile(const LnConvArgs *a, const GradientRow *list, const int rows) {
  const FewLanes lanes = few_lanes(a);
  bool tight = a->x_step == a->cin && a->y_step == a->cout;
  vf acc[LN_FEW_ROWS];
  for (int r = 0; r < rows; r++) acc[r] = vset(0.0f);
  for (int row = 0; row < a->height; row++) {
    const float *x = a->x + row * a->x_row, *y = a->y + row * a->y_row;
    if (tight)
      conv_dw_few_row(acc, a, &lanes, list, x, y, rows, true);
    else
      conv_dw_few_row(acc, a, &lanes, list, x, y, rows, false);
  }
  for (int r = 0; r < rows; r++) {
    float lane[LN_VL], sums[4] = {0};
    vstore(lane, acc[r]);
    for (int j = 0; j < lanes.pixels * a->cout; j++) sums[j % a->cout] += lane[j];
    add_to_targets(a, list[r].tap, list[r].targets, list[r].channel, 0, sums, a->cout);
  }
}

static void conv_dw_few_rows(const LnConvArgs *a, const GradientRow *list, int rows) {
#define CASE(R) case R: conv_dw_few_tile(a, list, R); break;
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9)
    default: break;
  }
#undef CASE
}

static void conv_dw_few(const LnConvArgs *a) {
  for_gradient_rows(a, LN_FEW_ROWS, conv_dw_few_rows);
}
