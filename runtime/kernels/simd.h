/* Vectors of LN_VL floats in GCC's vector types, for the kernel templates only. GCC's C has no ?: on vectors: vselect.
 */
#ifndef LUNET_KERNELS_SIMD_H
#define LUNET_KERNELS_SIMD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifndef LN_VL
#error "define LN_VL (floats in a vector) and LN_TARGET before including the templates"
#endif

#define LN_INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(LN_VL * 4)));
typedef int32_t vi __attribute__((vector_size(LN_VL * 4)));
typedef uint32_t vu __attribute__((vector_size(LN_VL * 4))); /* for bits: what overflows wraps */
typedef uint64_t vq __attribute__((vector_size(LN_VL * 4)));
typedef uint8_t vb __attribute__((vector_size(LN_VL)));
typedef float vf_unaligned __attribute__((vector_size(LN_VL * 4), aligned(4), may_alias));

LN_INLINE vf vload(const float *p) { return (vf) * (const vf_unaligned *)(const void *)p; }
LN_INLINE void vstore(float *p, vf v) { *(vf_unaligned *)(void *)p = (vf_unaligned)v; }
/* The first `lanes` of a vector; the rest are zero, or left alone. What lies behind them is not touched. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE __mmask16 vmask(int64_t lanes) { return (__mmask16)(lanes >= 16 ? 0xFFFF : (1u << lanes) - 1); }
LN_INLINE vf vload_part(const float *p, int64_t lanes) { return (vf)_mm512_maskz_loadu_ps(vmask(lanes), p); }
LN_INLINE void vstore_part(float *p, vf v, int64_t lanes) { _mm512_mask_storeu_ps(p, vmask(lanes), (__m512)v); }
#else
#if defined(__x86_64__) && LN_VL == 8
LN_INLINE vf vload_part(const float *p, int64_t lanes) {
  if (lanes >= LN_VL) return vload(p);
  return (vf)_mm256_maskload_ps(p, (__m256i)((vi){0, 1, 2, 3, 4, 5, 6, 7} < (int32_t)lanes));
}
#else
LN_INLINE vf vload_part(const float *p, int64_t lanes) {
  if (lanes >= LN_VL) return vload(p);
  float lane[LN_VL] = {0};
  for (int64_t i = 0; i < lanes; i++) lane[i] = p[i];
  return vload(lane);
}
#endif
LN_INLINE void vstore_part(float *p, vf v, int64_t lanes) {
  if (lanes >= LN_VL) {
    vstore(p, v);
    return;
  }
  float lane[LN_VL];
  vstore(lane, v);
  for (int64_t i = 0; i < lanes; i++) p[i] = lane[i];
}
#endif
/* A whole vector to an aligned place, past the cache; and what makes all of these visible to others. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE void vstream(float *p, vf v) { _mm512_stream_ps(p, (__m512)v); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE void vstream(float *p, vf v) { _mm256_stream_ps(p, (__m256)v); }
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE void vstream(float *p, vf v) { _mm_stream_ps(p, (__m128)v); }
#else
LN_INLINE void vstream(float *p, vf v) { vstore(p, v); }
#endif
LN_INLINE void vstream_end(void) {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}
LN_INLINE vf vset(float x) { return x - (vf){}; } /* x + 0 would be an addition: -0 + 0 is not -0 */
LN_INLINE vf vselect(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }

