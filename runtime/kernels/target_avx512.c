/* AVX-512 (F, BW, DQ, VL): thirty-two vectors of sixteen floats. */
#if defined(__x86_64__) && !defined(LN_BASELINE_ONLY)
#define LN_TARGET avx512
#define LN_VL 16
#define LN_TILE_PIXELS 12
#define LN_TILE_CASES LN_CASES_12
#include "kernels/target.h"
#else
typedef int ln_no_avx512;
#endif
