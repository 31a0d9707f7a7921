/* BM3D's parts: bm3d.c holds the options and runs the stages, bm3d_transform.c makes what a stage computes with,
 * bm3d_match.c finds similar blocks, and bm3d_band.c filters groups of them and puts an image together.
 *
 * A block is side x side pixels and goes by the place of its first one. Its 2-D transform is separable, so that of rows
 * is taken once for all places of a row of the image, and only that of columns for the blocks of a group; on the way
 * back, too, blocks are added up with their rows still transformed, and these transformed back once for all. */
#ifndef LUNET_FILTER_BM3D_H
#define LUNET_FILTER_BM3D_H

#include "base/status.h"
#include "kernels/kernels.h"

enum { LN_BM3D_PIECE = 8 };  /* rows of blocks are filled up to so many floats */
enum { LN_BM3D_GROUP = 64 }; /* most blocks in a group */
enum { LN_BM3D_CANDIDATES = LN_BLOCK_NEAR + 16 };

typedef enum LnBm3dTransform { LN_BM3D_BIOR, LN_BM3D_DCT } LnBm3dTransform;

/* One of the two stages with what it computes with. */
typedef struct LnBm3dStage {
  bool wiener;             /* Wiener filtering with a pilot; else hard thresholding */
  int side, group;         /* of a block in pixels; most blocks in a group, a power of two */
  int64_t step, reach;     /* between reference blocks; how far away similar ones are looked for */
  float limit;             /* similar blocks differ by less: sum of squares, noise taken off */
  float variance;          /* of the noise in what is compared */
  float strength;          /* (threshold sigma)^2, or mu^2 sigma^2 */
  int row, size;           /* floats of a transformed row, filled up to whole pieces, and of a block */
  float *memory;           /* of the following, one block */
  float *forward_rows, *backward_rows;       /* as the kernels want them; back with the window */
  float *forward_columns, *backward_columns;
  float *window;           /* weights of a block's rows and columns when blocks are added up */
  float *along;            /* covariances of coefficients of lines that overlap, as block_variances wants them */
  float *expected;         /* what is taken off distances for the noise: see ln_bm3d_expected */
  bool orthogonal;         /* the transform: distances of coefficients are those of pixels */
} LnBm3dStage;

/* Makes the matrices of a stage whose numbers are set. Fails when memory runs out; ln_free(stage->memory) ends it. */
LnStatus ln_bm3d_transform(LnBm3dStage *stage, LnBm3dTransform transform, double beta, LnError *err);

/* A plane that a stage works on, at least a block high and wide. */
typedef struct LnBm3dPlane {
  const float *noisy, *pilot; /* height x width; blocks are compared in the pilot, if there is one */
  int64_t height, width;
} LnBm3dPlane;

/* What the noise adds to the distance of blocks so far apart: some times its mean, which is less where they overlap. */
static inline float ln_bm3d_expected(const LnBm3dStage *stage, int64_t down, int64_t across) {
  down = down < 0 ? -down : down, across = across < 0 ? -across : across;
  return stage->expected[down < stage->side && across < stage->side ? down * stage->side + across
                                                                     : stage->side * stage->side];
}

/* Number of reference blocks' rows, or columns, in n pixels: every `step` pixels, and a last one at the edge. */
static inline int64_t ln_bm3d_steps(const LnBm3dStage *stage, int64_t n) {
  return (n - stage->side + stage->step - 1) / stage->step + 1;
}

/* The place of the k-th of them. */
static inline int64_t ln_bm3d_place(const LnBm3dStage *stage, int64_t k, int64_t n) {
  return k * stage->step < n - stage->side ? k * stage->step : n - stage->side;
}

/* ---- Similar blocks ---- */

enum { LN_BM3D_SEGMENT = 32 }; /* reference blocks that are compared at a time */

/* Rows first_row .. of the plane in which blocks are compared, with `reach` columns before and more behind. */
typedef struct LnBm3dMatcher {
  const LnBm3dStage *stage;
  int64_t height, width, first_row;
  int64_t lanes, stride;
  float *image, *distances, *sums, *outside, *expected; /* the last by distance of rows */
} LnBm3dMatcher;

/* A reference block and those like it, itself first; or, where distances are to be those of coefficients and these are
 * not orthogonal, the candidates for that, nearest by their pixels. */
typedef struct LnBm3dGroup {
  int count;
  int32_t row[LN_BM3D_CANDIDATES], column[LN_BM3D_CANDIDATES];
} LnBm3dGroup;

/* Floats that the matcher needs for so many rows; and setting it up in such memory. */
int64_t ln_bm3d_matcher_floats(const LnBm3dStage *stage, int64_t rows, int64_t width);
void ln_bm3d_matcher_make(LnBm3dMatcher *matcher, const LnBm3dStage *stage, const LnBm3dPlane *plane,
                          int64_t first_row, int64_t rows, float *memory);
/* Groups of the reference blocks in `row` at columns[0 .. count-1], rising; count <= LN_BM3D_SEGMENT. */
void ln_bm3d_match(LnBm3dGroup *groups, const LnBm3dMatcher *matcher, int64_t row, const int64_t *columns,
                   int64_t count);

/* The places of the nearest of so many (a multiple of 16) distances: a power of two, at least two where groups may have
 * two. */
int ln_bm3d_choose(int32_t *places, const float *distances, int64_t count, const LnBm3dStage *stage);

/* ---- A stage ---- */

/* out = the plane after the stage; height x width. */
LnStatus ln_bm3d_run(float *out, const LnBm3dStage *stage, const LnBm3dPlane *plane, LnError *err);

#endif
