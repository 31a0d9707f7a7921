/* One stage of BM3D over a plane: the reference blocks of a few rows, a band, are matched, their groups filtered, and
 * what comes out is added up where the blocks lie, weighted by 1 / (variance left in a block) and a window. Bands are
 * shared out over threads and joined in their order, so the result does not depend on how many threads there are. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "filter/bm3d.h"

enum { BAND = 16 }; /* rows of reference blocks */

/* A stage's work on a plane. */
typedef struct Work {
  const LnBm3dStage *stage;
  const LnBm3dPlane *plane;
  int64_t places;      /* where a block may begin in a row */
  int64_t stride;      /* floats of a row of transformed rows */
  int64_t steps, most; /* rows of reference blocks; rows of pixels that a band may touch */
  float *sums;         /* per band: most x width sums of weighted pixels, then as many of weights */
} Work;

/* A band with its memory. Rows of pixels, and of places, are counted from `top`. */
typedef struct Band {
  int64_t first, last; /* rows of reference blocks, the last one not included */
  int64_t top, rows;
  float *noisy, *pilot; /* transformed rows of all places */
  float *added;         /* blocks added up, their rows still transformed */
  float *weights;       /* of the blocks at each place, added up */
  float *group, *guide, *variances; /* coefficients of a group, those of the pilot, and their variances */
  float *line;          /* a row of pixels with room on both sides */
  float *matching;
  int64_t *columns;     /* of a row of reference blocks */
} Band;

static int64_t line_floats(const Work *work) {
  return work->plane->width + 4 * LN_BLOCK_MOST;
}

static void find_rows(Band *band, const Work *work, int64_t index) {
  const LnBm3dStage *stage = work->stage;
  int64_t height = work->plane->height;
  band->first = index * BAND;
  band->last = band->first + BAND < work->steps ? band->first + BAND : work->steps;
  int64_t top = ln_bm3d_place(stage, band->first, height) - stage->reach;
  int64_t end = ln_bm3d_place(stage, band->last - 1, height) + stage->side + stage->reach;
  band->top = top < 0 ? 0 : top;
  band->rows = (end < height ? end : height) - band->top;
}

static void *make_band(Band *band, const Work *work, int64_t index, LnError *err) {
  const LnBm3dStage *stage = work->stage;
  find_rows(band, work, index);
  int64_t rows = band->rows, transformed = rows * work->stride, group = (int64_t)stage->group * stage->size;
  int64_t matching = ln_bm3d_matcher_floats(stage, rows, work->plane->width);
  int64_t variances = LN_BLOCK_VARIANCES * (int64_t)stage->size;
  int64_t floats = 3 * transformed + rows * work->places + 2 * group + variances + 2 * line_floats(work) +
                   matching;
  size_t bytes = (size_t)floats * sizeof(float) + (size_t)(work->places + 2) * sizeof(int64_t);
  void *memory = ln_alloc(bytes);
  if (memory == NULL) return ln_fail_memory(err, "bm3d", bytes), NULL;
  band->columns = memory;
  band->added = (float *)(void *)(band->columns + work->places + 2), band->weights = band->added + transformed;
  band->noisy = band->weights + rows * work->places, band->pilot = band->noisy + transformed;
  band->group = band->pilot + transformed, band->guide = band->group + group;
  band->variances = band->guide + group, band->line = band->variances + variances;
  band->matching = band->line + 2 * line_floats(work);
  memset(band->added, 0, (size_t)(transformed + rows * work->places) * sizeof(float));
  return memory;
}

static void transform_rows(const Work *work, const Band *band) {
  const LnBm3dPlane *plane = work->plane;
  for (int64_t r = 0; r < band->rows; r++) {
    int64_t from = (band->top + r) * plane->width, to = r * work->stride;
    ln_kernels()->block_rows(band->noisy + to, plane->noisy + from, work->stage->forward_rows, work->stage->side,
                             work->places);
    if (work->stage->wiener)
      ln_kernels()->block_rows(band->pilot + to, plane->pilot + from, work->stage->forward_rows, work->stage->side,
                               work->places);
  }
}

