/* Running sums and products, and differences, along a dimension: see order.h. Sums are in double; a long line is cut at
 * fixed places, and what lies before each of them is added up first: the same bits, whatever the number of threads. */
#include <inttypes.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "tensor/lines.h"
#include "tensor/order.h"
#include "tensor/record.h"

enum {
  TOGETHER = 64,    /* lines: each waits for its last sum, so several are worked at in turn */
  PIECE = 1 << 15,  /* elements */
};

typedef struct Scan {
  LnLines lines;     /* axes: without the innermost */
  LnAxis inner;      /* the lines that are taken together */
  bool product;
  int64_t blocks;    /* of lines, along `inner` */
  int64_t per_task;
  double *begin;     /* of one long line: what comes before each piece */
} Scan;

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* One line of n, and m lines of n beside each other. sum: what comes before. */
#define SCAN_LINE(OPERATION)                            \
  for (int64_t k = 0; k < n; k++) {                     \
    sum = sum OPERATION (double)x[k * step];            \
    y[k * step_out] = (float)sum;                       \
  }
#define SCAN_LINES(ACROSS, OUT, OPERATION)              \
  for (int64_t k = 0; k < n; k++, x += step, y += step_out) \
    for (int64_t j = 0; j < m; j++) {                   \
      sum[j] = sum[j] OPERATION (double)x[j * (ACROSS)]; \
      y[j * (OUT)] = (float)sum[j];                     \
    }

static void scan_line(const Scan *scan, const float *restrict x, float *restrict y, int64_t n, double sum) {
  int64_t step = scan->lines.step, step_out = scan->lines.step_out;
  if (scan->product) SCAN_LINE(*) else SCAN_LINE(+)
}

static void scan_lines(const Scan *scan, const float *restrict x, float *restrict y, int64_t n, int64_t m) {
  double sum[TOGETHER];
  int64_t step = scan->lines.step, step_out = scan->lines.step_out, across = scan->inner.stride, out = scan->inner.out;
  for (int64_t j = 0; j < m; j++) sum[j] = scan->product;
  if (across == 1 && out == 1) {
    if (scan->product) SCAN_LINES(1, 1, *) else SCAN_LINES(1, 1, +)
  } else {
    if (scan->product) SCAN_LINES(across, out, *) else SCAN_LINES(across, out, +)
  }
}

static void scan_blocks(void *context, int64_t index, int worker) {
  const Scan *scan = context;
  int64_t all = ln_axes_count(&scan->lines.axes) * scan->blocks, last = least((index + 1) * scan->per_task, all);
  (void)worker;
  for (int64_t i = index * scan->per_task; i < last; i++) {
    int64_t begin = i % scan->blocks * TOGETHER, m = least(TOGETHER, scan->inner.size - begin);
    float *y;
    const float *x = ln_line(&scan->lines, i / scan->blocks, &y);
    scan_lines(scan, x + begin * scan->inner.stride, y + begin * scan->inner.out, scan->lines.n, m);
  }
}

/* ---- One long line ---- */

static void total_of_piece(void *context, int64_t piece, int worker) {
  const Scan *scan = context;
  int64_t first = piece * PIECE, n = least(PIECE, scan->lines.n - first), step = scan->lines.step;
  const float *x = scan->lines.data + first * step;
  double total = scan->product;
  (void)worker;
  if (step == 1)
    total = ln_kernels()->reduce_row(scan->product ? LN_TERM_FACTOR : LN_TERM_VALUE, x, n, 0);
  else
    for (int64_t i = 0; i < n; i++) total = scan->product ? total * (double)x[i * step] : total + (double)x[i * step];
  scan->begin[piece + 1] = total;
}

static void scan_piece(void *context, int64_t piece, int worker) {
  const Scan *scan = context;
  int64_t first = piece * PIECE;
  (void)worker;
  scan_line(scan, scan->lines.data + first * scan->lines.step, scan->lines.out + first * scan->lines.step_out,
            least(PIECE, scan->lines.n - first), scan->begin[piece]);
}

static LnStatus scan_long_line(Scan *scan, LnError *err) {
  int64_t pieces = (scan->lines.n + PIECE - 1) / PIECE;
  size_t bytes = (size_t)(pieces + 1) * sizeof *scan->begin;
  scan->begin = ln_alloc(bytes);
  if (scan->begin == NULL) return ln_fail_memory(err, "running sums", bytes);
  LnStatus status = ln_parallel_stoppable(pieces, total_of_piece, scan, err);
  if (status == LN_OK) {
    scan->begin[0] = scan->product;
    for (int64_t p = 1; p <= pieces; p++)
      scan->begin[p] = scan->product ? scan->begin[p - 1] * scan->begin[p] : scan->begin[p - 1] + scan->begin[p];
    status = ln_parallel_stoppable(pieces, scan_piece, scan, err);
  }
  ln_free(scan->begin);
  return status;
}

static LnStatus scan_all(LnTensor *y, const LnTensor *t, int dim, bool product, LnError *err) {
  Scan scan = {.lines = ln_lines(t, y, dim), .inner = {1, 0, 0}, .product = product};
  if (ln_shape_count(t->shape) == 0) return LN_OK;
  if (scan.lines.count == 1 && scan.lines.n > PIECE) return scan_long_line(&scan, err);
  if (scan.lines.axes.n > 0) scan.inner = scan.lines.axes.axis[--scan.lines.axes.n];
  scan.blocks = (scan.inner.size + TOGETHER - 1) / TOGETHER;
  scan.per_task = PIECE / (least(scan.inner.size, TOGETHER) * scan.lines.n) + 1;
  int64_t tasks = (ln_axes_count(&scan.lines.axes) * scan.blocks + scan.per_task - 1) / scan.per_task;
  return ln_parallel_stoppable(tasks, scan_blocks, &scan, err);
}

