/* The transforms of Winograd's convolution F(4x4, 3x3), compiled once per instruction set.
 *
 * One tile of 4x4 outputs comes from 6x6 inputs d and 3x3 weights g by Y = A' [ (G g G') . (B' d B) ] A, "." being
 * element by element: 36 products instead of 144. The matrices belong to the points 0, 1, -1, 2, -2 and infinity.
 * Source: Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.
 *
 * Behind a twofold nearest-neighbour upsampling of the input ("doubled") the six inputs of an axis are a b b c c e,
 * and in B' d one value vanishes and two are the same but for a factor. Four values are left, and five products along
 * an axis:
 *
 *   v = (4a - 5b + c, c - 4b, c - b, 4b - 5c + e)          m = (v0 u0, v1 u1, v2 u2, v2 u3, v3 u4)
 *   u = (g0/4, -(g0 + g1 + g2)/3, (g0 + 4 g1 + 4 g2)/12, (g0 + g1 + 4 g2)/3, g2)
 *   y = (m0 + m1 + m2, m1 + m3, m1 + 4 m2, m1 + 4 m3 + m4)
 *
 * so 25 products instead of 36, of 16 transformed inputs.
 *
 * Channels run along the vectors. A tile's transformed values lie `point` floats apart, so that each of the products is
 * a matrix product over many tiles. The adjoints go the other way, for the gradients. */

/* Products of a tile along an axis. */
#define LN_TILE_PRODUCTS(doubled) ((doubled) ? 5 : 6)

/* Six by six vectors are more than there are registers. So B' d and its adjoint are made two values at a time: what a
 * transform keeps between its two passes is twelve vectors. Reading again what is in first-level cache costs less than
 * keeping the rest there. */
static const int winograd_pairs[3][2] = {{0, 5}, {1, 2}, {3, 4}};         /* of B' d */
static const int winograd_adjoint_pairs[3][2] = {{0, 5}, {1, 3}, {2, 4}}; /* of B t */

/* A pair of t = B' d for one column. */
LN_INLINE void winograd_b_pair(vf *first, vf *second, const vf d[6], const int pair) {
  if (pair == 0) {
    *first = 4.0f * d[0] - 5.0f * d[2] + d[4];
    *second = 4.0f * d[1] - 5.0f * d[3] + d[5];
  } else if (pair == 1) {
    vf even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
    *first = even + odd;
    *second = even - odd;
  } else {
    vf difference = d[4] - d[2], twice = 2.0f * (d[3] - d[1]);
    *first = difference + twice;
    *second = difference - twice;
  }
}

LN_INLINE void winograd_b(vf t[6], const vf d[6]) {
  winograd_b_pair(&t[0], &t[5], d, 0);
  winograd_b_pair(&t[1], &t[2], d, 1);
  winograd_b_pair(&t[3], &t[4], d, 2);
}

/* A pair of d = B t, its adjoint. */
LN_INLINE void winograd_b_adjoint_pair(vf *first, vf *second, const vf t[6], const int pair) {
  if (pair == 0) {
    *first = 4.0f * t[0];
    *second = t[5];
  } else if (pair == 1) {
    vf difference = t[1] - t[2], far_difference = t[3] - t[4];
    *first = 4.0f * (t[5] - difference) - 2.0f * far_difference;
    *second = difference + 2.0f * far_difference - 5.0f * t[5];
  } else {
    vf sum = t[1] + t[2], far_sum = t[3] + t[4];
    *first = -5.0f * t[0] - 4.0f * sum - far_sum;
    *second = t[0] + sum + far_sum;
  }
}

LN_INLINE void winograd_b_adjoint(vf d[6], const vf t[6]) {
  winograd_b_adjoint_pair(&d[0], &d[5], t, 0);
  winograd_b_adjoint_pair(&d[1], &d[3], t, 1);
  winograd_b_adjoint_pair(&d[2], &d[4], t, 2);
}

/* The same behind a twofold upsampling. */
LN_INLINE void winograd_b_doubled(vf t[4], const vf d[4]) {
  t[0] = 4.0f * d[0] - 5.0f * d[1] + d[2];
  t[1] = d[2] - 4.0f * d[1];
  t[2] = d[2] - d[1];
  t[3] = 4.0f * d[1] - 5.0f * d[2] + d[3];
}