static void find_blocks(int64_t *at, const Work *work, const Band *band, const LnBm3dGroup *group) {
  for (int k = 0; k < group->count; k++)
    at[k] = (group->row[k] - band->top) * work->stride + group->column[k] * work->stage->row;
}

/* Keep the nearest of a group's candidates, by their coefficients. */
static void keep_nearest(LnBm3dGroup *group, const Work *work, const Band *band) {
  const LnBm3dStage *stage = work->stage;
  const LnBm3dGroup all = *group;
  int64_t at[LN_BM3D_CANDIDATES], room = (all.count + 15) / 16 * 16;
  int32_t places[LN_BM3D_GROUP];
  float distances[LN_BM3D_CANDIDATES];
  find_blocks(at, work, band, group);
  ln_kernels()->block_differences(distances, band->noisy, at, all.count, work->stride, stage->forward_columns,
                                  stage->side);
  for (int k = 0; k < all.count; k++)
    distances[k] -= ln_bm3d_expected(stage, all.row[k] - all.row[0], all.column[k] - all.column[0]);
  distances[0] = -INFINITY;
  for (int64_t k = all.count; k < room; k++) distances[k] = INFINITY;
  group->count = ln_bm3d_choose(places, distances, room, stage);
  for (int k = 0; k < group->count; k++)
    group->row[k] = all.row[places[k]], group->column[k] = all.column[places[k]];
}

/* Filter a group and add its blocks up. */
static void filter_group(const Work *work, const Band *band, LnBm3dGroup *group) {
  const LnKernels *kernels = ln_kernels();
  const LnBm3dStage *stage = work->stage;
  int64_t at[LN_BM3D_GROUP];
  if (!stage->orthogonal) keep_nearest(group, work, band);
  int n = group->count, side = stage->side;
  find_blocks(at, work, band, group);
  kernels->block_forward(band->group, band->noisy, at, n, work->stride, stage->forward_columns, side);
  kernels->block_variances(band->variances, stage->along, group->row, group->column, n, side);
  float weights[LN_BM3D_GROUP];
  if (stage->wiener) {
    kernels->block_forward(band->guide, band->pilot, at, n, work->stride, stage->forward_columns, side);
    kernels->block_wiener(weights, band->group, band->guide, band->variances, stage->strength, n, side);
  } else {
    kernels->block_threshold(weights, band->group, band->variances, stage->strength, n, side);
  }
  for (int k = 0; k < n; k++) {
    weights[k] = 1 / (weights[k] > 1e-6f ? weights[k] : 1e-6f);
    band->weights[(group->row[k] - band->top) * work->places + group->column[k]] += weights[k];
  }
  kernels->block_backward(band->added, band->group, at, n, work->stride, stage->backward_columns, weights, side);
}

/* How far reference blocks are shifted from row to row, so that they do not lie below each other: the authors' numbers,
 * who have none for other blocks. */
static int64_t shift_of(const LnBm3dStage *stage, int64_t row) {
  static const int64_t shifts[][3] = {[2] = {0, 1}, [3] = {0, 2, 1}, [4] = {0, 2}, [5] = {0, 1}, [6] = {0, 3}};
  if (stage->side != 8 || stage->step < 2 || stage->step > 6) return 0;
  return shifts[stage->step][row % (stage->step == 3 ? 3 : 2)];
}

/* Reference blocks of a row: every `step` pixels, and the first and last place. */
static int64_t find_columns(int64_t *columns, const Work *work, int64_t row) {
  int64_t n = 0, last = work->places - 1, first = shift_of(work->stage, row);
  if (first != 0) columns[n++] = 0;
  for (int64_t c = first; c < last; c += work->stage->step) columns[n++] = c;
  if (n == 0 || columns[n - 1] != last) columns[n++] = last;
  return n;
}