/* yes where a < b, a == b, or a has the sign of numbers below 0: in AVX-512 the compilers take more steps for
 * vselect. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vf vselect_less(vf a, vf b, vf yes, vf no) {
  return (vf)_mm512_mask_blend_ps(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ), (__m512)no, (__m512)yes);
}
LN_INLINE vf vselect_equal(vf a, vf b, vf yes, vf no) {
  return (vf)_mm512_mask_blend_ps(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_EQ_OQ), (__m512)no, (__m512)yes);
}
LN_INLINE vf vselect_negative(vf a, vf yes, vf no) {
  return (vf)_mm512_mask_blend_ps(_mm512_movepi32_mask((__m512i)a), (__m512)no, (__m512)yes);
}
#else
LN_INLINE vf vselect_negative(vf a, vf yes, vf no) { return vselect((vi)a < 0, yes, no); }
LN_INLINE vf vselect_less(vf a, vf b, vf yes, vf no) { return vselect(a < b, yes, no); }
LN_INLINE vf vselect_equal(vf a, vf b, vf yes, vf no) { return vselect(a == b, yes, no); }
#endif

/* The compilers do not see a minimum in a selection of vectors. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vf vmax(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
LN_INLINE vf vmin(vf a, vf b) { return (vf)_mm512_min_ps((__m512)a, (__m512)b); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vf vmax(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
LN_INLINE vf vmin(vf a, vf b) { return (vf)_mm256_min_ps((__m256)a, (__m256)b); }
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE vf vmax(vf a, vf b) { return (vf)_mm_max_ps((__m128)a, (__m128)b); }
LN_INLINE vf vmin(vf a, vf b) { return (vf)_mm_min_ps((__m128)a, (__m128)b); }
#else
LN_INLINE vf vmax(vf a, vf b) { return vselect(a > b, a, b); }
LN_INLINE vf vmin(vf a, vf b) { return vselect(a < b, a, b); }
#endif

/* Square roots, correctly rounded. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vf vsqrt(vf v) { return (vf)_mm512_sqrt_ps((__m512)v); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vf vsqrt(vf v) { return (vf)_mm256_sqrt_ps((__m256)v); }
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE vf vsqrt(vf v) { return (vf)_mm_sqrt_ps((__m128)v); }
#else
LN_INLINE vf vsqrt(vf v) {
  for (int i = 0; i < LN_VL; i++) v[i] = __builtin_sqrtf(v[i]);
  return v;
}
#endif

/* Which lanes of a comparison's result are true: bit i for lane i. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE unsigned vbits(vi mask) { return (unsigned)_mm512_movepi32_mask((__m512i)mask); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE unsigned vbits(vi mask) { return (unsigned)_mm256_movemask_ps((__m256)mask); }
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE unsigned vbits(vi mask) { return (unsigned)_mm_movemask_ps((__m128)mask); }
#else
LN_INLINE unsigned vbits(vi mask) {
  unsigned bits = 0;
  for (int i = 0; i < LN_VL; i++) bits |= (unsigned)(mask[i] & 1) << i;
  return bits;
}
#endif
LN_INLINE bool vany(vi mask) { return vbits(mask) != 0; }

/* a b + c and c - a b, rounded once, where the instruction set can. */
#if defined(__FMA__) && LN_VL == 16
#define LN_VFMA
LN_INLINE vf vfma(vf a, vf b, vf c) { return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
LN_INLINE vf vfnma(vf a, vf b, vf c) { return (vf)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c); }
#elif defined(__FMA__) && LN_VL == 8
#define LN_VFMA
LN_INLINE vf vfma(vf a, vf b, vf c) { return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
LN_INLINE vf vfnma(vf a, vf b, vf c) { return (vf)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c); }
#endif

LN_INLINE vf vabs(vf v) { return (vf)((vi)v & INT32_MAX); }
LN_INLINE vf vcopysign(vf size, vf sign) { return (vf)(((vi)size & INT32_MAX) | ((vi)sign & INT32_MIN)); }

