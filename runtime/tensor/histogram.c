/* Counting elements: histograms, and how often whole numbers occur. See statistics.h. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "tensor/record.h"
#include "tensor/statistics.h"

enum {
  PIECE = 1 << 16,        /* elements of a task */
  LARGEST = 1 << 24,      /* count, or number of bins: float32 is exact up to there */
};

typedef struct Count {
  const float *x;
  int64_t n, bins;
  const float *edges; /* of a histogram; of whole numbers: NULL */
  double scale;       /* bins in one unit */
  int64_t *counts;    /* of each worker */
} Count;

/* By the distance from the first edge; where that was rounded to the other side of an edge, the edge decides. */
static int64_t bin_of(const Count *count, float x) {
  const float *edges = count->edges;
  int64_t bin = (int64_t)(((double)x - (double)edges[0]) * count->scale), last = count->bins - 1;
  if (bin > last) bin = last;
  if (x < edges[bin]) return bin - 1;
  return bin < last && x >= edges[bin + 1] ? bin + 1 : bin;
}

static void count_piece(void *context, int64_t index, int worker) {
  const Count *count = context;
  int64_t *counts = count->counts + worker * count->bins, last = (index + 1) * PIECE;
  if (last > count->n) last = count->n;
  for (int64_t i = index * PIECE; i < last; i++) {
    float x = count->x[i];
    if (count->edges == NULL)
      counts[(int64_t)x - 1]++;
    else if (x >= count->edges[0] && x <= count->edges[count->bins])
      counts[bin_of(count, x)]++;
  }
}

/* out: bins floats. x: contiguous. */
static LnStatus count_all(float *out, Count count, const char *name, LnError *err) {
  int64_t tasks = (count.n + PIECE - 1) / PIECE, workers = ln_threads() < tasks ? ln_threads() : tasks;
  size_t rows = workers > 0 ? (size_t)workers : 1;
  count.counts = ln_calloc(rows * (size_t)count.bins, sizeof *count.counts);
  if (count.counts == NULL) return ln_fail_memory(err, name, rows * (size_t)count.bins * sizeof *count.counts);
  LnStatus status = ln_parallel_stoppable(tasks, count_piece, &count, err);
  for (int64_t b = 0; status == LN_OK && b < count.bins; b++) {
    int64_t sum = 0;
    for (size_t k = 0; k < rows; k++) sum += count.counts[(int64_t)k * count.bins + b];
    if (sum > LARGEST)
      status =
          ln_fail(err, LN_ENUMERIC, "%s: %" PRId64 " elements in bin %" PRId64 "; counts are exact in float32 up to %d",
                  name, sum, b + 1, LARGEST);
    out[b] = (float)sum;
  }
  ln_free(count.counts);
  return status;
}

/* t's elements one after the other; *copy is to be released. */
static LnStatus elements_of(const float **x, LnTensor **copy, const LnTensor *t, LnError *err) {
  LnTensor plain = *t;
  plain.trail = NULL; /* the copy is no operation of the user's */
  *copy = NULL;
  if (!ln_tensor_contiguous(t)) LN_TRY(ln_tensor_clone(copy, &plain, err));
  *x = *copy != NULL ? (*copy)->data : t->data;
  return LN_OK;
}

/* ---- Histograms ---- */

static LnStatus complete_range(double *low, double *high, const LnTensor *t, LnError *err) {
  bool none = ln_shape_count(t->shape) == 0;
  if (*low > *high) {
    *low = none ? 0 : ln_tensor_reduce_all(LN_RMIN, t);
    *high = none ? 1 : ln_tensor_reduce_all(LN_RMAX, t);
    LN_TRY(ln_interrupt_check(err));
  }
  if (!isfinite(*low) || !isfinite(*high))
    return ln_fail(err, LN_ENUMERIC, "histogram: elements from %g to %g; both ends must be finite: give a range", *low,
                   *high);
  if (*low == *high) *low -= 0.5, *high += 0.5;
  return LN_OK;
}

LnStatus ln_tensor_histogram(LnTensor **counts, LnTensor **edges, const LnTensor *t, int64_t bins, double low,
                             double high, LnError *err) {
  LnTensor *made[2] = {NULL, NULL}, *copy = NULL;
  const float *x = NULL;
  if (bins < 1 || bins > LARGEST)
    return ln_fail(err, LN_EARG, "histogram: the number of bins must be from 1 to %d, got %" PRId64, LARGEST, bins);
  LN_TRY(complete_range(&low, &high, t, err));
  LnStatus status = ln_tensor_new(&made[0], LN_SHAPE(bins), err);
  if (status == LN_OK) status = ln_tensor_new(&made[1], LN_SHAPE(bins + 1), err);
  if (status == LN_OK) status = elements_of(&x, &copy, t, err);
  if (status == LN_OK) {
    float *edge = made[1]->data;
    for (int64_t i = 0; i <= bins; i++) edge[i] = (float)((double)i * ((high - low) / (double)bins) + low);
    edge[bins] = (float)high;
    double width = (double)edge[bins] - (double)edge[0];
    Count count = {x, ln_shape_count(t->shape), bins, edge, width > 0 ? (double)bins / width : 0, NULL};
    status = count_all(made[0]->data, count, "histogram", err);
  }
  if (status == LN_OK) status = ln_tape_record(made, 2, &(LnOperation){"histogram", NULL, LN_INPUTS(t)}, err);
  ln_tensor_unref(copy);
  if (status != LN_OK) return ln_tensor_unref(made[0]), ln_tensor_unref(made[1]), status;
  *counts = made[0], *edges = made[1];
  return LN_OK;
}

/* ---- Whole numbers ---- */

static LnStatus check_whole(int64_t *greatest, const float *x, int64_t n, LnError *err) {
  *greatest = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!(x[i] >= 1 && x[i] <= LARGEST) || x[i] != (float)(int64_t)x[i])
      return ln_fail(err, LN_ENUMERIC,
                     "bincount: element %" PRId64 " is %g; elements must be whole numbers from 1 to %d", i + 1,
                     (double)x[i], LARGEST);
    if ((int64_t)x[i] > *greatest) *greatest = (int64_t)x[i];
  }
  return LN_OK;
}

LnStatus ln_tensor_bincount(LnTensor **counts, const LnTensor *t, int64_t length, LnError *err) {
  LnTensor *y = NULL, *copy = NULL;
  const float *x = NULL;
  int64_t n = ln_shape_count(t->shape), greatest = 0;
  if (length < 0 || length > LARGEST)
    return ln_fail(err, LN_EARG, "bincount: the length must be from 0 to %d, got %" PRId64, LARGEST, length);
  LnStatus status = elements_of(&x, &copy, t, err);
  if (status == LN_OK) status = check_whole(&greatest, x, n, err);
  if (greatest > length) length = greatest;
  if (status == LN_OK) status = ln_tensor_new(&y, LN_SHAPE(length), err);
  if (status == LN_OK) status = count_all(y->data, (Count){.x = x, .n = n, .bins = length}, "bincount", err);
  ln_tensor_unref(copy);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(counts, y, &(LnOperation){"bincount", NULL, LN_INPUTS(t)}, err);
}
