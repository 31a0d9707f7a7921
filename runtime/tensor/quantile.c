/* Medians and other quantiles: see statistics.h. Of a line, only the elements around what is asked for are put in order
 * (radix.h), unless many quantiles are. */
#include <inttypes.h>
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/lines.h"
#include "tensor/radix.h"
#include "tensor/record.h"
#include "tensor/statistics.h"
#include "tensor/tape.h"

enum { MANY = 6 }; /* quantiles for which sorting is quicker */

/* ---- Layout ---- */

static uint32_t dims_of(const LnTensor *t, uint32_t dims) {
  return dims & ((UINT32_C(1) << t->shape.n) - 1);
}

/* The order of dimensions in which those along which lines run come last. Returns how many are kept. */
static int kept_first(int order[LN_MAX_DIMS], const LnTensor *t, uint32_t dims) {
  int n = 0, kept;
  for (int i = 0; i < t->shape.n; i++)
    if ((dims >> i & 1) == 0) order[n++] = i;
  kept = n;
  for (int i = 0; i < t->shape.n; i++)
    if (dims >> i & 1) order[n++] = i;
  return kept;
}

/* t with its lines along one last dimension: a view, or a copy where several dimensions are apart in memory. */
static LnStatus lines_last(LnTensor **out, LnTensor *t, uint32_t dims, LnError *err) {
  int order[LN_MAX_DIMS], kept = kept_first(order, t, dims);
  LnTensor *plain = NULL, *moved = NULL;
  LnShape shape = {.n = kept + 1};
  shape.d[kept] = 1;
  for (int i = 0; i < t->shape.n; i++) {
    if (i < kept) shape.d[i] = t->shape.d[order[i]];
    else shape.d[kept] *= t->shape.d[order[i]];
  }
  LN_TRY(ln_tensor_detach(&plain, t, err)); /* the tape records the quantile, not how it is worked out */
  LnStatus status = ln_tensor_permute(&moved, plain, order, err);
  if (status == LN_OK) status = ln_tensor_reshape(out, moved, shape, err);
  ln_tensor_unref(plain), ln_tensor_unref(moved);
  return status;
}

/* The way back: a contiguous tensor with its lines last as one of t's shape. */
static LnStatus lines_back(LnTensor **out, LnTensor *x, const LnTensor *t, uint32_t dims, LnError *err) {
  int order[LN_MAX_DIMS], back[LN_MAX_DIMS];
  LnTensor *wide = NULL;
  LnShape shape = {.n = t->shape.n};
  kept_first(order, t, dims);
  for (int i = 0; i < t->shape.n; i++) shape.d[i] = t->shape.d[order[i]], back[order[i]] = i;
  LN_TRY(ln_tensor_reshape(&wide, x, shape, err));
  LnStatus status = ln_tensor_permute(out, wide, back, err);
  ln_tensor_unref(wide);
  return status;
}

static LnShape result_shape(const LnTensor *t, uint32_t dims, LnQuantiles how) {
  LnShape shape = {0};
  if (how.list) shape.d[shape.n++] = how.n;
  for (int i = 0; i < t->shape.n; i++)
    if ((dims >> i & 1) == 0) shape.d[shape.n++] = t->shape.d[i];
    else if (how.keep) shape.d[shape.n++] = 1;
  return shape;
}

/* The lines of x, and for each n results: these lie one behind the other, each for all lines. */
static LnLines lines_and_results(const LnTensor *x, float *results, int n) {
  int last = x->shape.n - 1;
  LnTensor y = {.shape = x->shape, .data = results};
  int64_t lines = 1;
  for (int i = last - 1; i >= 0; i--) y.stride[i] = lines, lines *= x->shape.d[i];
  y.shape.d[last] = n;
  y.stride[last] = lines;
  return ln_lines(x, &y, last);
}

/* ---- Between two elements ---- */

typedef struct Between {
  int64_t rank;  /* of the lower element */
  double share;  /* of the other one, 0 .. 1 */
} Between;

static Between between(double q, int64_t n) {
  double at = q * (double)(n - 1), rank = floor(at);
  return (Between){(int64_t)rank, at - rank};
}