/* To whole numbers: the nearest (the even one of two), down, up, towards zero. The sign of zero stays. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vf vrint(vf v) { return (vf)_mm512_roundscale_ps((__m512)v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
LN_INLINE vf vfloor(vf v) { return (vf)_mm512_roundscale_ps((__m512)v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
LN_INLINE vf vceil(vf v) { return (vf)_mm512_roundscale_ps((__m512)v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC); }
LN_INLINE vf vtrunc(vf v) { return (vf)_mm512_roundscale_ps((__m512)v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vf vrint(vf v) { return (vf)_mm256_round_ps((__m256)v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
LN_INLINE vf vfloor(vf v) { return (vf)_mm256_round_ps((__m256)v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
LN_INLINE vf vceil(vf v) { return (vf)_mm256_round_ps((__m256)v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC); }
LN_INLINE vf vtrunc(vf v) { return (vf)_mm256_round_ps((__m256)v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC); }
#else
/* From 2^23 on all numbers are whole; below, adding that rounds. */
LN_INLINE vf vrint(vf v) {
  vf size = vabs(v);
  return vselect(size < 0x1p23f, vcopysign((size + 0x1p23f) - 0x1p23f, v), v);
}
LN_INLINE vf vfloor(vf v) {
  vf near = vrint(v);
  return vselect(near > v, near - 1.0f, near);
}
LN_INLINE vf vceil(vf v) { return -vfloor(-v); }
LN_INLINE vf vtrunc(vf v) { return vcopysign(vfloor(vabs(v)), v); }
#endif

/* v 2^n, n a whole number of -250 .. 250: rounded once, also where the result is denormal. */
LN_INLINE vf vscale(vf v, vf n) {
#if defined(__x86_64__) && LN_VL == 16
  return (vf)_mm512_scalef_ps((__m512)v, (__m512)n);
#else
  vi whole = __builtin_convertvector(n, vi), half = whole >> 1;
  return v * (vf)((half + 127) << 23) * (vf)((whole - half + 127) << 23);
#endif
}

#if defined(__x86_64__) && LN_VL == 16
/* x = 2^exponent m, with m from 3/4 to 3/2; of finite numbers but 0, without their sign. */
LN_INLINE vf vmantissa(vf x, vf *exponent) {
  __m512 m = _mm512_getmant_ps((__m512)x, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_zero);
  *exponent = (vf)_mm512_sub_ps(_mm512_getexp_ps((__m512)x), _mm512_getexp_ps(m));
  return (vf)m;
}
#else
/* x = 2^exponent m, with m from the square root of 1/2 to that of 2; of finite numbers above 0. */
LN_INLINE vf vmantissa(vf x, vf *exponent) {
  vi denormal = x < 0x1p-126f;
  vu bits = (vu)vselect(denormal, x * 0x1p25f, x);
  vi power = (vi)(bits - 0x3f3504f3) >> 23;
  *exponent = __builtin_convertvector(power - (denormal & 25), vf);
  return (vf)(bits - ((vu)power << 23));
}
/* Are all lanes finite and above 0? */
LN_INLINE bool vall_usual(vf x) { return !vany(~((x > 0) & (x < __builtin_inff()))); }
#endif

/* Where a table of 16 floats fits into a vector. */
#if defined(__x86_64__) && LN_VL == 16
#define LN_LOOKUP
/* The entries that the last four bits of each lane name, or the last five. */
LN_INLINE vf vlookup(const float table[16], vi lane) {
  return (vf)_mm512_permutexvar_ps((__m512i)lane, (__m512)vload(table));
}
LN_INLINE vf vlookup_32(const float table[32], vi lane) {
  return (vf)_mm512_permutex2var_ps((__m512)vload(table), (__m512i)lane, (__m512)vload(table + 16));
}
/* The last four bits: the first four of the mantissa; or five. */
LN_INLINE vi vfirst_4_bits(vf v) { return (vi)((vu)v >> 19); }
LN_INLINE vi vfirst_5_bits(vf v) { return (vi)((vu)v >> 18); }

/* 1 / v to 14 bits. */
LN_INLINE vf vnear_inverse(vf v) { return (vf)_mm512_rcp14_ps((__m512)v); }