LN_INLINE void winograd_b_doubled_adjoint(vf d[4], const vf t[4]) {
  d[0] = 4.0f * t[0];
  d[1] = 4.0f * (t[3] - t[1]) - 5.0f * t[0] - t[2];
  d[2] = t[0] + t[1] + t[2] - 5.0f * t[3];
  d[3] = t[3];
}

/* y = A' m for one column. */
LN_INLINE void winograd_a(vf y[4], const vf *m, const bool doubled) {
  if (doubled) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] + m[3];
    y[2] = m[1] + 4.0f * m[2];
    y[3] = m[1] + 4.0f * m[3] + m[4];
    return;
  }
  vf sum = m[1] + m[2], difference = m[1] - m[2];
  vf far_sum = m[3] + m[4], far_difference = m[3] - m[4];
  y[0] = m[0] + sum + far_sum;
  y[1] = difference + 2.0f * far_difference;
  y[2] = sum + 4.0f * far_sum;
  y[3] = difference + 8.0f * far_difference + m[5];
}

/* m = A y: its adjoint. */
LN_INLINE void winograd_a_adjoint(vf *m, const vf y[4], const bool doubled) {
  if (doubled) {
    m[0] = y[0];
    m[1] = y[0] + y[1] + (y[2] + y[3]);
    m[2] = y[0] + 4.0f * y[2];
    m[3] = y[1] + 4.0f * y[3];
    m[4] = y[3];
    return;
  }
  vf even = y[0] + y[2], odd = y[1] + y[3];
  vf far_even = y[0] + 4.0f * y[2], far_odd = 2.0f * y[1] + 8.0f * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = far_even + far_odd;
  m[4] = far_even - far_odd;
  m[5] = y[3];
}

/* u = G g for one column of three, and g = G' u. */
LN_INLINE void winograd_g(vf *u, const vf g[3], const bool doubled) {
  if (doubled) {
    u[0] = g[0] * 0.25f;
    u[1] = (g[0] + g[1] + g[2]) * (-1.0f / 3);
    u[2] = g[0] * (1.0f / 12) + (g[1] + g[2]) * (1.0f / 3);
    u[3] = (g[0] + g[1]) * (1.0f / 3) + g[2] * (4.0f / 3);
    u[4] = g[2];
    return;
  }
  vf sum = (g[0] + g[2]) * (-1.0f / 6), far_sum = g[0] * (1.0f / 24) + g[2] * (1.0f / 6);
  u[0] = g[0] * 0.25f;
  u[1] = sum - g[1] * (1.0f / 6);
  u[2] = sum + g[1] * (1.0f / 6);
  u[3] = far_sum + g[1] * (1.0f / 12);
  u[4] = far_sum - g[1] * (1.0f / 12);
  u[5] = g[2];
}

