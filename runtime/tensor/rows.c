/* Elementwise work on rows: see rows.h. Operands whose elements lie apart are packed block by block, those that are
 * turned, as transposed ones are, for several rows at once, and short rows are packed together, so whoever calculates
 * sees long rows of neighbours. */
#include "tensor/rows.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"

enum {
  BLOCK = 1024,       /* elements packed at a time: stays in first-level cache */
  SHORT = 64,         /* elements of a row below which several are packed together */
  LINE = LN_ALIGN / sizeof(float),
  PART = 64 * 1024,   /* elements of a task */
  TILE_ROWS = 16,     /* of a turned operand that are packed at a time: a cache line of each column */
  TILE = 256,         /* elements of each of them */
  PARTS = 2,          /* fewer are not worth waking threads for: some ten microseconds of the quickest operations */
};

typedef struct Job {
  const LnRows *rows;
  LnWalk walk;         /* of everything: out, then the operands */
  int64_t parts, of;   /* tasks, and what is dealt to them: rows, or elements if there is one row */
  bool backwards;      /* the last task comes first */
} Job;

typedef struct Blocks {
  float of[LN_ROWS_OPERANDS][BLOCK];
} Blocks;

typedef struct Tiles {
  float of[LN_ROWS_OPERANDS][TILE_ROWS * TILE];
} Tiles;

static void pack(float *restrict to, const float *restrict from, int64_t step, int64_t n) {
  if (step == 1)
    memcpy(to, from, (size_t)n * sizeof *to);
  else if (step == 0)
    for (int64_t i = 0; i < n; i++) to[i] = from[0];
  else
    for (int64_t i = 0; i < n; i++) to[i] = from[i * step];
}

static bool is_apart(const Job *job, int64_t step) {
  return step != 1 && (step != 0 || job->rows->arrays);
}

/* One row, or a piece of one. */
static void run_row(const Job *job, const LnWalk *walk, Blocks *blocks) {
  const float *in[LN_ROWS_OPERANDS];
  bool one[LN_ROWS_OPERANDS], packs = false;
  int operands = walk->operands - 1;
  for (int k = 0; k < operands; k++) {
    bool apart = is_apart(job, walk->step[k + 1]);
    one[k] = walk->step[k + 1] == 0 && !apart;
    packs |= apart;
  }
  int64_t most = packs ? BLOCK : walk->length;
  for (int64_t i = 0, n; i < walk->length; i += n) {
    n = walk->length - i < most ? walk->length - i : most;
    for (int k = 0; k < operands; k++) {
      in[k] = walk->row[k + 1] + i * walk->step[k + 1];
      if (!is_apart(job, walk->step[k + 1])) continue;
      pack(blocks->of[k], in[k], walk->step[k + 1], n);
      in[k] = blocks->of[k];
    }
    job->rows->row(job->rows->context, walk->row[0] + i, in, one, n);
  }
}

/* ---- Turned operands: the neighbours of their elements are in the next rows ---- */

static bool is_turned(const LnWalk *walk, int k) {
  return walk->step[k + 1] > 1 && walk->n > 0 && walk->stride[k + 1][0] == 1;
}

static bool any_turned(const LnWalk *walk) {
  for (int k = 0; k < walk->operands - 1; k++)
    if (is_turned(walk, k)) return true;
  return false;
}

/* Elements `first` .. first + n - 1 of `rows` rows from the walk's on. */
static void run_tile(const Job *job, const LnWalk *walk, Tiles *tiles, int64_t rows, int64_t first, int64_t n) {
  const float *in[LN_ROWS_OPERANDS];
  bool one[LN_ROWS_OPERANDS];
  int operands = walk->operands - 1;
  for (int k = 0; k < operands; k++) {
    int64_t step = walk->step[k + 1];
    if (is_turned(walk, k))
      ln_kernels()->transpose(tiles->of[k], TILE, walk->row[k + 1] + first * step, step, n, rows);
  }
  for (int64_t r = 0; r < rows; r++) {
    for (int k = 0; k < operands; k++) {
      int64_t step = walk->step[k + 1];
      in[k] = walk->row[k + 1] + r * walk->stride[k + 1][0] + first * step;
      one[k] = step == 0 && !is_apart(job, step);
      float *packed = tiles->of[k] + r * TILE;
      if (is_turned(walk, k))
        in[k] = packed;
      else if (is_apart(job, step))
        pack(packed, in[k], step, n), in[k] = packed;
    }
    job->rows->row(job->rows->context, walk->row[0] + r * walk->stride[0][0] + first, in, one, n);
  }
}