/* y, unless x has no logarithm that is a finite number: from the last digit on, of NaN (quiet or signalling) that NaN,
 * of 0 -infinity, of 1 y, of -infinity NaN, of infinity itself, of others below 0 NaN and of others above it y. */
LN_INLINE vf vlog_special(vf y, vf x) {
  return (vf)_mm512_fixupimm_ps((__m512)y, (__m512)x, _mm512_set1_epi32(0x03530422), 0);
}

/* Are all lanes of x finite and above 0, and all of y below the limit? */
LN_INLINE bool vall_usual_below(vf x, vf y, float limit) {
  __mmask16 unusual = _mm512_fpclass_ps_mask((__m512)x, 0xDF); /* all classes but denormal numbers, and those by sign */
  return (unusual | _mm512_cmp_ps_mask((__m512)y, (__m512)vset(limit), _CMP_NLT_UQ)) == 0;
}
#endif

/* Doubles, half as many in a vector: of the lower and the upper half of the lanes, and back. */
typedef double vd __attribute__((vector_size(LN_VL * 4)));
typedef double vd_unaligned __attribute__((vector_size(LN_VL * 4), aligned(8), may_alias));
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vd vwiden_low(vf v) { return (vd)_mm512_cvtps_pd(_mm512_castps512_ps256((__m512)v)); }
LN_INLINE vd vwiden_high(vf v) { return (vd)_mm512_cvtps_pd(_mm512_extractf32x8_ps((__m512)v, 1)); }
LN_INLINE vf vnarrow(vd low, vd high) {
  return (vf)_mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps((__m512d)low)), _mm512_cvtpd_ps((__m512d)high),
                                1);
}
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vd vwiden_low(vf v) { return (vd)_mm256_cvtps_pd(_mm256_castps256_ps128((__m256)v)); }
LN_INLINE vd vwiden_high(vf v) { return (vd)_mm256_cvtps_pd(_mm256_extractf128_ps((__m256)v, 1)); }
LN_INLINE vf vnarrow(vd low, vd high) {
  return (vf)_mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps((__m256d)low)), _mm256_cvtpd_ps((__m256d)high),
                                  1);
}
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE vd vwiden_low(vf v) { return (vd)_mm_cvtps_pd((__m128)v); }
LN_INLINE vd vwiden_high(vf v) { return (vd)_mm_cvtps_pd(_mm_movehl_ps((__m128)v, (__m128)v)); }
LN_INLINE vf vnarrow(vd low, vd high) {
  return (vf)_mm_movelh_ps(_mm_cvtpd_ps((__m128d)low), _mm_cvtpd_ps((__m128d)high));
}
#else
LN_INLINE vd vwiden_low(vf v) {
  vd out = {0};
  for (int i = 0; i < LN_VL / 2; i++) out[i] = (double)v[i];
  return out;
}
LN_INLINE vd vwiden_high(vf v) {
  vd out = {0};
  for (int i = 0; i < LN_VL / 2; i++) out[i] = (double)v[LN_VL / 2 + i];
  return out;
}
LN_INLINE vf vnarrow(vd low, vd high) {
  vf out = {0};
  for (int i = 0; i < LN_VL / 2; i++) out[i] = (float)low[i], out[LN_VL / 2 + i] = (float)high[i];
  return out;
}
#endif