static double mixed(double a, double b, double share) {
  if (share == 0 || a == b) return a;
  return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share);
}

/* ---- Values ---- */

typedef struct Job {
  LnLines lines;
  const double *q;
  int n;
  uint64_t *memory; /* of each worker: `row` numbers */
  int64_t row;
} Job;

/* Keys of a line; false if there is NaN. */
static bool fill_keys(uint32_t *keys, const float *x, int64_t n, int64_t step) {
  uint32_t greatest = 0;
  for (int64_t i = 0; i < n; i++) {
    keys[i] = ln_key_of(x[i * step], false);
    greatest = keys[i] > greatest ? keys[i] : greatest;
  }
  return greatest != LN_KEY_NAN;
}

static void select_line(const Job *job, uint32_t *keys, const float *x, float *y) {
  int64_t n = job->lines.n;
  bool sound = fill_keys(keys, x, n, job->lines.step);
  for (int k = 0; k < job->n; k++) {
    uint32_t pair[2] = {LN_KEY_NAN, LN_KEY_NAN};
    Between at = between(job->q[k], n);
    if (sound) ln_keys_select(pair, keys, keys + n, n, at.rank);
    y[k * job->lines.step_out] =
        (float)mixed((double)ln_key_value(pair[0], false), (double)ln_key_value(pair[1], false), at.share);
  }
}

static void sort_line(const Job *job, uint64_t *memory, const float *x, float *y) {
  int64_t n = job->lines.n;
  LnItems items = ln_items_in(memory, n);
  ln_items_order(&items, x, job->lines.step, false);
  bool sound = items.item[n - 1] >> 32 != LN_KEY_NAN;
  for (int k = 0; k < job->n; k++) {
    Between at = between(job->q[k], n);
    int64_t next = at.rank + 1 < n ? at.rank + 1 : at.rank;
    float a = ln_key_value((uint32_t)(items.item[at.rank] >> 32), false);
    float b = ln_key_value((uint32_t)(items.item[next] >> 32), false);
    y[k * job->lines.step_out] = sound ? (float)mixed((double)a, (double)b, at.share) : NAN;
  }
}

static void quantile_line(void *context, int64_t line, int worker) {
  const Job *job = context;
  uint64_t *memory = job->memory + worker * job->row;
  float *y;
  const float *x = ln_line(&job->lines, line, &y);
  if (job->n > MANY)
    sort_line(job, memory, x, y);
  else
    select_line(job, (uint32_t *)(void *)memory, x, y);
}

static LnStatus quantiles_of_lines(float *y, LnQuantiles how, const LnTensor *x, LnError *err) {
  Job job = {.lines = lines_and_results(x, y, how.n), .q = how.q, .n = how.n};
  int64_t n = job.lines.n;
  job.row = how.n > MANY ? ln_items_memory(n) : n;
  size_t bytes = (size_t)ln_lines_workers(&job.lines) * (size_t)job.row * sizeof *job.memory;
  job.memory = ln_alloc(bytes);
  if (job.memory == NULL) return ln_fail_memory(err, how.name, bytes);
  LnStatus status = ln_lines_run(&job.lines, quantile_line, &job, err);
  ln_free(job.memory);
  return status;
}

/* ---- Gradients ---- */

typedef struct QuantileArgs {
  uint32_t dims;
  int n;
  double q[];
} QuantileArgs;

/* Where sorting takes the element of a rank from. key: that element's. */
static int64_t place_of(const uint32_t *keys, int64_t n, uint32_t key, int64_t rank) {
  int64_t at = 0;
  for (int64_t i = 0; i < n; i++) rank -= keys[i] < key;
  for (;; at++)
    if (keys[at] == key && rank-- == 0) return at;
}

