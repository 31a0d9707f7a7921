/* What every processor has: SSE2 on x86-64, NEON on AArch64, and whatever the compiler makes of it elsewhere. */
#define LN_TARGET baseline
#define LN_VL 4
#define LN_TILE_PIXELS 6
#define LN_TILE_CASES LN_CASES_6
#include "kernels/target.h"
