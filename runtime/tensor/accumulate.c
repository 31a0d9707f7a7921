/* Sums and extremes of lines: see accumulate.h.
 *
 * The dimensions are parted into those that are kept and those along which lines run. Where neighbours in memory belong
 * to one line, lines are taken one by one: their rows go to the row kernels. Where neighbours belong to neighbouring
 * lines, up to WIDTH of these are worked at together: the column kernels. What lies scattered is packed before. */
#include "tensor/accumulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "tensor/axes.h"

enum {
  WIDTH = 1024,       /* lines at a time, of columns */
  SHORT = 32,         /* lines that are worked at together though their elements are neighbours */
  PACKED = 1024,      /* elements packed at a time */
  COLUMN = 128,       /* at least so many rows of columns at a time: their sums come and go once */
  PIECE = 1 << 15,    /* elements: some ten microseconds, and what stays in the first-level cache */
  MOST_PIECES = LN_ACCUMULATE_FEW, /* of a line */
};

typedef struct Job {
  const LnKernels *kernels;
  const LnAccumulation *what;
  const float *data;
  LnAxes kept, outer;      /* outer: along the lines, but for the innermost axis */
  LnAxis inner, columns;   /* the innermost axis along the lines; and the lines that are taken together */
  bool by_columns, places;
  int64_t lines;           /* results */
  int64_t rows, row;       /* of a line: how many, and their elements, at most PIECE; a column has rows of 1 */
  int64_t rows_inner;      /* rows that one run along `inner` has */
  int64_t pieces, rows_piece;
  int64_t blocks, wide;    /* of lines: their number, and into how many the columns are cut */
  int64_t per_task;        /* blocks, each of one piece */
  double *value, *place;   /* [pieces][lines] */
} Job;

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t parts(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

static bool beats(LnExtreme which, double x, double best) {
  if (isnan(best)) return false;
  return isnan(x) || (which == LN_LEAST ? x < best : x > best);
}

static void pack(float *out, const float *x, int64_t stride, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = x[i * stride];
}

/* ---- Line by line ---- */

typedef struct Result {
  double value, place; /* place: -1 before the first element */
} Result;

static void add_extreme(const Job *job, Result *result, const float *x, int64_t n, double first) {
  LnExtreme which = job->what->which;
  int64_t at = 0;
  float best = job->places ? job->kernels->extreme_place(which, x, n, &at) : job->kernels->extreme_row(which, x, n);
  if (result->place < 0 || beats(which, best, result->value)) *result = (Result){best, first + (double)at};
}

static void add_row(const Job *job, Result *result, const float *x, int64_t n, double number, double first) {
  if (job->what->extreme)
    add_extreme(job, result, x, n, first);
  else if (job->what->term == LN_TERM_FACTOR)
    result->value *= job->kernels->reduce_row(job->what->term, x, n, number);
  else
    result->value += job->kernels->reduce_row(job->what->term, x, n, number);
}

static void add_scattered_row(const Job *job, Result *result, const float *x, int64_t n, double number, double first) {
  float packed[PACKED];
  for (int64_t i = 0; i < n; i += PACKED) {
    int64_t m = least(n - i, PACKED), stride = job->inner.stride;
    pack(packed, x + i * stride, stride, m);
    add_row(job, result, packed, m, number, first + (double)i);
  }
}

static Result line_piece(const Job *job, const float *line, int64_t piece, double number) {
  Result result = {!job->what->extreme && job->what->term == LN_TERM_FACTOR ? 1 : 0, -1};
  if (job->rows == 1) {
    (job->inner.stride == 1 ? add_row : add_scattered_row)(job, &result, line, job->inner.size, number, 0);
    return result;
  }
  int64_t first = piece * job->rows_piece, last = least(first + job->rows_piece, job->rows);
  LnPlace outer = ln_place(&job->outer, first / job->rows_inner);
  int64_t part = first % job->rows_inner; /* of the run along `inner` */
  for (int64_t r = first; r < last; r++) {
    int64_t begin = part * job->row, n = least(job->row, job->inner.size - begin);
    double position = (double)(r / job->rows_inner * job->inner.size + begin);
    (job->inner.stride == 1 ? add_row : add_scattered_row)(
        job, &result, line + outer.offset + begin * job->inner.stride, n, number, position);
    if (++part < job->rows_inner) continue;
    part = 0;
    ln_place_step(&outer, &job->outer);
  }
  return result;
}

static void work_on_lines(const Job *job, int64_t piece, int64_t first, int64_t last) {
  LnPlace kept = ln_place(&job->kept, first);
  for (int64_t i = first; i < last; i++) {
    double number = job->what->numbers != NULL ? job->what->numbers[kept.out] : job->what->number;
    Result result = line_piece(job, job->data + kept.offset, piece, number);
    job->value[piece * job->lines + kept.out] = result.value;
    if (job->places) job->place[piece * job->lines + kept.out] = result.place;
    ln_place_step(&kept, &job->kept);
  }
}

/* ---- Many lines together ---- */

typedef struct Columns {
  int64_t n;
  double sum[WIDTH], number[WIDTH];
  float best[WIDTH], place[WIDTH]; /* places count from the piece's first row: exact, as rows of it are few */
} Columns;

static bool needs_numbers(const LnAccumulation *what) {
  return !what->extreme && (what->term == LN_TERM_SQUARE || what->term == LN_TERM_POWER);
}

/* out: where the columns' results go. */
static void begin_sums(const Job *job, Columns *columns, int64_t out) {
  const double *numbers = job->what->numbers, number = job->what->number;
  double begin = job->what->term == LN_TERM_FACTOR ? 1 : 0;
  for (int64_t i = 0; i < columns->n; i++) columns->sum[i] = begin;
  for (int64_t i = 0; i < columns->n && needs_numbers(job->what); i++)
    columns->number[i] = numbers != NULL ? numbers[out + i * job->columns.out] : number;
}

static void begin_extremes(const Job *job, Columns *columns, const float *x) {
  const LnAccumulation *what = job->what;
  for (int64_t i = 0; i < columns->n; i++) {
    float first = x[i * job->columns.stride];
    columns->best[i] = what->which == LN_FARTHEST ? fabsf(first) : first;
    columns->place[i] = 0;
  }
}

static void add_columns(const Job *job, Columns *columns, const float *x, int64_t rows, int64_t step, int64_t first) {
  const LnAccumulation *what = job->what;
  if (what->extreme)
    job->kernels->extreme_columns(what->which, columns->best, job->places ? columns->place : NULL, x, rows, step,
                                  columns->n, (float)first);
  else
    job->kernels->reduce_columns(what->term, columns->sum, x, rows, step, columns->n,
                                 needs_numbers(what) ? columns->number : NULL);
}

static void add_rows(const Job *job, Columns *columns, const float *x, int64_t rows, int64_t first) {
  float packed[WIDTH];
  if (job->columns.stride == 1) {
    add_columns(job, columns, x, rows, job->inner.stride, first);
    return;
  }
  for (int64_t r = 0; r < rows; r++) {
    pack(packed, x + r * job->inner.stride, job->columns.stride, columns->n);
    add_columns(job, columns, packed, 1, 0, first + r);
  }
}

static void columns_piece(const Job *job, Columns *columns, const float *x, int64_t piece) {
  int64_t first = piece * job->rows_piece, last = least(first + job->rows_piece, job->rows);
  LnPlace outer = ln_place(&job->outer, first / job->inner.size);
  int64_t along = first % job->inner.size;
  if (job->what->extreme) begin_extremes(job, columns, x + outer.offset + along * job->inner.stride);
  for (int64_t r = first; r < last;) {
    int64_t rows = least(last - r, job->inner.size - along);
    add_rows(job, columns, x + outer.offset + along * job->inner.stride, rows, r - first);
    r += rows, along = 0;
    ln_place_step(&outer, &job->outer);
  }
}

static void store_columns(const Job *job, const Columns *columns, int64_t piece, int64_t out) {
  int64_t step = job->columns.out, at = piece * job->lines + out;
  if (!job->what->extreme && step == 1)
    memcpy(job->value + at, columns->sum, (size_t)columns->n * sizeof *columns->sum);
  else
    for (int64_t i = 0; i < columns->n; i++)
      job->value[at + i * step] = job->what->extreme ? (double)columns->best[i] : columns->sum[i];
  double before = (double)(piece * job->rows_piece);
  for (int64_t i = 0; i < columns->n && job->places; i++)
    job->place[at + i * step] = before + (double)columns->place[i];
}

static void work_on_columns(const Job *job, int64_t piece, int64_t block) {
  Columns columns;
  LnPlace kept = ln_place(&job->kept, block / job->wide);
  int64_t begin = block % job->wide * WIDTH, out = kept.out + begin * job->columns.out;
  columns.n = least(WIDTH, job->columns.size - begin);
  if (!job->what->extreme) begin_sums(job, &columns, out);
  columns_piece(job, &columns, job->data + kept.offset + begin * job->columns.stride, piece);
  store_columns(job, &columns, piece, out);
}

/* ---- All of them ---- */

static void task(void *context, int64_t index, int worker) {
  const Job *job = context;
  int64_t per_piece = parts(job->blocks, job->per_task), piece = index / per_piece;
  int64_t first = index % per_piece * job->per_task, last = least(first + job->per_task, job->blocks);
  (void)worker;
  if (!job->by_columns) {
    work_on_lines(job, piece, first, last);
    return;
  }
  for (int64_t block = first; block < last; block++) work_on_columns(job, piece, block);
}

/* Part the dimensions. Places need element order along the line. */
static void part_dimensions(Job *job, const LnTensor *t, uint32_t dims) {
  int64_t out = 1;
  LnAxes over = {0}, kept = {0};
  LnAxis all[LN_MAX_DIMS];
  for (int i = t->shape.n - 1; i >= 0; i--) {
    bool keep = (dims >> i & 1) == 0;
    all[i] = (LnAxis){t->shape.d[i], t->stride[i], keep ? out : 0};
    if (keep) out *= t->shape.d[i];
  }
  for (int i = 0; i < t->shape.n; i++) ln_axes_add(dims >> i & 1 ? &over : &kept, all[i]);
  if (!job->places) ln_axes_sort(&over);
  ln_axes_sort(&kept);
  job->lines = out;
  job->inner = over.n > 0 ? over.axis[--over.n] : (LnAxis){1, 0, 0};
  job->outer = over;
  job->columns = kept.n > 0 ? kept.axis[kept.n - 1] : (LnAxis){1, 0, 0};
  bool neighbours = llabs(job->columns.stride) < llabs(job->inner.stride);
  bool narrow = job->inner.size <= SHORT && job->columns.size > job->inner.size;
  job->by_columns = kept.n > 0 && (neighbours || narrow);
  if (job->by_columns) kept.n--;
  job->kept = kept;
}

static void cut(Job *job) {
  int64_t runs = ln_axes_count(&job->outer), width = least(job->columns.size, WIDTH);
  if (!job->by_columns) width = 1;
  job->row = job->by_columns ? 1 : least(job->inner.size, PIECE);
  job->rows_inner = parts(job->inner.size, job->row);
  job->rows = runs * job->rows_inner;
  job->rows_piece = parts(PIECE, job->row * width);
  if (job->by_columns && job->rows_piece < COLUMN) job->rows_piece = COLUMN;
  if (job->rows_piece < parts(job->rows, MOST_PIECES)) job->rows_piece = parts(job->rows, MOST_PIECES);
  job->pieces = parts(job->rows, job->rows_piece);
  job->wide = parts(job->columns.size, WIDTH);
  job->blocks = job->by_columns ? ln_axes_count(&job->kept) * job->wide : job->lines;
  job->per_task = parts(PIECE, least(job->rows, job->rows_piece) * job->row * width);
}

static void join_sums(double *values, const double *more, int64_t n, bool factor) {
  if (factor)
    for (int64_t i = 0; i < n; i++) values[i] *= more[i];
  else
    for (int64_t i = 0; i < n; i++) values[i] += more[i];
}

static void join_extremes(const Job *job, double *values, double *places, int64_t first) {
  for (int64_t i = 0; i < job->lines; i++) {
    if (!beats(job->what->which, job->value[first + i], values[i])) continue;
    values[i] = job->value[first + i];
    if (places != NULL) places[i] = job->place[first + i];
  }
}

/* Put the pieces of each line together, in order. */
static void join(const Job *job, double *values, double *places) {
  const LnAccumulation *what = job->what;
  memcpy(values, job->value, (size_t)job->lines * sizeof *values);
  if (places != NULL) memcpy(places, job->place, (size_t)job->lines * sizeof *places);
  for (int64_t p = 1; p < job->pieces; p++)
    if (what->extreme)
      join_extremes(job, values, places, p * job->lines);
    else
      join_sums(values, job->value + p * job->lines, job->lines, what->term == LN_TERM_FACTOR);
}

static LnStatus run(Job *job, double *values, double *places, LnError *err) {
  double few[2][LN_ACCUMULATE_FEW], *many = NULL;
  size_t n = (size_t)(job->pieces * job->lines);
  job->value = values, job->place = places;
  if (job->pieces > 1 && n <= LN_ACCUMULATE_FEW) {
    job->value = few[0], job->place = few[1];
  } else if (job->pieces > 1) {
    many = ln_alloc(2 * n * sizeof *many);
    if (many == NULL) return ln_fail_memory(err, "partial results of a reduction", 2 * n * sizeof *many);
    job->value = many, job->place = many + n;
  }
  LnStatus status = ln_parallel_stoppable(job->pieces * parts(job->blocks, job->per_task), task, job, err);
  if (status == LN_OK && job->pieces > 1) join(job, values, places);
  ln_free(many);
  return status;
}

LnStatus ln_accumulate(double *values, double *places, const LnTensor *t, uint32_t dims, const LnAccumulation *what,
                       LnError *err) {
  Job job = {.kernels = ln_kernels(), .what = what, .data = t->data, .places = places != NULL};
  if (ln_shape_count(t->shape) > 0) {
    part_dimensions(&job, t, dims);
    cut(&job);
    return run(&job, values, places, err);
  }
  int64_t lines = 1;
  for (int i = 0; i < t->shape.n; i++)
    if ((dims >> i & 1) == 0) lines *= t->shape.d[i];
  for (int64_t i = 0; i < lines; i++) values[i] = what->term == LN_TERM_FACTOR ? 1 : 0;
  return LN_OK;
}
