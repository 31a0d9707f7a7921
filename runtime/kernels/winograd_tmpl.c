/* The transforms of Winograd's convolution F(4x4, 3x3), compiled once per instruction set.
 *
 * One tile of 4x4 outputs comes from 6x6 inputs d and 3x3 weights g by Y = A' [ (G g G') . (B' d B) ] A, "." being
 * element by element: 36 products instead of 144. The matrices belong to the points 0, 1, -1, 2, -2 and infinity.
 * Source: Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.
 *
 * Channels run along the vectors. A tile's 36 transformed values lie `point` floats apart, so that each of the 36
 * products is a matrix product over many tiles. The adjoints go the other way, for the gradients. */

/* t = B' d for one column of six. */
LN_INLINE void winograd_b(vf t[6], const vf d[6]) {
  vf even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
  vf difference = d[4] - d[2], twice = 2.0f * (d[3] - d[1]);
  t[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = difference + twice;
  t[4] = difference - twice;
  t[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/* d = B t: its adjoint. */
LN_INLINE void winograd_b_adjoint(vf d[6], const vf t[6]) {
  vf sum = t[1] + t[2], difference = t[1] - t[2];
  vf far_sum = t[3] + t[4], far_difference = t[3] - t[4];
  d[0] = 4.0f * t[0];
  d[1] = 4.0f * (t[5] - difference) - 2.0f * far_difference;
  d[2] = -5.0f * t[0] - 4.0f * sum - far_sum;
  d[3] = difference + 2.0f * far_difference - 5.0f * t[5];
  d[4] = t[0] + sum + far_sum;
  d[5] = t[5];
}

/* y = A' m for one column of six. */
LN_INLINE void winograd_a(vf y[4], const vf m[6]) {
  vf sum = m[1] + m[2], difference = m[1] - m[2];
  vf far_sum = m[3] + m[4], far_difference = m[3] - m[4];
  y[0] = m[0] + sum + far_sum;
  y[1] = difference + 2.0f * far_difference;
  y[2] = sum + 4.0f * far_sum;
  y[3] = difference + 8.0f * far_difference + m[5];
}

/* m = A y: its adjoint. */
LN_INLINE void winograd_a_adjoint(vf m[6], const vf y[4]) {
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
LN_INLINE void winograd_g(vf u[6], const vf g[3]) {
  vf sum = (g[0] + g[2]) * (-1.0f / 6), far_sum = g[0] * (1.0f / 24) + g[2] * (1.0f / 6);
  u[0] = g[0] * 0.25f;
  u[1] = sum - g[1] * (1.0f / 6);
  u[2] = sum + g[1] * (1.0f / 6);
  u[3] = far_sum + g[1] * (1.0f / 12);
  u[4] = far_sum - g[1] * (1.0f / 12);
  u[5] = g[2];
}

LN_INLINE void winograd_g_adjoint(vf g[3], const vf u[6]) {
  vf sum = (u[1] + u[2]) * (-1.0f / 6), far_sum = u[3] + u[4];
  g[0] = u[0] * 0.25f + sum + far_sum * (1.0f / 24);
  g[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  g[2] = sum + far_sum * (1.0f / 6) + u[5];
}

static void winograd_input(float *v, int64_t point, const float *x, const int64_t rows[6], const int64_t columns[6],
                           int channels) {
  for (int c = 0; c < channels; c += LN_VL, v += LN_VL) {
    vf half[6][6]; /* [column][transformed row] */
    for (int j = 0; j < 6; j++) {
      vf d[6];
      for (int i = 0; i < 6; i++) d[i] = vload(x + rows[i] + columns[j] + c);
      winograd_b(half[j], d);
    }
    for (int i = 0; i < 6; i++) {
      vf d[6] = {half[0][i], half[1][i], half[2][i], half[3][i], half[4][i], half[5][i]}, t[6];
      winograd_b(t, d);
      for (int j = 0; j < 6; j++) vstore(v + (i * 6 + j) * point, t[j]);
    }
  }
}

static void winograd_input_adjoint(float *dx, const int64_t rows[6], const int64_t columns[6], const float *dv,
                                   int64_t point, int channels) {
  for (int c = 0; c < channels; c += LN_VL, dv += LN_VL) {
    vf half[6][6]; /* [transformed row][column] */
    for (int i = 0; i < 6; i++) {
      vf t[6];
      for (int j = 0; j < 6; j++) t[j] = vload(dv + (i * 6 + j) * point);
      winograd_b_adjoint(half[i], t);
    }
    for (int j = 0; j < 6; j++) {
      vf t[6] = {half[0][j], half[1][j], half[2][j], half[3][j], half[4][j], half[5][j]}, d[6];
      if (columns[j] == LN_OUTSIDE) continue;
      winograd_b_adjoint(d, t);
      for (int i = 0; i < 6; i++) {
        if (rows[i] == LN_OUTSIDE) continue;
        float *place = dx + rows[i] + columns[j] + c;
        vstore(place, vload(place) + d[i]);
      }
    }
  }
}

LN_INLINE void winograd_output_as(const LnWinogradTile *tile, const float *m, int64_t point, const float *bias,
                                  int channels, const LnActivation activation, float slope) {
  for (int c = 0; c < channels; c += LN_VL, m += LN_VL) {
    vf half[6][4]; /* [transformed column][row] */
    for (int j = 0; j < 6; j++) {
      vf t[6];
      for (int i = 0; i < 6; i++) t[i] = vload(m + (i * 6 + j) * point);
      winograd_a(half[j], t);
    }
    vf b = vload(bias + c);
    for (int i = 0; i < tile->height; i++) {
      vf t[6] = {half[0][i], half[1][i], half[2][i], half[3][i], half[4][i], half[5][i]}, y[4];
      winograd_a(y, t);
      for (int j = 0; j < tile->width; j++)
        vstore(tile->y + i * tile->row + j * tile->ld + c, apply_activation(y[j] + b, activation, slope));
    }
  }
}

static void winograd_output(const LnWinogradTile *tile, const float *m, int64_t point, const float *bias, int channels,
                            LnActivation activation, float slope) {
  if (activation == LN_ACT_RELU)
    winograd_output_as(tile, m, point, bias, channels, LN_ACT_RELU, slope);
  else
    winograd_output_as(tile, m, point, bias, channels, activation, slope);
}

static void winograd_output_adjoint(float *dm, int64_t point, const LnWinogradTile *tile, int channels) {
  for (int c = 0; c < channels; c += LN_VL, dm += LN_VL) {
    vf half[4][6]; /* [column][transformed row] */
    for (int j = 0; j < 4; j++) {
      vf y[4];
      for (int i = 0; i < 4; i++)
        y[i] = i < tile->height && j < tile->width ? vload(tile->y + i * tile->row + j * tile->ld + c) : vset(0.0f);
      winograd_a_adjoint(half[j], y);
    }
    for (int i = 0; i < 6; i++) {
      vf y[4] = {half[0][i], half[1][i], half[2][i], half[3][i]}, t[6];
      winograd_a_adjoint(t, y);
      for (int j = 0; j < 6; j++) vstore(dm + (i * 6 + j) * point, t[j]);
    }
  }
}

static void winograd_weight(float *u, int64_t point, const float *w, int64_t tap, int n) {
  for (int c = 0; c < n; c += LN_VL) {
    vf half[3][6]; /* [column][transformed row] */
    for (int j = 0; j < 3; j++) {
      vf g[3];
      for (int i = 0; i < 3; i++) g[i] = vload_part(w + (i * 3 + j) * tap + c, n - c);
      winograd_g(half[j], g);
    }
    for (int i = 0; i < 6; i++) {
      vf g[3] = {half[0][i], half[1][i], half[2][i]}, t[6];
      winograd_g(t, g);
      for (int j = 0; j < 6; j++) vstore(u + (i * 6 + j) * point + c, t[j]);
    }
  }
}

static void winograd_weight_adjoint(float *dw, int64_t tap, const float *du, int64_t point, int64_t n) {
  for (int64_t c = 0; c < n; c += LN_VL) {
    vf half[6][3]; /* [transformed row][column] */
    for (int i = 0; i < 6; i++) {
      vf t[6];
      for (int j = 0; j < 6; j++) t[j] = vload(du + (i * 6 + j) * point + c);
      winograd_g_adjoint(half[i], t);
    }
    for (int j = 0; j < 3; j++) {
      vf t[6] = {half[0][j], half[1][j], half[2][j], half[3][j], half[4][j], half[5][j]}, g[3];
      winograd_g_adjoint(g, t);
      for (int i = 0; i < 3; i++) {
        float *place = dw + (i * 3 + j) * tap + c;
        vstore_part(place, vload_part(place, n - c) + g[i], n - c);
      }
    }
  }
}