static void filter_rows(const Work *work, const Band *band) {
  LnBm3dMatcher matcher;
  LnBm3dGroup groups[LN_BM3D_SEGMENT];
  ln_bm3d_matcher_make(&matcher, work->stage, work->plane, band->top, band->rows, band->matching);
  for (int64_t k = band->first; k < band->last; k++) {
    int64_t row = ln_bm3d_place(work->stage, k, work->plane->height), n = find_columns(band->columns, work, k);
    for (int64_t c = 0; c < n && !ln_interrupted(); c += LN_BM3D_SEGMENT) {
      int64_t count = n - c < LN_BM3D_SEGMENT ? n - c : LN_BM3D_SEGMENT;
      ln_bm3d_match(groups, &matcher, row, band->columns + c, count);
      for (int64_t g = 0; g < count; g++) filter_group(work, band, &groups[g]);
    }
  }
}

/* Weights of a row of pixels: those of the blocks that cover it times the window. */
static void spread_weights(float *out, const Work *work, const Band *band, int64_t r) {
  const LnKernels *kernels = ln_kernels();
  const LnBm3dStage *stage = work->stage;
  const float *rows[LN_BLOCK_MOST];
  float weights[LN_BLOCK_MOST], *line = band->line + LN_BLOCK_MOST;
  int side = stage->side, count = 0;
  for (int i = 0; i < side; i++) {
    if (r < i) continue;
    rows[count] = band->weights + (r - i) * work->places;
    weights[count++] = stage->window[i];
  }
  memset(band->line, 0, (size_t)line_floats(work) * sizeof(float));
  kernels->sum_rows(line, rows, weights, count, work->places);
  for (int j = 0; j < side; j++) rows[j] = line - j;
  kernels->sum_rows(out, rows, stage->window, side, work->plane->width);
}

static LnStatus filter_band(void *context, int64_t index, int worker, LnError *err) {
  (void)worker;
  const Work *work = context;
  Band band;
  void *memory = make_band(&band, work, index, err);
  if (memory == NULL) return LN_EMEMORY;
  transform_rows(work, &band);
  filter_rows(work, &band);
  int64_t width = work->plane->width;
  float *values = work->sums + index * 2 * work->most * width, *totals = values + work->most * width;
  for (int64_t r = 0; r < band.rows; r++) {
    float *line = band.line + line_floats(work);
    memset(line, 0, (size_t)line_floats(work) * sizeof(float));
    ln_kernels()->block_add_rows(line, band.added + r * work->stride, work->stage->backward_rows, work->stage->side,
                                 work->places);
    memcpy(values + r * width, line, (size_t)width * sizeof(float));
    spread_weights(totals + r * width, work, &band, r);
  }
  ln_free(memory);
  return LN_OK;
}

/* Bands overlap: their sums are added in order. */
static void join_bands(float *out, const Work *work, float *totals) {
  int64_t width = work->plane->width, pixels = work->plane->height * width;
  memset(out, 0, (size_t)pixels * sizeof *out);
  memset(totals, 0, (size_t)pixels * sizeof *totals);
  for (int64_t b = 0; b * BAND < work->steps; b++) {
    Band band;
    find_rows(&band, work, b);
    const float *from = work->sums + b * 2 * work->most * width;
    ln_kernels()->add(out + band.top * width, from, band.rows * width);
    ln_kernels()->add(totals + band.top * width, from + work->most * width, band.rows * width);
  }
  for (int64_t i = 0; i < pixels; i++) out[i] /= totals[i];
}

LnStatus ln_bm3d_run(float *out, const LnBm3dStage *stage, const LnBm3dPlane *plane, LnError *err) {
  int64_t height = plane->height, width = plane->width;
  Work work = {.stage = stage, .plane = plane, .places = width - stage->side + 1,
               .steps = ln_bm3d_steps(stage, height)};
  int64_t bands = (work.steps + BAND - 1) / BAND, most = (BAND - 1) * stage->step + stage->side + 2 * stage->reach;
  work.stride = work.places * stage->row;
  work.most = most < height ? most : height;
  size_t bytes = (size_t)(bands * 2 * work.most * width + height * width) * sizeof(float);
  work.sums = ln_alloc(bytes);
  if (work.sums == NULL) return ln_fail_memory(err, "bm3d", bytes);
  LnStatus status = ln_parallel_try(bands, filter_band, &work, err);
  if (status == LN_OK) join_bands(out, &work, work.sums + bands * 2 * work.most * width);
  ln_free(work.sums);
  return status;
}
