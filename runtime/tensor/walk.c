/* Strided loops: see walk.h. */
#include "tensor/walk.h"

/* The stride of dimension `dim` of the walk's shape in an operand, 0 where the operand is repeated. */
static int64_t aligned_stride(const LnTensor *t, LnShape shape, int dim) {
  int own = dim - (shape.n - t->shape.n);
  return own < 0 || t->shape.d[own] == 1 ? 0 : t->stride[own];
}

/* Can dimension `dim` of the shape be walked as a continuation of the innermost-first dimension already collected? */
static bool merges(const LnWalk *walk, const int64_t stride[LN_WALK_OPERANDS], int last) {
  for (int k = 0; k < walk->operands; k++)
    if (stride[k] != walk->stride[k][last] * walk->size[last]) return false;
  return true;
}

/* All dimensions of the shape that matter, innermost first, merged where possible. */
static int collect_dims(LnWalk *walk, LnShape shape, const LnTensor *const *tensors) {
  int n = 0;
  for (int dim = shape.n - 1; dim >= 0; dim--) {
    int64_t stride[LN_WALK_OPERANDS] = {0};
    if (shape.d[dim] == 1) continue;
    for (int k = 0; k < walk->operands; k++) stride[k] = aligned_stride(tensors[k], shape, dim);
    if (n > 0 && merges(walk, stride, n - 1)) {
      walk->size[n - 1] *= shape.d[dim];
      continue;
    }
    for (int k = 0; k < walk->operands; k++) walk->stride[k][n] = stride[k];
    walk->size[n++] = shape.d[dim];
  }
  return n;
}

LnWalk ln_walk(LnShape shape, int operands, const LnTensor *const *tensors) {
  LnWalk walk = {.operands = operands, .length = 1, .left = 1, .empty = ln_shape_count(shape) == 0};
  for (int k = 0; k < operands; k++) walk.row[k] = tensors[k]->data;
  if (walk.empty) return walk;
  int n = collect_dims(&walk, shape, tensors);
  if (n == 0) return walk;
  walk.length = walk.size[0];
  for (int k = 0; k < operands; k++) walk.step[k] = walk.stride[k][0];
  walk.n = n - 1;
  for (int i = 0; i < walk.n; i++) {
    walk.size[i] = walk.size[i + 1];
    walk.left *= walk.size[i];
    for (int k = 0; k < operands; k++) walk.stride[k][i] = walk.stride[k][i + 1];
  }
  return walk;
}

void ln_walk_narrow(LnWalk *walk, int64_t first, int64_t rows) {
  walk->left = rows;
  for (int i = 0; i < walk->n; i++) {
    walk->index[i] = first % walk->size[i];
    first /= walk->size[i];
    for (int k = 0; k < walk->operands; k++) walk->row[k] += walk->stride[k][i] * walk->index[i];
  }
}

/* The piece of the row that begins `by` elements further on; false at the row's end. */
static bool next_piece(LnWalk *walk, int64_t by) {
  int64_t left = walk->after;
  if (left == 0) return false;
  for (int k = 0; k < walk->operands; k++) walk->row[k] += walk->step[k] * by;
  walk->before += by;
  walk->length = left < LN_WALK_PIECE ? left : LN_WALK_PIECE;
  walk->after = left - walk->length;
  return true;
}

/* Back to the row's beginning. */
static void rewind_row(LnWalk *walk) {
  for (int k = 0; k < walk->operands; k++) walk->row[k] -= walk->step[k] * walk->before;
  walk->after = walk->before + walk->length;
  walk->before = 0;
  next_piece(walk, 0);
}

bool ln_walk_next(LnWalk *walk) {
  if (walk->empty) return false;
  if (!walk->started) {
    walk->started = true;
    if (walk->length > LN_WALK_PIECE) rewind_row(walk);
    return true;
  }
  if (next_piece(walk, walk->length)) return true;
  if (--walk->left <= 0) return false;
  if (walk->before > 0) rewind_row(walk);
  for (int i = 0; i < walk->n; i++) {
    if (++walk->index[i] < walk->size[i]) {
      for (int k = 0; k < walk->operands; k++) walk->row[k] += walk->stride[k][i];
      return true;
    }
    walk->index[i] = 0;
    for (int k = 0; k < walk->operands; k++) walk->row[k] -= walk->stride[k][i] * (walk->size[i] - 1);
  }
  return false;
}
