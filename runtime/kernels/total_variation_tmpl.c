/* One row of total variation denoising, compiled once per instruction set: divergence and gradient of the dual field.
 *
 * p has two planes: `down`, what belongs to the difference between a pixel and the one below, and `right`. Rows lie one
 * after the other, and `right` is zero at each row's end, so right[-1] is zero too. */

LN_INLINE vf tv_divergence(const float *down, const float *above, const float *right, int64_t at, int64_t m) {
  return (vload_part(down + at, m) - vload_part(above + at, m)) +
         (vload_part(right + at, m) - vload_part(right + at - 1, m));
}

/* u = f + weight div p. Returns the sum of (u - f)^2. */
static float tv_primal(float *restrict u, const float *restrict f, const float *restrict down,
                       const float *restrict above, const float *restrict right, float weight, int64_t n) {
  vf sum = vset(0);
  for (int64_t i = 0; i < n; i += LN_VL) {
    int64_t m = n - i;
    vf d = weight * tv_divergence(down, above, right, i, m);
    sum += d * d;
    vstore_part(u + i, vload_part(f + i, m) + d, m);
  }
  return vsum(sum);
}

/* Chambolle's step: p = (p + tau grad u) / (1 + tau |grad u|). u has a further pixel, equal to the last. Returns the
 * sum of |grad u|. */
static float tv_dual(float *restrict down, float *restrict right, const float *u, const float *below, float tau,
                     int64_t n) {
  vf sum = vset(0);
  for (int64_t i = 0; i < n; i += LN_VL) {
    int64_t m = n - i;
    vf here = vload_part(u + i, m), y = vload_part(below + i, m) - here, x = vload_part(u + i + 1, m) - here;
    vf size = vsqrt(y * y + x * x), factor = 1.0f / (1.0f + tau * size);
    sum += size;
    vstore_part(down + i, (vload_part(down + i, m) + tau * y) * factor, m);
    vstore_part(right + i, (vload_part(right + i, m) + tau * x) * factor, m);
  }
  return vsum(sum);
}

/* The primal-dual method's: p += sigma grad u, shortened to length 1 where it is longer. */
static void tv_project(float *restrict down, float *restrict right, const float *u, const float *below, float sigma,
                       int64_t n) {
  for (int64_t i = 0; i < n; i += LN_VL) {
    int64_t m = n - i;
    vf here = vload_part(u + i, m);
    vf y = vload_part(down + i, m) + sigma * (vload_part(below + i, m) - here);
    vf x = vload_part(right + i, m) + sigma * (vload_part(u + i + 1, m) - here);
    vf factor = 1.0f / vsqrt(vmax(y * y + x * x, vset(1.0f)));
    vstore_part(down + i, y * factor, m);
    vstore_part(right + i, x * factor, m);
  }
}

/* and u = (u + tau (weight div p + f)) / (1 + tau), ahead = u + theta (its change). */
static void tv_descend(float *restrict u, float *restrict ahead, const float *restrict f, const float *restrict down,
                       const float *restrict above, const float *restrict right, float weight, float tau, float theta,
                       int64_t n) {
  float factor = 1 / (1 + tau);
  for (int64_t i = 0; i < n; i += LN_VL) {
    int64_t m = n - i;
    vf old = vload_part(u + i, m), divergence = weight * tv_divergence(down, above, right, i, m);
    vf now = (old + tau * (divergence + vload_part(f + i, m))) * factor;
    vstore_part(u + i, now, m);
    vstore_part(ahead + i, now + theta * (now - old), m);
  }
}

/* For the duality gap: adds the sums of (u - x)^2, |grad u|, and d (d / 2 + x), d = weight div p. */
static void tv_gap(double sums[3], const float *u, const float *below, const float *x, const float *down,
                   const float *above, const float *right, float weight, int64_t n) {
  vf squares = vset(0), variation = vset(0), bound = vset(0);
  for (int64_t i = 0; i < n; i += LN_VL) {
    int64_t m = n - i;
    vf here = vload_part(u + i, m), input = vload_part(x + i, m), change = here - input;
    vf along = vload_part(below + i, m) - here, across = vload_part(u + i + 1, m) - here;
    vf d = weight * tv_divergence(down, above, right, i, m);
    squares += change * change;
    variation += vsqrt(along * along + across * across);
    bound += d * (0.5f * d + input);
  }
  sums[0] += (double)vsum(squares), sums[1] += (double)vsum(variation), sums[2] += (double)vsum(bound);
}