/* As many floats as a vector has doubles, as doubles; the compilers take many steps for __builtin_convertvector. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vd vload_doubles(const float *p) { return (vd)_mm512_cvtps_pd(_mm256_loadu_ps(p)); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vd vload_doubles(const float *p) { return (vd)_mm256_cvtps_pd(_mm_loadu_ps(p)); }
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE vd vload_doubles(const float *p) {
  return (vd)_mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)p)));
}
#else
LN_INLINE vd vload_doubles(const float *p) {
  vd out = {0};
  for (int i = 0; i < LN_VL / 2; i++) out[i] = (double)p[i];
  return out;
}
#endif

/* LN_VL bytes as integers, and back; the compilers take many steps for __builtin_convertvector. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vi vload_bytes(const uint8_t *p) {
  return (vi)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}
LN_INLINE void vstore_bytes(uint8_t *p, vi v) {
  _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8((__m512i)v));
}
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vi vload_bytes(const uint8_t *p) {
  return (vi)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}
LN_INLINE void vstore_bytes(uint8_t *p, vi v) {
  __m128i words = _mm_packs_epi32(_mm256_castsi256_si128((__m256i)v), _mm256_extracti128_si256((__m256i)v, 1));
  _mm_storel_epi64((__m128i *)(void *)p, _mm_packus_epi16(words, words));
}
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE vi vload_bytes(const uint8_t *p) {
  int32_t bytes;
  memcpy(&bytes, p, sizeof bytes);
  __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(bytes), _mm_setzero_si128());
  return (vi)_mm_unpacklo_epi16(words, _mm_setzero_si128());
}
LN_INLINE void vstore_bytes(uint8_t *p, vi v) {
  __m128i words = _mm_packs_epi32((__m128i)v, (__m128i)v);
  int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
  memcpy(p, &bytes, sizeof bytes);
}
#else
LN_INLINE vi vload_bytes(const uint8_t *p) {
  vb bytes;
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, vi);
}
LN_INLINE void vstore_bytes(uint8_t *p, vi v) {
  vb bytes = __builtin_convertvector(v, vb);
  memcpy(p, &bytes, sizeof bytes);
}
#endif

/* The whole product of the lower halves of each lane. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vq vmul_lower(vq a, vq b) { return (vq)_mm512_mul_epu32((__m512i)a, (__m512i)b); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vq vmul_lower(vq a, vq b) { return (vq)_mm256_mul_epu32((__m256i)a, (__m256i)b); }
#elif defined(__x86_64__) && LN_VL == 4
LN_INLINE vq vmul_lower(vq a, vq b) { return (vq)_mm_mul_epu32((__m128i)a, (__m128i)b); }
#else
LN_INLINE vq vmul_lower(vq a, vq b) { return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu); }
#endif

/* Lane j of the result is lane place[j] of v. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE vf vpermute(vf v, vi place) { return (vf)_mm512_permutexvar_ps((__m512i)place, (__m512)v); }
#elif defined(__x86_64__) && LN_VL == 8
LN_INLINE vf vpermute(vf v, vi place) { return (vf)_mm256_permutevar8x32_ps((__m256)v, (__m256i)place); }
#else
LN_INLINE vf vpermute(vf v, vi place) {
  vf out = v;
  for (int i = 0; i < LN_VL; i++) out[i] = v[place[i]];
  return out;
}
#endif

/* The least and the greatest lane. */
#if defined(__x86_64__) && LN_VL == 16
LN_INLINE float vleast(vf v) { return _mm512_reduce_min_ps((__m512)v); }
LN_INLINE float vgreatest(vf v) { return _mm512_reduce_max_ps((__m512)v); }
#else
LN_INLINE float vleast(vf v) {
  float least = v[0];
  for (int i = 1; i < LN_VL; i++) least = v[i] < least ? v[i] : least;
  return least;
}
LN_INLINE float vgreatest(vf v) { return -vleast(-v); }
#endif

