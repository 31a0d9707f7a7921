/* Matrix products, by the register tiles of the convolution kernels: a product is a convolution with one tap, whose
 * pixels are the rows of the left matrix and whose channels are columns.
 *
 * Large products are cut as in Goto, van de Geijn: Anatomy of high-performance matrix multiplication (2008): a block of
 * the right matrix is packed once, strips of rows of the left one pass by it. Small ones are dealt to the threads
 * whole. How a product is cut depends on its sizes alone, and every element is summed in one order: same bits for any
 * number of threads. (OpenBLAS, as Debian builds it for one thread, is not safe to call from several.) */
#include <inttypes.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "tensor/record.h"
#include "tensor/terms.h"

enum {
  STRIP = 192,        /* rows of the left matrix: whole tiles of every instruction set */
  DEPTH = 512,        /* columns of the left matrix, rows of the right one */
  COLUMNS = 4096,     /* of the right matrix */
  APART = DEPTH + 16, /* from one packed row to the next: not a power of two, for the cache */
  AHEAD = 16,         /* rows that are asked for before they are packed: they lie apart in memory */
  FEW = 4,            /* rows or columns for which packing does not pay */
  WIDEST = 32,        /* columns of a block that the kernel works on at a time */
};
static const int64_t TINY = 1 << 12;           /* multiply-adds up to which a product is worth no packing */
static const int64_t LARGE = (int64_t)1 << 23; /* multiply-adds from which a product is worth several threads */
static const int64_t TASK = (int64_t)1 << 20;  /* multiply-adds that are dealt together where products are small */

/* One of many matrices. */
typedef struct Matrix {
  const float *data;
  int64_t row, column; /* strides */
} Matrix;

/* left: m,k  right: k,n  y: m,n by rows; `count` of each. */
typedef struct Products {
  const LnKernels *kernels;
  int64_t m, n, k, count;
  LnTensor left, right; /* the operands with the dimensions of the batch in front; they count as no reference */
  float *y;
  float *packed; /* of the right matrix, a share of `room` floats a worker */
  int64_t room;
  float *strips;    /* STRIP x APART and STRIP x WIDEST floats a worker */
  int64_t per_task; /* small products, or elements of y, that a thread takes at once */
  /* Of the large product that is being worked on: */
  Matrix a, b;
  float *product; /* its y */
  int64_t first_column, columns, first_k, depth;
  int64_t groups, group; /* of columns, which are dealt like strips where strips are few; columns of a group */
} Products;

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

/* Matrix number i of a batch. */
static Matrix matrix_at(const LnTensor *t, int64_t i) {
  const int batch = t->shape.n - 2;
  Matrix m = {.data = t->data, .row = t->stride[batch], .column = t->stride[batch + 1]};
  for (int d = batch - 1; d >= 0; d--) {
    m.data += i % t->shape.d[d] * t->stride[d];
    i /= t->shape.d[d];
  }
  return m;
}

/* ---- Packing ---- */

#define PACK_ROWS(WIDE) \
  for (int64_t k = 0; k < depth; k++) {                                                                 \
    const float *later = b.data + least(k + AHEAD, depth - 1) * b.row;                                  \
    for (int64_t j = 0; j < WIDE; j += 16) __builtin_prefetch(later + j);                               \
    memcpy(out + k * WIDE, b.data + k * b.row, WIDE * sizeof(float));                                   \
  }

/* `depth` rows of `have` columns, as rows of `wide`; what is missing becomes zeros. */
static void pack_block(float *restrict out, Matrix b, int64_t depth, int64_t wide, int64_t have) {
  if (b.column == 1 && have == wide && wide == 32) {
    PACK_ROWS(32)
  } else if (b.column == 1 && have == wide && wide == 16) {
    PACK_ROWS(16)
  } else {
    for (int64_t k = 0; k < depth; k++, out += wide) {
      for (int64_t j = 0; j < have; j++) out[j] = b.data[k * b.row + j * b.column];
      memset(out + have, 0, (size_t)(wide - have) * sizeof(float));
    }
  }
}