LN_INLINE void winograd_g_adjoint(vf g[3], const vf *u, const bool doubled) {
  if (doubled) {
    vf third = (u[3] - u[1]) * (1.0f / 3);
    g[0] = u[0] * 0.25f + third + u[2] * (1.0f / 12);
    g[1] = third + u[2] * (1.0f / 3);
    g[2] = g[1] + u[3] + u[4];
    return;
  }
  vf sum = (u[1] + u[2]) * (-1.0f / 6), far_sum = u[3] + u[4];
  g[0] = u[0] * 0.25f + sum + far_sum * (1.0f / 24);
  g[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  g[2] = sum + far_sum * (1.0f / 6) + u[5];
}

/* One line of a matrix of vectors, for the second of the two passes of a transform. */
LN_INLINE void take_line(vf *line, vf half[6][6], int k, const int n) {
  for (int i = 0; i < n; i++) line[i] = half[i][k];
}

/* Points that follow each other. Pointers walk: the compiler would keep 36 distances in registers otherwise. */
LN_INLINE void load_points(vf *t, const float *v, int64_t point, const int n) {
  for (int j = 0; j < n; j++, v += point) t[j] = vload(v);
}

LN_INLINE void store_points(float *v, int64_t point, const vf *t, const int n) {
  for (int j = 0; j < n; j++, v += point) vstore(v, t[j]);
}

/* Two rows of the transformed tile. x: the rows of the tile, at the channels in work. */
LN_INLINE void winograd_input_rows(float *v, int64_t point, const float *const x[6], const int64_t columns[6],
                                   int64_t c, const int pair) {
  vf first[6], second[6], d[6], t[6];
  for (int j = 0; j < 6; j++) {
    int64_t place = columns[j] + c;
    for (int i = 0; i < 6; i++) d[i] = vload(x[i] + place);
    winograd_b_pair(&first[j], &second[j], d, pair);
  }
  winograd_b(t, first);
  store_points(v + winograd_pairs[pair][0] * 6 * point, point, t, 6);
  winograd_b(t, second);
  store_points(v + winograd_pairs[pair][1] * 6 * point, point, t, 6);
}

LN_INLINE void winograd_input_doubled(float *v, int64_t point, const float *const x[6], const int64_t columns[4],
                                      int64_t c) {
  vf half[6][6], d[4], t[4]; /* half: [column][transformed row] */
  for (int j = 0; j < 4; j++) {
    int64_t place = columns[j] + c;
    for (int i = 0; i < 4; i++) d[i] = vload(x[i] + place);
    winograd_b_doubled(half[j], d);
  }
  for (int i = 0; i < 4; i++) {
    take_line(d, half, i, 4);
    winograd_b_doubled(t, d);
    store_points(v + i * 4 * point, point, t, 4);
  }
}

static void winograd_input(float *v, int64_t point, const float *x, const int64_t *rows, const int64_t *columns,
                           int channels, bool doubled) {
  const float *lines[6];
  for (int i = 0; i < (doubled ? 4 : 6); i++) lines[i] = x + rows[i];
  for (int c = 0; c < channels; c += LN_VL, v += LN_VL) {
    if (doubled) {
      winograd_input_doubled(v, point, lines, columns, c);
      continue;
    }
    winograd_input_rows(v, point, lines, columns, c, 0);
    winograd_input_rows(v, point, lines, columns, c, 1);
    winograd_input_rows(v, point, lines, columns, c, 2);
  }
}

/* x: rows of the tile, NULL outside the map. */
LN_INLINE void add_column(float *const *x, int64_t place, const vf *d, const int n) {
  for (int i = 0; i < n; i++)
    if (x[i] != NULL) vstore(x[i] + place, vload(x[i] + place) + d[i]);
}

/* Two columns of the tile. */
LN_INLINE void winograd_input_adjoint_columns(float *const x[6], const int64_t columns[6], int64_t c, const float *dv,
                                              int64_t point, const int pair) {
  vf half[2][6], t[6], d[6];
  for (int i = 0; i < 6; i++, dv += 6 * point) {
    load_points(t, dv, point, 6);
    winograd_b_adjoint_pair(&half[0][i], &half[1][i], t, pair);
  }
  for (int k = 0; k < 2; k++) {
    int64_t column = columns[winograd_adjoint_pairs[pair][k]];
    if (column == LN_OUTSIDE) continue;
    winograd_b_adjoint(d, half[k]);
    add_column(x, column + c, d, 6);
  }
}

LN_INLINE void winograd_input_adjoint_doubled(float *const x[6], const int64_t columns[4], int64_t c, const float *dv,
                                              int64_t point) {
  vf half[6][6], t[4], d[4]; /* half: [transformed row][column] */
  for (int i = 0; i < 4; i++, dv += 4 * point) {
    load_points(t, dv, point, 4);
    winograd_b_doubled_adjoint(half[i], t);
  }
  for (int j = 0; j < 4; j++) {
    if (columns[j] == LN_OUTSIDE) continue;
    take_line(t, half, j, 4);
    winograd_b_doubled_adjoint(d, t);
    add_column(x, columns[j] + c, d, 4);
  }
}

static void winograd_input_adjoint(float *dx, const int64_t *rows, const int64_t *columns, const float *dv,
                                   int64_t point, int channels, bool doubled) {
  float *lines[6];
  for (int i = 0; i < (doubled ? 4 : 6); i++) lines[i] = rows[i] == LN_OUTSIDE ? NULL : dx + rows[i];
  for (int c = 0; c < channels; c += LN_VL, dv += LN_VL) {
    if (doubled) {
      winograd_input_adjoint_doubled(lines, columns, c, dv, point);
      continue;
    }
    winograd_input_adjoint_columns(lines, columns, c, dv, point, 0);
    winograd_input_adjoint_columns(lines, columns, c, dv, point, 1);
    winograd_input_adjoint_columns(lines, columns, c, dv, point, 2);
  }
}

/* The largest of each 2x2 window of the 4x4 outputs, and which it was. */
LN_INLINE void store_pooled(const LnWinogradTile *tile, int c, vf y[4][4], LnActivation activation) {
  const bool asked = tile->argmax != NULL;
  for (int r = 0; r < tile->height; r++) {
    for (int p = 0; p < tile->width; p++) {
      const vf window[4] = {y[2 * r][2 * p], y[2 * r][2 * p + 1], y[2 * r + 1][2 * p], y[2 * r + 1][2 * p + 1]};
      vi place = {};
      float *pixel = tile->y + r * tile->row + p * tile->ld + c;
      vf best = asked ? largest_of(window, &place) : largest_alone(window);
      if (activation.code == LN_ACT_relu) best = vrelu(best);
      vstore(pixel, best);
      if (activates_stored(activation)) activate(pixel, LN_VL, activation);
      if (asked) vstore_bytes(tile->argmax + r * tile->argmax_row + p * tile->ld + c, place);
    }
  }
}

LN_INLINE void store_pixels(const LnWinogradTile *tile, int c, vf y[4][4], LnActivation activation) {
  for (int i = 0; i < tile->height; i++) {
    for (int j = 0; j < tile->width; j++) {
      float *pixel = tile->y + i * tile->row + j * tile->ld + c;
      vf value = tile->add ? y[i][j] + vload(pixel) : y[i][j];
      vstore(pixel, activation.code == LN_ACT_relu ? vrelu(value) : value);
      if (activates_stored(activation)) activate(pixel, LN_VL, activation);
    }
  }
}

LN_INLINE void winograd_output_as(const LnWinogradTile *tile, const float *m, int64_t point, const float *bias,
                                  int channels, const LnActivation activation, const bool doubled,
                                  const bool pooled) {
  const int n = LN_TILE_PRODUCTS(doubled);
  for (int c = 0; c < channels; c += LN_VL, m += LN_VL) {
    vf half[6][6], t[6], column[4], y[4][4]; /* half: [transformed row][column] */
    for (int i = 0; i < n; i++) {
      load_points(t, m + i * n * point, point, n);
      winograd_a(half[i], t, doubled);
    }
    vf b = vload(bias + c);
    for (int j = 0; j < 4; j++) {
      take_line(t, half, j, n);
      winograd_a(column, t, doubled);
      for (int i = 0; i < 4; i++) y[i][j] = column[i] + b;
    }
    if (pooled)
      store_pooled(tile, c, y, activation);
    else
      store_pixels(tile, c, y, activation);
  }
}

static void winograd_output(const LnWinogradTile *tile, const float *m, int64_t point, const float *bias, int channels,
                            LnActivation activation, bool doubled) {
#define CASE(A, D, P)                                                          \
  if ((A).code == activation.code && (D) == doubled && (P) == tile->pooled) {  \
    winograd_output_as(tile, m, point, bias, channels, A, D, P);               \
    return;                                                                    \
  }
#define CASES(A) CASE(A, false, false) CASE(A, false, true) CASE(A, true, false)
  CASES(((LnActivation){.code = LN_ACT_linear}))
  CASES(((LnActivation){.code = LN_ACT_relu}))
  CASES(activation)
#undef CASES
#undef CASE
}

/* Gradients go to the largest of each window; the others, and those past the edge, have none. */
LN_INLINE void load_pooled(vf y[4][4], const LnWinogradTile *tile, int c) {
  for (int r = 0; r < 2; r++) {
    for (int p = 0; p < 2; p++) {
      bool inside = r < tile->height && p < tile->width;
      vf dy = inside ? vload(tile->y + r * tile->row + p * tile->ld + c) : vset(0.0f);
      vi argmax = inside ? vload_bytes(tile->argmax + r * tile->argmax_row + p * tile->ld + c) : (vi){};
      for (int k = 0; k < 4; k++) y[2 * r + k / 2][2 * p + k % 2] = vselect(argmax == (vi){} + k, dy, vset(0.0f));
    }
  }
}

LN_INLINE void load_pixels(vf y[4][4], const LnWinogradTile *tile, int c) {
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++)
      y[i][j] = i < tile->height && j < tile->width ? vload(tile->y + i * tile->row + j * tile->ld + c) : vset(0.0f);
}