/* Sum of the lanes, pairwise. */
LN_INLINE float vsum(vf v) {
  float lane[LN_VL];
  vstore(lane, v);
  for (int half = LN_VL / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lane[i] += lane[i + half];
  return lane[0];
}

/* The sums of the lanes of eight vectors, pairwise: two vectors become one of half as long pieces, until the pieces are
 * single lanes. */
#define LN_ADD_PIECES(a, b, first, second) \
  (__builtin_shufflevector(a, b, LN_EXPAND first) + __builtin_shufflevector(a, b, LN_EXPAND second))
#define LN_EXPAND(...) __VA_ARGS__
LN_INLINE void vsum_8(float out[8], const vf v[8]) {
#if LN_VL == 16
#define LN_BY_8(a, b)                                                       \
  LN_ADD_PIECES(a, b, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), \
                (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define LN_BY_4(a, b)                                                       \
  LN_ADD_PIECES(a, b, (0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27), \
                (4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31))
#define LN_BY_2(a, b)                                                       \
  LN_ADD_PIECES(a, b, (0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29), \
                (2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31))
#define LN_BY_1(a, b)                                                       \
  LN_ADD_PIECES(a, b, (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), \
                (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31))
  vf left = LN_BY_4(LN_BY_8(v[0], v[1]), LN_BY_8(v[2], v[3]));
  vf right = LN_BY_4(LN_BY_8(v[4], v[5]), LN_BY_8(v[6], v[7]));
  vf pairs = LN_BY_2(left, right);
  vf sums = LN_BY_1(pairs, pairs);
  memcpy(out, &sums, 8 * sizeof(float));
#elif LN_VL == 8
#define LN_BY_4(a, b) LN_ADD_PIECES(a, b, (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15))
#define LN_BY_2(a, b) LN_ADD_PIECES(a, b, (0, 1, 4, 5, 8, 9, 12, 13), (2, 3, 6, 7, 10, 11, 14, 15))
#define LN_BY_1(a, b) LN_ADD_PIECES(a, b, (0, 2, 4, 6, 8, 10, 12, 14), (1, 3, 5, 7, 9, 11, 13, 15))
  vf left = LN_BY_2(LN_BY_4(v[0], v[1]), LN_BY_4(v[2], v[3]));
  vf right = LN_BY_2(LN_BY_4(v[4], v[5]), LN_BY_4(v[6], v[7]));
  vstore(out, LN_BY_1(left, right));
#else
#define LN_BY_2(a, b) LN_ADD_PIECES(a, b, (0, 1, 4, 5), (2, 3, 6, 7))
#define LN_BY_1(a, b) LN_ADD_PIECES(a, b, (0, 2, 4, 6), (1, 3, 5, 7))
  vstore(out, LN_BY_1(LN_BY_2(v[0], v[1]), LN_BY_2(v[2], v[3])));
  vstore(out + 4, LN_BY_1(LN_BY_2(v[4], v[5]), LN_BY_2(v[6], v[7])));
#endif
}

/* max(v, 0). NaN stays NaN: of two numbers that cannot be compared, vmax gives the second, and vmin too. */
LN_INLINE vf vrelu(vf v) {
  return vmax(vset(0.0f), v);
}

/* e^x = scale (rest + 1): x = n ln 2 + r, rest = e^r - 1 by a polynomial in r (Cephes expf), scale = 2^n put into the
 * exponent. From x = 88.4 on scale is infinite; below -87 x counts as that; NaN stays NaN. */
LN_INLINE vf vexp_parts(vf x, vf *scale) {
  x = vmin(vset(89.0f), vmax(vset(-87.0f), x));
  vf n = x * vset(1.44269504088896341f);
  vi whole = __builtin_convertvector(n + vselect(n < 0, vset(-0.5f), vset(0.5f)), vi);
  n = __builtin_convertvector(whole, vf);
  vf r = x - n * vset(0.693359375f);
  r = r - n * vset(-2.12194440e-4f);
  vf p = vset(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  *scale = (vf)((whole + 127) << 23);
  return p * r * r + r;
}

/* e^x to 2 units in the last place. */
LN_INLINE vf vexp(vf x) {
  vf scale, rest = vexp_parts(x, &scale);
  return (rest + 1.0f) * scale;
}

/* e^x - 1, for x <= 0: nothing cancels, as scale - 1 is exact near zero. */
LN_INLINE vf vexpm1(vf x) {
  vf scale, rest = vexp_parts(x, &scale);
  return scale * rest + (scale - 1.0f);
}

#endif
