/* BM3D's block matching: for each reference block, the blocks in a window around it that differ least.
 *
 * All reference blocks of a row are compared with one other row of the image at a time: the squared differences of a
 * column of a block from the columns beside it, at all distances that lie in the window, are vectors, and the sum of
 * `side` of them is the distance of a block from as many others. Neighbouring blocks share columns. */
#include <math.h>
#include <string.h>

#include "filter/bm3d.h"

/* Comparisons of one block within a row: those in the window, filled up to whole vectors of any instruction set. */
static int64_t lanes_of(const LnBm3dStage *stage) {
  return (2 * stage->reach + 1 + 15) / 16 * 16;
}

static int64_t stride_of(const LnBm3dStage *stage, int64_t width) {
  return (width + lanes_of(stage) + 15) / 16 * 16;
}

/* Columns that a segment of reference blocks may cover: a step between them, and less to the last one. */
static int64_t segment_columns(const LnBm3dStage *stage) {
  return (LN_BM3D_SEGMENT - 1) * stage->step + stage->side;
}

int64_t ln_bm3d_matcher_floats(const LnBm3dStage *stage, int64_t rows, int64_t width) {
  int64_t lanes = lanes_of(stage);
  return rows * stride_of(stage, width) + LN_BM3D_SEGMENT * (2 * stage->reach + 1) * lanes +
         (segment_columns(stage) + LN_BM3D_SEGMENT + stage->reach + 1) * lanes;
}

void ln_bm3d_matcher_make(LnBm3dMatcher *matcher, const LnBm3dStage *stage, const LnBm3dPlane *plane,
                          int64_t first_row, int64_t rows, float *memory) {
  const float *from = plane->pilot != NULL ? plane->pilot : plane->noisy;
  *matcher = (LnBm3dMatcher){.stage = stage, .height = plane->height, .width = plane->width, .first_row = first_row,
                             .lanes = lanes_of(stage), .stride = stride_of(stage, plane->width), .image = memory};
  matcher->distances = matcher->image + rows * matcher->stride;
  matcher->sums = matcher->distances + LN_BM3D_SEGMENT * (2 * stage->reach + 1) * matcher->lanes;
  matcher->outside = matcher->sums + segment_columns(stage) * matcher->lanes;
  matcher->expected = matcher->outside + LN_BM3D_SEGMENT * matcher->lanes;
  for (int64_t down = 0; down <= stage->reach; down++)
    for (int64_t t = 0; t < matcher->lanes; t++)
      matcher->expected[down * matcher->lanes + t] = ln_bm3d_expected(stage, down, t - stage->reach);
  memset(matcher->image, 0, (size_t)(rows * matcher->stride) * sizeof(float));
  for (int64_t r = 0; r < rows; r++)
    memcpy(matcher->image + r * matcher->stride + stage->reach, from + (first_row + r) * plane->width,
           (size_t)plane->width * sizeof(float));
}

/* What is added to a block's distances: infinity where no block is or where it lies beyond the window. */
static void mark_outside(float *outside, const LnBm3dMatcher *matcher, int64_t column) {
  int64_t reach = matcher->stage->reach, last = matcher->width - matcher->stage->side;
  for (int64_t t = 0; t < matcher->lanes; t++) {
    int64_t at = column - reach + t;
    outside[t] = t <= 2 * reach && at >= 0 && at <= last ? 0 : INFINITY;
  }
}

int ln_bm3d_choose(int32_t *places, const float *distances, int64_t count, const LnBm3dStage *stage) {
  int64_t n = ln_kernels()->block_nearest(places, distances, count, stage->limit, stage->group);
  if (n == 1 && stage->group > 1) n = ln_kernels()->block_nearest(places, distances, count, INFINITY, 2);
  int chosen = 1;
  while (2 * chosen <= n) chosen *= 2;
  return chosen;
}

/* From a block's `rows` rows of distances, the first of them being `top`. */
static void choose(LnBm3dGroup *group, const LnBm3dMatcher *matcher, float *distances, int64_t row, int64_t column,
                   int64_t top, int64_t rows) {
  const LnBm3dStage *stage = matcher->stage;
  int32_t places[1 + LN_BLOCK_NEAR];
  int64_t lanes = matcher->lanes, own = (row - top) * lanes + stage->reach;
  if (stage->orthogonal) {
    distances[own] = -INFINITY; /* the block itself comes first */
    group->count = ln_bm3d_choose(places, distances, rows * lanes, stage);
  } else {
    distances[own] = INFINITY;
    places[0] = (int32_t)own;
    group->count = 1 + (int)ln_kernels()->block_near(places + 1, distances, rows * lanes);
  }
  for (int k = 0; k < group->count; k++) {
    group->row[k] = (int32_t)(top + places[k] / lanes);
    group->column[k] = (int32_t)(column - stage->reach + places[k] % lanes);
  }
}

void ln_bm3d_match(LnBm3dGroup *groups, const LnBm3dMatcher *matcher, int64_t row, const int64_t *columns,
                   int64_t count) {
  const LnBm3dStage *stage = matcher->stage;
  int64_t top = row < stage->reach ? 0 : row - stage->reach, last = matcher->height - stage->side;
  int64_t bottom = row + stage->reach < last ? row + stage->reach : last;
  int64_t room = (2 * stage->reach + 1) * matcher->lanes;
  int64_t at[LN_BM3D_SEGMENT] = {0};
  const float *outside[LN_BM3D_SEGMENT];
  float *out[LN_BM3D_SEGMENT];
  for (int64_t k = 0; k < count; k++) {
    at[k] = columns[k] - columns[0];
    mark_outside(matcher->outside + k * matcher->lanes, matcher, columns[k]);
    outside[k] = matcher->outside + k * matcher->lanes;
  }
  LnBlockRow work = {.side = stage->side, .stride = matcher->stride, .lanes = matcher->lanes, .count = count,
                     .columns = at[count - 1] + stage->side, .at = at, .outside = outside, .sums = matcher->sums};
  work.own = matcher->image + (row - matcher->first_row) * matcher->stride + columns[0] + stage->reach;
  for (int64_t other = top; other <= bottom; other++) {
    for (int64_t k = 0; k < count; k++) out[k] = matcher->distances + k * room + (other - top) * matcher->lanes;
    work.expected = matcher->expected + (other < row ? row - other : other - row) * matcher->lanes;
    work.other = matcher->image + (other - matcher->first_row) * matcher->stride + columns[0];
    ln_kernels()->block_distances(out, &work);
  }
  for (int64_t k = 0; k < count; k++)
    choose(&groups[k], matcher, matcher->distances + k * room, row, columns[k], top, bottom - top + 1);
}
