/* One row of the bilateral filter, compiled once per instruction set. */

/* 2^x for x <= 0 to 3e-6, 0 below -126. Adding 1.5 * 2^23 rounds to a whole number and leaves it in the lowest bits. */
LN_INLINE vf bilateral_power(vf x) {
  x = vmax(x, vset(-126.5f));
  vf whole = x + 0x1.8p23f, f = x - (whole - 0x1.8p23f);
  vf p = 1.3333558e-3f * f + 9.6181291e-3f;
  p = p * f + 5.5504109e-2f;
  p = p * f + 2.4022651e-1f;
  p = p * f + 6.9314718e-1f;
  p = p * f + 1.0f;
  vf power = (vf)((vu)p + ((vu)whole << 23));
  return (vf)((vi)power & (x > vset(-126.0f)));
}

LN_INLINE void bilateral_at(float *restrict out, const float *centre, const float *const *pixels, const float *logs,
                            int64_t count, float scale, float bins, int64_t at, int64_t m) {
  vf here = vload_n(centre + at, m), values = vset(0), totals = vset(0);
  for (int64_t k = 0; k < count; k++) {
    vf pixel = vload_n(pixels[k] + at, m), difference = pixel - here;
    if (bins > 0) difference = vfloor(vabs(difference) * bins);
    difference *= scale;
    vf weight = bilateral_power(logs[k] - difference * difference);
    totals += weight;
    values += weight * pixel;
  }
  vstore_n(out + at, values / totals, m);
}

static void bilateral_row(float *restrict out, const float *centre, const float *const *pixels, const float *logs,
                          int64_t count, float scale, float bins, int64_t n) {
  if (bins > 0)
    FOR_VECTORS(n, bilateral_at(out, centre, pixels, logs, count, scale, bins, at, m));
  else
    FOR_VECTORS(n, bilateral_at(out, centre, pixels, logs, count, scale, 0, at, m));
}