LN_INLINE void winograd_output_adjoint_as(float *dm, int64_t point, const LnWinogradTile *tile, int channels,
                                          const bool doubled, const bool pooled) {
  const int n = LN_TILE_PRODUCTS(doubled);
  for (int c = 0; c < channels; c += LN_VL, dm += LN_VL) {
    vf y[4][4], half[6][6], column[4], t[6]; /* half: [row][transformed column] */
    if (pooled)
      load_pooled(y, tile, c);
    else
      load_pixels(y, tile, c);
    for (int i = 0; i < 4; i++) winograd_a_adjoint(half[i], y[i], doubled);
    for (int j = 0; j < n; j++) {
      take_line(column, half, j, 4);
      winograd_a_adjoint(t, column, doubled);
      store_points(dm + j * point, n * point, t, n);
    }
  }
}

static void winograd_output_adjoint(float *dm, int64_t point, const LnWinogradTile *tile, int channels, bool doubled) {
  if (doubled)
    winograd_output_adjoint_as(dm, point, tile, channels, true, false);
  else if (tile->pooled)
    winograd_output_adjoint_as(dm, point, tile, channels, false, true);
  else
    winograd_output_adjoint_as(dm, point, tile, channels, false, false);
}

LN_INLINE void winograd_weight_as(float *u, int64_t point, const float *w, int64_t tap, int channels,
                                  const bool doubled) {
  const int n = LN_TILE_PRODUCTS(doubled);
  for (int c = 0; c < channels; c += LN_VL) {
    vf half[6][6], g[3], t[6]; /* half: [column][transformed row] */
    for (int j = 0; j < 3; j++) {
      for (int i = 0; i < 3; i++) g[i] = vload_part(w + (i * 3 + j) * tap + c, channels - c);
      winograd_g(half[j], g, doubled);
    }
    for (int i = 0; i < n; i++) {
      take_line(g, half, i, 3);
      winograd_g(t, g, doubled);
      store_points(u + i * n * point + c, point, t, n);
    }
  }
}