static void run_turned_rows(const Job *job, LnWalk *walk) {
  Tiles tiles;
  while (ln_walk_on(walk)) {
    int64_t rows = walk->size[0] - walk->index[0];
    if (rows > TILE_ROWS) rows = TILE_ROWS;
    if (rows > walk->left) rows = walk->left;
    for (int64_t i = 0; i < walk->length; i += TILE)
      run_tile(job, walk, &tiles, rows, i, walk->length - i < TILE ? walk->length - i : TILE);
    for (int64_t r = 1; r < rows; r++) ln_walk_next(walk);
  }
}

/* ---- All rows ---- */

/* Rows of at most SHORT elements: out is contiguous, so they follow each other there. */
static void run_short_rows(const Job *job, LnWalk *walk, Blocks *blocks) {
  const float *in[LN_ROWS_OPERANDS];
  bool one[LN_ROWS_OPERANDS] = {false};
  int operands = walk->operands - 1;
  for (int k = 0; k < operands; k++) in[k] = blocks->of[k];
  float *out = NULL;
  int64_t n = 0;
  while (ln_walk_next(walk)) {
    if (n == 0) out = walk->row[0];
    for (int k = 0; k < operands; k++) pack(blocks->of[k] + n, walk->row[k + 1], walk->step[k + 1], walk->length);
    n += walk->length;
    if (n + walk->length <= BLOCK) continue;
    job->rows->row(job->rows->context, out, in, one, n);
    n = 0;
  }
  if (n > 0) job->rows->row(job->rows->context, out, in, one, n);
}

/* Parts begin at whole cache lines: of a single row, as vectors across two of them take longer, and of turned operands,
 * whose lines are along the rows. */
static int64_t begin_of(const Job *job, int64_t part) {
  int64_t first = job->of * part / job->parts, unit = job->of / job->parts >= 2 * LINE ? LINE : 1;
  return part == job->parts ? job->of : first / unit * unit;
}

static void run_part(void *context, int64_t task, int worker) {
  const Job *job = context;
  int64_t part = job->backwards ? job->parts - 1 - task : task;
  Blocks blocks;
  LnWalk walk = job->walk;
  int64_t first = begin_of(job, part), end = begin_of(job, part + 1);
  (void)worker;
  if (walk.n == 0) {
    for (int k = 0; k < walk.operands; k++) walk.row[k] += first * walk.step[k];
    walk.length = end - first;
    if (walk.length > 0) run_row(job, &walk, &blocks);
    return;
  }
  ln_walk_narrow(&walk, first, end - first);
  if (walk.length < SHORT)
    run_short_rows(job, &walk, &blocks);
  else if (walk.length <= LN_WALK_PIECE && any_turned(&walk))
    run_turned_rows(job, &walk);
  else
    while (ln_walk_on(&walk)) run_row(job, &walk, &blocks);
}

/* Every other time: what the time before came to last is still in the cache then. Adding two tensors of a million
 * numbers takes 0.135 ms so, else 0.143. */
static bool backwards_now(void) {
  static atomic_uint times;
  return atomic_fetch_add(&times, 1) % 2 == 1;
}

LnStatus ln_rows_run(const LnRows *rows, LnTensor *out, int operands, const LnTensor *const *in, LnError *err) {
  const LnTensor *all[LN_WALK_OPERANDS] = {out};
  for (int k = 0; k < operands; k++) all[k + 1] = in[k];
  Job job = {.rows = rows, .walk = ln_walk(out->shape, operands + 1, all)};
  if (job.walk.empty) return LN_OK;
  job.of = job.walk.n == 0 ? job.walk.length : job.walk.left;
  job.parts = (ln_shape_count(out->shape) + PART - 1) / PART;
  if (job.parts < PARTS) job.parts = 1;
  if (job.parts > job.of) job.parts = job.of;
  job.backwards = backwards_now();
  return ln_parallel_stoppable(job.parts, run_part, &job, err);
}