/* ---- Gradients ---- */

/* A view with dimension dim turned round. */
static LnStatus turned(LnTensor **out, LnTensor *t, int dim, LnError *err) {
  int64_t n = t->shape.d[dim];
  return ln_tensor_slice(out, t, dim, n > 0 ? n - 1 : 0, n, -1, err);
}

/* dx[i] = dy[i] + dy[i + 1] + ... */
static LnStatus cumsum_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  int dim = *(const int *)of->args;
  LnTensor *back = NULL, *sums = NULL;
  LnStatus status = turned(&back, of->dout[0], dim, err);
  if (status == LN_OK) status = ln_tensor_cumsum(&sums, back, dim, err);
  if (status == LN_OK) status = turned(&din[0], sums, dim, err);
  ln_tensor_unref(back), ln_tensor_unref(sums);
  return status;
}

/* One line, all of one step: before the first zero dx[i] = sum of dy[k] y[k] for k >= i, divided by x[i]; for that zero
 * itself the products without it; behind it nothing. */
static void cumprod_line(float *dx, const float *dy, const float *x, const float *y, int64_t n, int64_t step) {
  int64_t zero = 0;
  double sum = 0, product = 1;
  while (zero < n && x[zero * step] != 0) zero++;
  for (int64_t i = zero - 1; i >= 0; i--) {
    sum += (double)dy[i * step] * (double)y[i * step];
    dx[i * step] = (float)(sum / (double)x[i * step]);
  }
  if (zero == n) return;
  if (zero > 0) product = (double)y[(zero - 1) * step];
  for (sum = product * (double)dy[zero * step]; ++zero < n && product != 0;) {
    product *= (double)x[zero * step];
    sum += product * (double)dy[zero * step];
  }
  for (zero = 0; x[zero * step] != 0;) zero++;
  dx[zero * step] = (float)sum;
}

static LnStatus cumprod_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  int dim = *(const int *)of->args;
  LnTensor *dx = NULL, *dy = NULL, *x = NULL;
  LnStatus status = ln_tensor_as_contiguous(&dy, of->dout[0], err);
  if (status == LN_OK) status = ln_tensor_as_contiguous(&x, of->in[0], err);
  if (status == LN_OK) status = ln_tensor_new(&dx, x->shape, err);
  if (status == LN_OK) {
    LnLines lines = ln_lines(dx, NULL, dim);
    for (int64_t i = 0; i < lines.count && lines.n > 0 && !ln_interrupted(); i++) {
      int64_t at = ln_line(&lines, i, NULL) - lines.data;
      cumprod_line(dx->data + at, dy->data + at, x->data + at, of->out[0]->data + at, lines.n, lines.step);
    }
    din[0] = dx;
    status = ln_interrupt_check(err);
  }
  ln_tensor_unref(dy), ln_tensor_unref(x);
  return status;
}

/* ---- Whole operations ---- */

static LnStatus scan(LnTensor **out, const LnTensor *t, int dim, bool product, LnError *err) {
  const char *name = product ? "cumprod" : "cumsum";
  LnTensor *y;
  LN_TRY(ln_tensor_check_dim(t, dim, name, err));
  LN_TRY(ln_tensor_new(&y, t->shape, err));
  LnStatus status = scan_all(y, t, dim, product, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  LnAdjoint *adjoint = product ? cumprod_adjoint : cumsum_adjoint;
  return ln_tape_finish(out, y, &(LnOperation){name, adjoint, LN_INPUTS(t), LN_ARGS(dim)}, err);
}

LnStatus ln_tensor_cumsum(LnTensor **out, const LnTensor *t, int dim, LnError *err) {
  return scan(out, t, dim, false, err);
}

LnStatus ln_tensor_cumprod(LnTensor **out, const LnTensor *t, int dim, LnError *err) {
  return scan(out, t, dim, true, err);
}

static LnStatus difference(LnTensor **out, LnTensor *t, int dim, LnError *err) {
  LnTensor *later = NULL, *earlier = NULL;
  int64_t n = t->shape.d[dim];
  LnStatus status = ln_tensor_slice(&later, t, dim, n > 0, n > 0 ? n - 1 : 0, 1, err);
  if (status == LN_OK) status = ln_tensor_slice(&earlier, t, dim, 0, n > 0 ? n - 1 : 0, 1, err);
  if (status == LN_OK) status = ln_tensor_binary(out, LN_SUB, later, earlier, err);
  ln_tensor_unref(later), ln_tensor_unref(earlier);
  return status;
}

LnStatus ln_tensor_diff(LnTensor **out, LnTensor *t, int64_t times, int dim, LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, dim, "diff", err));
  if (times < 0) return ln_fail(err, LN_EARG, "diff: %" PRId64 " times; at least 0 are possible", times);
  LnTensor *made = ln_tensor_ref(t);
  for (int64_t i = 0; i < times && (i == 0 || made->shape.d[dim] > 0); i++) {
    LnTensor *less = NULL;
    LnStatus status = difference(&less, made, dim, err);
    ln_tensor_unref(made);
    if (status != LN_OK) return status;
    made = less;
  }
  *out = made;
  return LN_OK;
}