static void winograd_weight(float *u, int64_t point, const float *w, int64_t tap, int channels, bool doubled) {
  if (doubled)
    winograd_weight_as(u, point, w, tap, channels, true);
  else
    winograd_weight_as(u, point, w, tap, channels, false);
}

LN_INLINE void winograd_weight_adjoint_as(float *dw, int64_t tap, const float *du, int64_t point, int channels,
                                          const bool doubled) {
  const int n = LN_TILE_PRODUCTS(doubled);
  for (int c = 0; c < channels; c += LN_VL) {
    vf half[6][6], t[6], g[3]; /* half: [transformed row][column] */
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) t[j] = vload(du + (i * n + j) * point + c);
      winograd_g_adjoint(half[i], t, doubled);
    }
    for (int j = 0; j < 3; j++) {
      take_line(t, half, j, n);
      winograd_g_adjoint(g, t, doubled);
      for (int i = 0; i < 3; i++) {
        float *place = dw + (i * 3 + j) * tap + c;
        if (c + LN_VL <= channels)
          vstore(place, vload(place) + g[i]);
        else
          vstore_part(place, vload_part(place, channels - c) + g[i], channels - c);
      }
    }
  }
}

static void winograd_weight_adjoint(float *dw, int64_t tap, const float *du, int64_t point, int channels,
                                    bool doubled) {
  if (doubled)
    winograd_weight_adjoint_as(dw, tap, du, point, channels, true);
  else
    winograd_weight_adjoint_as(dw, tap, du, point, channels, false);
}