static void pack_strip(float *restrict out, Matrix a, int64_t rows, int64_t depth) {
  if (a.column == 1) {
    for (int64_t i = 0; i < rows; i++) memcpy(out + i * APART, a.data + i * a.row, (size_t)depth * sizeof(float));
  } else {
    for (int64_t k = 0; k < depth; k++)
      for (int64_t i = 0; i < rows; i++) out[i * APART + k] = a.data[i * a.row + k * a.column];
  }
}

/* ---- Blocks ---- */

static int64_t block_width(const LnKernels *kernels) {
  return (int64_t)kernels->vl * kernels->conv_vectors;
}

static int64_t whole_vectors(const LnKernels *kernels, int64_t n) {
  return (n + kernels->vl - 1) / kernels->vl * kernels->vl;
}

/* Rows of a, at most STRIP, as the kernel reads them: as they lie, or packed. */
typedef struct Strip {
  const float *data;
  int64_t step, rows, depth;
} Strip;

/* Rows whose distance is a multiple of many cache lines take each other's place in the cache. */
static bool readable(Matrix a) {
  return a.column == 1 && a.row % 256 != 0;
}

static Strip strip_of(float *room, Matrix a, int64_t rows, int64_t depth) {
  if (readable(a)) return (Strip){a.data, a.row, rows, depth};
  pack_strip(room, a, rows, depth);
  return (Strip){room, APART, rows, depth};
}

static void run_strip(const Products *p, const Strip *strip, const float *packed, float *y, int64_t y_step,
                      int64_t columns, bool accumulate) {
  static const int64_t here = 0;
  p->kernels->conv(&(LnConvArgs){.taps = 1,
                                 .offset = &here,
                                 .cin = (int)strip->depth,
                                 .cout = (int)columns,
                                 .width = (int)strip->rows,
                                 .height = 1,
                                 .x = strip->data,
                                 .x_step = strip->step,
                                 .y = y,
                                 .y_step = y_step,
                                 .w = packed,
                                 .accumulate = accumulate,
                                 .far = true});
}

/* y (+)= a b for a strip of a, and `columns` columns of b, packed. The kernel writes whole vectors: where columns are
 * left over, the last block is worked out aside, in `edge`. */
static void multiply_strip(const Products *p, float *edge, const Strip *strip, const float *packed, float *y,
                           int64_t columns, bool accumulate) {
  int64_t width = block_width(p->kernels), rest = columns % p->kernels->vl == 0 ? 0 : columns % width;
  int64_t whole = columns - rest;
  if (whole > 0) run_strip(p, strip, packed, y, p->n, whole, accumulate);
  if (rest == 0) return;
  for (int64_t i = 0; i < strip->rows && accumulate; i++)
    memcpy(edge + i * WIDEST, y + i * p->n + whole, (size_t)rest * sizeof(float));
  run_strip(p, strip, packed + whole * strip->depth, edge, WIDEST, whole_vectors(p->kernels, rest), accumulate);
  for (int64_t i = 0; i < strip->rows; i++)
    memcpy(y + i * p->n + whole, edge + i * WIDEST, (size_t)rest * sizeof(float));
}

/* A worker's room for a packed strip, and behind it for an edge. */
static float *room_of(const Products *p, int worker) {
  return p->strips + (int64_t)worker * STRIP * (APART + WIDEST);
}

/* ---- Large products: all threads on one ---- */

static void pack_task(void *context, int64_t block, int worker) {
  Products *p = context;
  int64_t width = block_width(p->kernels), first = block * width, have = least(width, p->columns - first);
  Matrix b = {p->b.data + p->first_k * p->b.row + (p->first_column + first) * p->b.column, p->b.row, p->b.column};
  (void)worker;
  pack_block(p->packed + first * p->depth, b, p->depth, whole_vectors(p->kernels, have), have);
}

