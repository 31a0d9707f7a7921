/* AVX2 with FMA: sixteen vectors of eight floats. */
#if defined(__x86_64__) && !defined(LN_BASELINE_ONLY)
#define LN_TARGET avx2
#define LN_VL 8
#define LN_TILE_PIXELS 6
#define LN_TILE_CASES LN_CASES_6
#include "kernels/target.h"
#else
typedef int ln_no_avx2;
#endif