/* dx: a contiguous line. */
static void quantile_line_adjoint(float *dx, const QuantileArgs *args, const LnLines *lines, const float *x,
                                  const float *dy, uint32_t *keys) {
  int64_t n = lines->n;
  if (!fill_keys(keys, x, n, lines->step)) return;
  for (int k = 0; k < args->n && !ln_interrupted(); k++) {
    Between at = between(args->q[k], n);
    float g = dy[k * lines->step_out];
    uint32_t pair[2];
    ln_keys_select(pair, keys, keys + n, n, at.rank);
    if (ln_interrupted()) return;
    dx[place_of(keys, n, pair[0], at.rank)] += (float)(1 - at.share) * g;
    if (at.share > 0) dx[place_of(keys, n, pair[1], at.rank + 1)] += (float)at.share * g;
  }
}

static LnStatus quantile_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const QuantileArgs *args = of->args;
  LnTensor *x = NULL, *dx = NULL, *dy = NULL;
  uint32_t *keys = NULL;
  LnStatus status = lines_last(&x, of->in[0], args->dims, err);
  if (status == LN_OK) status = ln_tensor_new(&dx, x->shape, err);
  if (status == LN_OK) status = ln_tensor_as_contiguous(&dy, of->dout[0], err);
  if (status == LN_OK) {
    LnLines lines = lines_and_results(x, dy->data, args->n);
    size_t bytes = 2 * (size_t)lines.n * sizeof *keys;
    keys = ln_alloc(bytes);
    if (keys == NULL) status = ln_fail_memory(err, "gradient of a quantile", bytes);
    for (int64_t i = 0; keys != NULL && i < lines.count && !ln_interrupted(); i++) {
      float *results;
      const float *line = ln_line(&lines, i, &results);
      quantile_line_adjoint(dx->data + (results - lines.out) * lines.n, args, &lines, line, results, keys);
    }
    if (status == LN_OK) status = ln_interrupt_check(err);
  }
  if (status == LN_OK) status = lines_back(&din[0], dx, of->in[0], args->dims, err);
  ln_free(keys);
  ln_tensor_unref(x), ln_tensor_unref(dx), ln_tensor_unref(dy);
  return status;
}

/* ---- The whole operation ---- */

static LnStatus check(LnQuantiles how, const LnTensor *t, uint32_t dims, LnError *err) {
  int64_t n = 1, lines = 1;
  for (int i = 0; i < t->shape.n; i++) *(dims >> i & 1 ? &n : &lines) *= t->shape.d[i];
  for (int k = 0; k < how.n; k++)
    if (!(how.q[k] >= 0 && how.q[k] <= 1))
      return ln_fail(err, LN_EARG, "%s: a quantile is from 0 to 1, got %g", how.name, how.q[k]);
  if (n == 0 && lines > 0)
    return ln_fail(err, LN_ESHAPE, "%s: there are no elements in shape %s", how.name, LN_SHAPE_TEXT(t->shape));
  return LN_OK;
}

static LnStatus finish(LnTensor **out, LnTensor *y, LnQuantiles how, const LnTensor *t, uint32_t dims, LnError *err) {
  QuantileArgs *args;
  size_t bytes = sizeof *args + (size_t)how.n * sizeof *args->q;
  if (!ln_tensor_followed(t)) return ln_tensor_finish(out, y, err);
  args = ln_alloc(bytes);
  if (args == NULL) return ln_tensor_unref(y), ln_fail_memory(err, how.name, bytes);
  args->dims = dims, args->n = how.n;
  for (int k = 0; k < how.n; k++) args->q[k] = how.q[k];
  LnStatus status = ln_tape_finish(out, y, &(LnOperation){how.name, quantile_adjoint, LN_INPUTS(t), args, bytes}, err);
  ln_free(args);
  return status;
}

LnStatus ln_tensor_quantile(LnTensor **out, LnQuantiles how, LnTensor *t, LnError *err) {
  uint32_t dims = dims_of(t, how.dims);
  LnTensor *x = NULL, *y = NULL;
  LN_TRY(check(how, t, dims, err));
  LN_TRY(lines_last(&x, t, dims, err));
  LnStatus status = ln_tensor_new(&y, result_shape(t, dims, how), err);
  if (status == LN_OK && ln_shape_count(y->shape) > 0) status = quantiles_of_lines(y->data, how, x, err);
  ln_tensor_unref(x);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return finish(out, y, how, t, dims, err);
}