static void strip_task(void *context, int64_t task, int worker) {
  Products *p = context;
  int64_t first = task / p->groups * STRIP, column = task % p->groups * p->group;
  Matrix a = {p->a.data + first * p->a.row + p->first_k * p->a.column, p->a.row, p->a.column};
  float *room = room_of(p, worker);
  Strip strip = strip_of(room, a, least(STRIP, p->m - first), p->depth);
  multiply_strip(p, room + STRIP * APART, &strip, p->packed + column * p->depth,
                 p->product + first * p->n + p->first_column + column, least(p->group, p->columns - column),
                 p->first_k > 0);
}

static int64_t parts(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

static LnStatus multiply_large(Products *p, int64_t i, LnError *err) {
  int64_t width = block_width(p->kernels);
  p->a = matrix_at(&p->left, i), p->b = matrix_at(&p->right, i);
  p->product = p->y + i * p->m * p->n;
  for (p->first_column = 0; p->first_column < p->n; p->first_column += COLUMNS) {
    p->columns = least(COLUMNS, p->n - p->first_column);
    p->group = p->m < 8 * STRIP ? 8 * width : COLUMNS;
    p->groups = parts(p->columns, p->group);
    for (p->first_k = 0; p->first_k < p->k; p->first_k += DEPTH) {
      p->depth = least(DEPTH, p->k - p->first_k);
      LN_TRY(ln_parallel_stoppable(parts(p->columns, width), pack_task, p, err));
      LN_TRY(ln_parallel_stoppable(parts(p->m, STRIP) * p->groups, strip_task, p, err));
    }
  }
  return LN_OK;
}

/* ---- Small products: each on one thread ---- */

/* `depth` rows of b from row k on, in blocks of columns: packed into `room`, or b itself, where it is such a block. */
static const float *packed_rows(const Products *p, float *room, Matrix b, int64_t k, int64_t depth) {
  int64_t width = block_width(p->kernels);
  if (b.column == 1 && b.row == p->n && p->n <= width && p->n % p->kernels->vl == 0) return b.data + k * b.row;
  for (int64_t j = 0; j < p->n; j += width) {
    int64_t have = least(width, p->n - j);
    Matrix block = {b.data + k * b.row + j * b.column, b.row, b.column};
    pack_block(room + j * depth, block, depth, whole_vectors(p->kernels, have), have);
  }
  return room;
}

static void multiply_small(const Products *p, int64_t i, int worker) {
  Matrix a = matrix_at(&p->left, i), b = matrix_at(&p->right, i);
  float *room = room_of(p, worker), *y = p->y + i * p->m * p->n;
  for (int64_t k = 0; k < p->k; k += DEPTH) {
    int64_t depth = least(DEPTH, p->k - k);
    const float *packed = packed_rows(p, p->packed + worker * p->room, b, k, depth);
    for (int64_t row = 0; row < p->m; row += STRIP) {
      Matrix rows = {a.data + row * a.row + k * a.column, a.row, a.column};
      Strip strip = strip_of(room, rows, least(STRIP, p->m - row), depth);
      multiply_strip(p, room + STRIP * APART, &strip, packed, y + row * p->n, p->n, k > 0);
    }
  }
}

/* Without packing: rows of b times numbers of a, which compilers make vectors of. */
static void multiply_tiny(const Products *p, int64_t i) {
  Matrix a = matrix_at(&p->left, i), b = matrix_at(&p->right, i);
  float *restrict y = p->y + i * p->m * p->n;
  memset(y, 0, (size_t)(p->m * p->n) * sizeof(float));
  for (int64_t row = 0; row < p->m; row++, y += p->n)
    for (int64_t k = 0; k < p->k; k++) {
      const float factor = a.data[row * a.row + k * a.column], *restrict from = b.data + k * b.row;
      for (int64_t j = 0; j < p->n; j++) y[j] += factor * from[j];
    }
}

static void small_task(void *context, int64_t task, int worker) {
  const Products *p = context;
  bool tiny = p->n < p->kernels->vl && p->m * p->n * p->k <= TINY && p->right.stride[p->right.shape.n - 1] == 1;
  for (int64_t i = task * p->per_task, end = least(i + p->per_task, p->count); i < end; i++)
    if (tiny)
      multiply_tiny(p, i);
    else
      multiply_small(p, i, worker);
}

/* ---- Few rows or columns, where packing would be most of the work ---- */

/* Rows of b times numbers of a: b passes by once for each row of y. A task has columns of its own. */
static void few_rows_task(void *context, int64_t task, int worker) {
  const Products *p = context;
  int64_t tasks = parts(p->n, COLUMNS), i = task / tasks, first = task % tasks * COLUMNS;
  int64_t columns = least(COLUMNS, p->n - first);
  Matrix a = matrix_at(&p->left, i), b = matrix_at(&p->right, i);
  float *y = p->y + i * p->m * p->n + first;
  (void)worker;
  for (int64_t row = 0; row < p->m; row++) memset(y + row * p->n, 0, (size_t)columns * sizeof(float));
  for (int64_t k = 0; k < p->k && !ln_interrupted(); k++)
    for (int64_t row = 0; row < p->m; row++)
      p->kernels->add_scaled(y + row * p->n, b.data + k * b.row + first, a.data[row * a.row + k * a.column], columns);
}

/* Rows of a times columns of b, which lie in one piece each. A task has elements of y of its own. */
static void dots_task(void *context, int64_t task, int worker) {
  const Products *p = context;
  int64_t at = task * p->per_task, end = least(at + p->per_task, p->count * p->m * p->n);
  int64_t i = at / (p->m * p->n), row = at / p->n % p->m, j = at % p->n;
  Matrix a = matrix_at(&p->left, i), b = matrix_at(&p->right, i);
  (void)worker;
  for (; at < end && !ln_interrupted(); at++) {
    p->y[at] = p->kernels->dot(a.data + row * a.row, b.data + j * b.column, p->k);
    if (++j < p->n) continue;
    j = 0;
    if (++row < p->m) continue;
    row = 0, i++;
    if (at + 1 < end) a = matrix_at(&p->left, i), b = matrix_at(&p->right, i);
  }
}

/* ---- Choosing ---- */

static int64_t per_task(int64_t products) {
  return products < TASK ? TASK / products : 1;
}

static LnStatus multiply_packed(Products *p, LnError *err) {
  bool large = p->m * p->n * p->k >= LARGE || p->n > COLUMNS; /* of the products here, none is beyond int64 */
  int64_t workers = ln_threads(), strip = STRIP * (APART + WIDEST);
  p->room = least(p->k, DEPTH) * whole_vectors(p->kernels, least(p->n, COLUMNS));
  size_t floats = (size_t)(workers * strip + (large ? 1 : workers) * p->room);
  LnStatus status = LN_OK;
  p->strips = ln_alloc(floats * sizeof(float));
  if (p->strips == NULL) return ln_fail_memory(err, "matmul", floats * sizeof(float));
  p->packed = p->strips + workers * strip;
  p->per_task = per_task(p->m * p->n * p->k);
  if (!large) status = ln_parallel_stoppable(parts(p->count, p->per_task), small_task, p, err);
  for (int64_t i = 0; large && i < p->count && status == LN_OK; i++) status = multiply_large(p, i, err);
  ln_free(p->strips);
  return status;
}

static LnStatus multiply(Products *p, LnError *err) {
  const int64_t *a = &p->left.stride[p->left.shape.n - 2],
                *b = &p->right.stride[p->right.shape.n - 2]; /* row, column */
  if (p->m == 0 || p->n == 0 || p->k == 0 || p->count == 0) return LN_OK;
  if ((p->m <= FEW || p->n <= FEW) && a[1] == 1 && b[0] == 1) {
    p->per_task = per_task(p->k);
    return ln_parallel_stoppable(parts(p->count * p->m * p->n, p->per_task), dots_task, p, err);
  }
  if (p->m <= FEW && b[1] == 1) return ln_parallel_stoppable(p->count * parts(p->n, COLUMNS), few_rows_task, p, err);
  return multiply_packed(p, err);
}

/* ---- Operands ---- */

static LnStatus fail_inner(const LnTensor *a, const LnTensor *b, LnError *err) {
  int64_t rows = b->shape.d[b->shape.n > 1 ? b->shape.n - 2 : 0];
  return ln_fail(err, LN_ESHAPE,
                 "matmul: shapes %s and %s do not fit: dimension %d of the first is %" PRId64
                 ", dimension %d of the second is %" PRId64,
                 LN_SHAPE_TEXT(a->shape), LN_SHAPE_TEXT(b->shape), a->shape.n, a->shape.d[a->shape.n - 1],
                 b->shape.n > 1 ? b->shape.n - 1 : 1, rows);
}

/* A vector as the row or the column that it is taken for. No reference is counted. */
static LnTensor as_matrices(const LnTensor *t, bool row) {
  LnTensor m = *t;
  if (t->shape.n > 1) return m;
  m.shape = row ? LN_SHAPE(1, t->shape.d[0]) : LN_SHAPE(t->shape.d[0], 1);
  m.stride[0] = row ? t->shape.d[0] : t->stride[0];
  m.stride[1] = row ? t->stride[0] : 1;
  return m;
}

static LnShape batch_of(const LnTensor *t) {
  LnShape batch = t->shape;
  batch.d[batch.n - 1] = batch.d[batch.n - 2] = 0;
  batch.n -= 2;
  return batch;
}

/* Repeat t's matrices to a batch. */
static void spread(LnTensor *t, LnShape batch) {
  int own = t->shape.n - 2;
  LnTensor wide = *t;
  wide.shape.n = batch.n + 2;
  for (int d = 0; d < batch.n + 2; d++) {
    int from = d - (batch.n - own);
    bool repeated = d < batch.n && (from < 0 || t->shape.d[from] != batch.d[d]);
    wide.shape.d[d] = d < batch.n ? batch.d[d] : t->shape.d[from];
    wide.stride[d] = repeated ? 0 : t->stride[from];
  }
  *t = wide;
}

/* Matrices that lie below one another and are all multiplied by the same one are one matrix. */
static void merge_rows(Products *p) {
  for (int d = p->left.shape.n - 3; d >= 0; d--) {
    LnTensor *a = &p->left, *b = &p->right;
    int last = a->shape.n - 2;
    if (b->stride[d] != 0 || a->stride[d] != p->m * a->stride[last]) return;
    p->count /= a->shape.d[d];
    p->m *= a->shape.d[d];
    a->stride[d] = a->stride[last], a->stride[d + 1] = a->stride[last + 1];
    a->shape.d[d] = p->m, a->shape.d[d + 1] = p->k;
    b->stride[d] = b->stride[last], b->stride[d + 1] = b->stride[last + 1];
    b->shape.d[d] = p->k, b->shape.d[d + 1] = p->n;
    a->shape.n--, b->shape.n--;
  }
}

/* The shape of the result has no dimension for a vector. */
static LnStatus plan(Products *p, LnShape *shape, const LnTensor *a, const LnTensor *b, LnError *err) {
  if (a->shape.n == 0 || b->shape.n == 0)
    return ln_fail(err, LN_ESHAPE,
                   "matmul: needs vectors or matrices, got shapes %s and %s; numbers are multiplied by *",
                   LN_SHAPE_TEXT(a->shape), LN_SHAPE_TEXT(b->shape));
  *p = (Products){.kernels = ln_kernels(), .left = as_matrices(a, true), .right = as_matrices(b, false)};
  p->m = p->left.shape.d[p->left.shape.n - 2], p->k = p->left.shape.d[p->left.shape.n - 1];
  p->n = p->right.shape.d[p->right.shape.n - 1];
  if (p->right.shape.d[p->right.shape.n - 2] != p->k) return fail_inner(a, b, err);
  LnShape batch;
  if (ln_tensor_broadcast(&batch, batch_of(&p->left), batch_of(&p->right), err) != LN_OK)
    return ln_fail(err, LN_ESHAPE,
                   "matmul: shapes %s and %s do not fit: the dimensions before the last two do not broadcast",
                   LN_SHAPE_TEXT(a->shape), LN_SHAPE_TEXT(b->shape));
  spread(&p->left, batch), spread(&p->right, batch);
  p->count = ln_shape_count(batch);
  *shape = batch;
  if (a->shape.n > 1) shape->d[shape->n++] = p->m;
  if (b->shape.n > 1) shape->d[shape->n++] = p->n;
  double products = (double)p->count * (double)p->m * (double)p->n * (double)p->k;
  if (products > 0x1p60 || p->k > INT32_MAX || p->n > INT32_MAX)
    return ln_fail(err, LN_ESHAPE, "matmul: shapes %s and %s are too large", LN_SHAPE_TEXT(a->shape),
                   LN_SHAPE_TEXT(b->shape));
  return LN_OK;
}

LnTensor *ln_product(LnTerms *t, LnTensor *a, LnTensor *b) {
  LnTensor *y = NULL;
  return a == NULL || b == NULL ? NULL : ln_term(t, ln_tensor_matmul(&y, a, b, t->err), &y);
}

/* Where b is one matrix for all of a, so are the rows of a and dy: their products are summed in one. */
static LnTensor *right_gradient(LnTerms *t, LnTensor *a, LnTensor *b, LnTensor *dy) {
  if (a == NULL || b == NULL || dy == NULL) return NULL;
  if (b->shape.n == 2 && a->shape.n > 2) {
    int64_t rows = 1;
    for (int d = 0; d < a->shape.n - 1; d++) rows *= a->shape.d[d];
    a = ln_shaped(t, a, LN_SHAPE(rows, b->shape.d[0]));
    dy = ln_shaped(t, dy, LN_SHAPE(rows, b->shape.d[1]));
  }
  return ln_product(t, ln_turn(t, a), dy);
}

/* da = dy b', db = a' dy, with vectors as the matrices that they stand for. */
static LnStatus matmul_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnTensor *a = of->in[0], *b = of->in[1];
  for (int k = 0; k < 2; k++) {
    LnTerms terms = {.err = err}, *t = &terms;
    bool row = a->shape.n == 1, column = b->shape.n == 1;
    if (!ln_wanted(of, k)) continue;
    LnTensor *left = row ? ln_wider(t, a, 0) : a, *right = column ? ln_column(t, b) : b, *dy = of->dout[0];
    if (column) dy = ln_column(t, dy);
    if (row && dy != NULL) dy = ln_wider(t, dy, dy->shape.n - 1);
    LnTensor *d = k == 0 ? ln_product(t, dy, ln_turn(t, right)) : right_gradient(t, left, right, dy);
    if (d != NULL && k == 1 && column) { /* its columns of one number become numbers */
      LnShape shape = d->shape;
      shape.d[--shape.n] = 0;
      d = ln_shaped(t, d, shape);
    }
    LN_TRY(ln_terms_end(t, &din[k], d));
  }
  return LN_OK;
}

LnStatus ln_tensor_matmul(LnTensor **out, LnTensor *a, LnTensor *b, LnError *err) {
  Products p;
  LnShape shape;
  LnTensor *y = NULL;
  LN_TRY(plan(&p, &shape, a, b, err));
  LN_TRY((p.k > 0 ? ln_tensor_new_unfilled : ln_tensor_new)(&y, shape, err));
  p.y = y->data;
  merge_rows(&p);
  LnStatus status = multiply(&p, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"matmul", matmul_adjoint, LN_INPUTS(a, b)}, err);
}
