/* Anisotropic diffusion: what flows between neighbouring pixels in one step, compiled once per instruction set. */

LN_INLINE vf diffusion_flow(vf difference, float scale, bool reciprocal) {
  vf t = difference * scale;
  return reciprocal ? difference / (1.0f + t * t) : difference * vexp(-(t * t));
}

LN_INLINE void diffusion_flow_at(float *restrict out, const float *from, const float *to, float scale, bool reciprocal,
                                 int64_t at, int64_t m) {
  vstore_n(out + at, diffusion_flow(vload_n(to + at, m) - vload_n(from + at, m), scale, reciprocal), m);
}

static void diffusion_flows(float *restrict out, const float *from, const float *to, float scale, bool reciprocal,
                            int64_t n) {
  if (reciprocal)
    FOR_VECTORS(n, diffusion_flow_at(out, from, to, scale, true, at, m));
  else
    FOR_VECTORS(n, diffusion_flow_at(out, from, to, scale, false, at, m));
}

static void diffusion_step(float *restrict x, const float *restrict above, const float *restrict below,
                           const float *restrict across, float step, int64_t n) {
  for (int64_t i = 0; i < n; i++) x[i] += step * ((below[i] - above[i]) + (across[i + 1] - across[i]));
}
