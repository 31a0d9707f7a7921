/* Arrangements: see layout.h. Most are put together from views (view.c), which are recorded and have adjoints. */
#include "tensor/layout.h"

#include <inttypes.h>

#include "base/memory.h"
#include "tensor/record.h"

/* A step of several: *t, a reference, gives way to `next`, which was made from it; on failure only *t goes. */
static LnStatus step(LnTensor **t, LnTensor *next, LnStatus status) {
  ln_tensor_unref(*t);
  *t = status == LN_OK ? next : NULL;
  return status;
}

LnStatus ln_tensor_squeeze(LnTensor **out, LnTensor *t, const LnDims *dims, LnError *err) {
  bool drop[LN_MAX_DIMS] = {false};
  for (int i = 0; i < t->shape.n; i++) drop[i] = dims == NULL && t->shape.d[i] == 1;
  for (int k = 0; dims != NULL && k < dims->n; k++) {
    LN_TRY(ln_tensor_check_dim(t, dims->d[k], "squeeze", err));
    if (t->shape.d[dims->d[k]] != 1)
      return ln_fail(err, LN_ESHAPE, "squeeze: dimension %d of shape %s has size %" PRId64 ", not 1", dims->d[k] + 1,
                     LN_SHAPE_TEXT(t->shape), t->shape.d[dims->d[k]]);
    drop[dims->d[k]] = true;
  }
  LnShape shape = {0};
  for (int i = 0; i < t->shape.n; i++)
    if (!drop[i]) shape.d[shape.n++] = t->shape.d[i];
  return ln_tensor_reshape(out, t, shape, err);
}

LnStatus ln_tensor_unsqueeze(LnTensor **out, LnTensor *t, int dim, LnError *err) {
  if (t->shape.n == LN_MAX_DIMS)
    return ln_fail(err, LN_ESHAPE, "unsqueeze: shape %s has %d dimensions already, the most there can be",
                   LN_SHAPE_TEXT(t->shape), LN_MAX_DIMS);
  if (dim < 0 || dim > t->shape.n)
    return ln_fail(err, LN_EARG, "unsqueeze: the new dimension of shape %s must be 1..%d, got %d",
                   LN_SHAPE_TEXT(t->shape), t->shape.n + 1, dim + 1);
  LnShape shape = {.n = t->shape.n + 1};
  for (int i = 0; i < shape.n; i++) shape.d[i] = i == dim ? 1 : t->shape.d[i < dim ? i : i - 1];
  return ln_tensor_reshape(out, t, shape, err);
}

LnStatus ln_tensor_flatten(LnTensor **out, LnTensor *t, int first, int last, LnError *err) {
  if (t->shape.n == 0) return ln_tensor_reshape(out, t, LN_SHAPE(1), err);
  LN_TRY(ln_tensor_check_dim(t, first, "flatten", err));
  LN_TRY(ln_tensor_check_dim(t, last, "flatten", err));
  if (first > last)
    return ln_fail(err, LN_EARG, "flatten: dimension %d comes after %d", first + 1, last + 1);
  LnShape shape = {0};
  for (int i = 0; i < t->shape.n; i++) {
    if (i > first && i <= last)
      shape.d[shape.n - 1] *= t->shape.d[i];
    else
      shape.d[shape.n++] = t->shape.d[i];
  }
  return ln_tensor_reshape(out, t, shape, err);
}

LnStatus ln_tensor_flip(LnTensor **out, LnTensor *t, const LnDims *dims, LnError *err) {
  LnTensor *view = ln_tensor_ref(t), *next = NULL;
  for (int k = 0; k < dims->n; k++) {
    int dim = dims->d[k];
    LnStatus status = ln_tensor_check_dim(t, dim, "flip", err);
    int64_t size = status == LN_OK ? t->shape.d[dim] : 0;
    if (status == LN_OK) status = ln_tensor_slice(&next, view, dim, size > 0 ? size - 1 : 0, size, -1, err);
    LN_TRY(step(&view, next, status));
  }
  *out = view;
  return LN_OK;
}

static LnStatus exchange(LnTensor **out, LnTensor *t, int a, int b, LnError *err) {
  int dims[LN_MAX_DIMS];
  for (int i = 0; i < t->shape.n; i++) dims[i] = i == a ? b : i == b ? a : i;
  return ln_tensor_permute(out, t, dims, err);
}

LnStatus ln_tensor_rot90(LnTensor **out, LnTensor *t, int64_t turns, int from, int to, LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, from, "rot90", err));
  LN_TRY(ln_tensor_check_dim(t, to, "rot90", err));
  if (from == to) return ln_fail(err, LN_EARG, "rot90: turns dimension %d towards itself", from + 1);
  const LnDims both = {2, {from, to}}, last = {1, {to}};
  LnTensor *view, *next = NULL;
  switch (turns & 3) {
    case 0: return ln_tensor_flip(out, t, &(LnDims){0}, err);
    case 2: return ln_tensor_flip(out, t, &both, err);
    case 1: {
      LN_TRY(ln_tensor_flip(&view, t, &last, err));
      LnStatus status = exchange(&next, view, from, to, err);
      LN_TRY(step(&view, next, status));
      break;
    }
    default: {
      LN_TRY(exchange(&view, t, from, to, err));
      LnStatus status = ln_tensor_flip(&next, view, &last, err);
      LN_TRY(step(&view, next, status));
    }
  }
  *out = view;
  return LN_OK;
}

LnStatus ln_tensor_movedim(LnTensor **out, LnTensor *t, const LnDims *from, const LnDims *to, LnError *err) {
  int order[LN_MAX_DIMS];
  bool moved[LN_MAX_DIMS] = {false}, taken[LN_MAX_DIMS] = {false};
  if (from->n != to->n)
    return ln_fail(err, LN_EARG, "movedim: %d dimensions to move, %d places for them", from->n, to->n);
  for (int k = 0; k < from->n; k++) {
    LN_TRY(ln_tensor_check_dim(t, from->d[k], "movedim", err));
    LN_TRY(ln_tensor_check_dim(t, to->d[k], "movedim", err));
    if (moved[from->d[k]] || taken[to->d[k]])
      return ln_fail(err, LN_EARG, "movedim: dimension %d is named twice", (moved[from->d[k]] ? from : to)->d[k] + 1);
    moved[from->d[k]] = taken[to->d[k]] = true;
    order[to->d[k]] = from->d[k];
  }
  for (int i = 0, next = 0; i < t->shape.n; i++) {
    if (taken[i]) continue;
    while (moved[next]) next++;
    order[i] = next++;
  }
  return ln_tensor_permute(out, t, order, err);
}

LnStatus ln_tensor_stack(LnTensor **out, LnTensor *const *list, int n, int dim, LnError *err) {
  if (n < 1) return ln_fail(err, LN_EARG, "stack: needs at least one tensor");
  for (int k = 1; k < n; k++)
    if (!ln_shape_equal(list[k]->shape, list[0]->shape))
      return ln_fail(err, LN_ESHAPE, "stack: tensor %d has shape %s, tensor 1 has %s: they must be the same", k + 1,
                     LN_SHAPE_TEXT(list[k]->shape), LN_SHAPE_TEXT(list[0]->shape));
  if (dim < 0 || dim > list[0]->shape.n || list[0]->shape.n == LN_MAX_DIMS)
    return ln_fail(err, LN_EARG, "stack: no new dimension %d in front of, between or behind those of shape %s", dim + 1,
                   LN_SHAPE_TEXT(list[0]->shape));
  LnTensor **views = ln_calloc((size_t)n, sizeof *views);
  if (views == NULL) return ln_fail_memory(err, "stack", (size_t)n * sizeof *views);
  LnStatus status = LN_OK;
  for (int k = 0; status == LN_OK && k < n; k++) status = ln_tensor_unsqueeze(&views[k], list[k], dim, err);
  if (status == LN_OK) status = ln_tensor_concat(out, views, n, dim, err);
  for (int k = 0; k < n; k++) ln_tensor_unref(views[k]);
  ln_free(views);
  return status;
}

/* shift: 0 .. size-1 */
static LnStatus roll_dim(LnTensor **out, LnTensor *t, int64_t shift, int dim, LnError *err) {
  int64_t size = t->shape.d[dim];
  LnTensor *part[2] = {NULL, NULL};
  LnStatus status = ln_tensor_slice(&part[0], t, dim, size - shift, shift, 1, err);
  if (status == LN_OK) status = ln_tensor_slice(&part[1], t, dim, 0, size - shift, 1, err);
  if (status == LN_OK) status = ln_tensor_concat(out, part, 2, dim, err);
  ln_tensor_unref(part[0]), ln_tensor_unref(part[1]);
  return status;
}

LnStatus ln_tensor_roll(LnTensor **out, LnTensor *t, int64_t shift, int dim, LnError *err) {
  if (dim != -1) LN_TRY(ln_tensor_check_dim(t, dim, "roll", err));
  int64_t size = dim == -1 ? ln_shape_count(t->shape) : t->shape.d[dim];
  shift = size == 0 ? 0 : (shift % size + size) % size;
  if (dim != -1) return roll_dim(out, t, shift, dim, err);
  LnTensor *line, *next = NULL;
  LN_TRY(ln_tensor_reshape(&line, t, LN_SHAPE(size), err));
  LnStatus made = roll_dim(&next, line, shift, 0, err);
  LN_TRY(step(&line, next, made));
  LnStatus status = ln_tensor_reshape(out, line, t->shape, err);
  ln_tensor_unref(line);
  return status;
}

/* Dimension dim `times` times, the whole of it (each = false) or every entry: outer,size,inner with a dimension of 1 in
 * front of or behind the size is expanded, and made one with it. */
static LnStatus repeat_dim(LnTensor **out, LnTensor *t, int64_t times, int dim, bool each, const char *what,
                           LnError *err) {
  const int64_t size = t->shape.d[dim];
  int64_t outer = 1, inner = 1, count;
  LnShape shape = t->shape;
  if (times < 0) return ln_fail(err, LN_EARG, "%s: %" PRId64 " times along dimension %d", what, times, dim + 1);
  if (__builtin_mul_overflow(size, times, &shape.d[dim])) shape.d[dim] = INT64_MAX;
  LN_TRY(ln_tensor_check_shape(&count, shape, what, err));
  for (int i = 0; i < dim; i++) outer *= shape.d[i];
  for (int i = dim + 1; i < shape.n; i++) inner *= shape.d[i];
  LnTensor *y, *next = NULL;
  LN_TRY(ln_tensor_reshape(&y, t, each ? LN_SHAPE(outer, size, 1, inner) : LN_SHAPE(outer, 1, size, inner), err));
  LnStatus status =
      ln_tensor_expand(&next, y, each ? LN_SHAPE(outer, size, times, inner) : LN_SHAPE(outer, times, size, inner), err);
  LN_TRY(step(&y, next, status));
  status = ln_tensor_reshape(&next, y, shape, err);
  LN_TRY(step(&y, next, status));
  *out = y;
  return LN_OK;
}

/* *y, a reference, made from t without a copy so far gives way to one. */
static LnStatus own(LnTensor **y, const LnTensor *t, LnError *err) {
  LnTensor *copy = NULL;
  if (!ln_tensor_same_storage(*y, t)) return LN_OK;
  LnStatus status = ln_tensor_clone(&copy, *y, err);
  return step(y, copy, status);
}

LnStatus ln_tensor_tile(LnTensor **out, LnTensor *t, LnShape times, LnError *err) {
  LnShape shape = t->shape;
  for (; shape.n < times.n; shape.n++) { /* dimensions of 1 in front */
    for (int i = shape.n; i > 0; i--) shape.d[i] = shape.d[i - 1];
    shape.d[0] = 1;
  }
  LnTensor *y, *next = NULL;
  LN_TRY(ln_tensor_reshape(&y, t, shape, err));
  for (int i = 0; i < times.n; i++) {
    int dim = shape.n - times.n + i;
    if (times.d[i] == 1) continue;
    LnStatus status = repeat_dim(&next, y, times.d[i], dim, false, "tile", err);
    LN_TRY(step(&y, next, status));
  }
  LN_TRY(own(&y, t, err));
  *out = y;
  return LN_OK;
}

LnStatus ln_tensor_repeat(LnTensor **out, LnTensor *t, int64_t times, int dim, LnError *err) {
  LnTensor *y;
  LN_TRY(ln_tensor_check_dim(t, dim, "repeat_interleave", err));
  LN_TRY(repeat_dim(&y, t, times, dim, true, "repeat_interleave", err));
  LN_TRY(own(&y, t, err));
  *out = y;
  return LN_OK;
}

typedef struct Diagonal {
  int64_t offset;
  int a, b;
} Diagonal;

static LnStatus diagonal_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const Diagonal *args = of->args;
  LnTensor *place;
  LN_TRY(ln_tensor_new(&din[0], of->in[0]->shape, err));
  LN_TRY(ln_tensor_diagonal(&place, din[0], args->offset, args->a, args->b, err));
  LnStatus status = ln_tensor_copy(place, of->dout[0], err);
  ln_tensor_unref(place);
  return status;
}

LnStatus ln_tensor_diagonal(LnTensor **out, LnTensor *t, int64_t offset, int a, int b, LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, a, "diagonal", err));
  LN_TRY(ln_tensor_check_dim(t, b, "diagonal", err));
  if (a == b) return ln_fail(err, LN_EARG, "diagonal: dimension %d with itself", a + 1);
  int64_t rows = t->shape.d[a], columns = t->shape.d[b];
  if (offset < -rows) offset = -rows;
  if (offset > columns) offset = columns;
  int64_t down = offset < 0 ? -offset : 0, right = offset > 0 ? offset : 0;
  int64_t n = rows - down < columns - right ? rows - down : columns - right;
  LnTensor *view;
  LN_TRY(ln_tensor_view_of(&view, t, err));
  if (n > 0) view->data += down * t->stride[a] + right * t->stride[b];
  int k = 0;
  for (int i = 0; i < t->shape.n; i++) {
    if (i == a || i == b) continue;
    view->shape.d[k] = t->shape.d[i];
    view->stride[k++] = t->stride[i];
  }
  view->shape.d[k] = n;
  view->stride[k++] = t->stride[a] + t->stride[b];
  view->shape.n = k;
  for (; k < LN_MAX_DIMS; k++) view->shape.d[k] = 0;
  const Diagonal args = {offset, a, b};
  return ln_tape_finish(out, view, &(LnOperation){"diagonal", diagonal_adjoint, LN_INPUTS(t), LN_ARGS(args)}, err);
}

static LnStatus diag_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  return ln_tensor_diagonal(&din[0], of->dout[0], *(const int64_t *)of->args, 0, 1, err);
}

LnStatus ln_tensor_diag(LnTensor **out, LnTensor *t, int64_t offset, LnError *err) {
  if (t->shape.n != 1)
    return ln_fail(err, LN_ESHAPE, "diag: needs a vector, got shape %s", LN_SHAPE_TEXT(t->shape));
  int64_t n = t->shape.d[0], size;
  if (offset == INT64_MIN || __builtin_add_overflow(n, offset < 0 ? -offset : offset, &size)) size = INT64_MAX;
  LnTensor *y, *line = NULL, *plain = NULL;
  LN_TRY(ln_tensor_new(&y, LN_SHAPE(size, size), err));
  LnStatus status = ln_tensor_diagonal(&line, y, offset, 0, 1, err);
  if (status == LN_OK) status = ln_tensor_view_of(&plain, t, err); /* copying from what is followed is an error */
  if (status == LN_OK) status = ln_tensor_copy(line, plain, err);
  ln_tensor_unref(line), ln_tensor_unref(plain);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  y->mask = t->mask;
  return ln_tape_finish(out, y, &(LnOperation){"diag", diag_adjoint, LN_INPUTS(t), LN_ARGS(offset)}, err);
}

typedef struct Triangle {
  int64_t offset;
  bool upper;
} Triangle;

static LnStatus triangle_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const Triangle *args = of->args;
  return ln_tensor_triangle(&din[0], of->dout[0], args->offset, args->upper, err);
}

LnStatus ln_tensor_triangle(LnTensor **out, LnTensor *t, int64_t offset, bool upper, LnError *err) {
  const char *what = upper ? "triu" : "tril";
  if (t->shape.n < 2)
    return ln_fail(err, LN_ESHAPE, "%s: needs at least two dimensions, got shape %s", what, LN_SHAPE_TEXT(t->shape));
  LnTensor *y;
  LN_TRY(ln_tensor_clone_as(&y, t, t->shape, err));
  int64_t columns = t->shape.d[t->shape.n - 1], rows = t->shape.d[t->shape.n - 2], n = ln_shape_count(t->shape);
  int64_t limit = offset < -rows ? -rows : offset > columns ? columns : offset; /* no matter how far outside */
  for (int64_t i = 0; n > 0 && i < n / columns; i++) {
    int64_t edge = i % rows + limit + (upper ? 0 : 1); /* upper: the first that stays; else the first that goes */
    edge = edge < 0 ? 0 : edge > columns ? columns : edge;
    float *row = y->data + i * columns;
    for (int64_t j = upper ? 0 : edge; j < (upper ? edge : columns); j++) row[j] = 0;
  }
  y->mask = t->mask;
  const Triangle args = {offset, upper};
  return ln_tape_finish(out, y, &(LnOperation){what, triangle_adjoint, LN_INPUTS(t), LN_ARGS(args)}, err);
}

LnStatus ln_tensor_meshgrid(LnTensor **out, LnTensor *const *list, int n, int k, bool xy, LnError *err) {
  LnShape grid = {.n = n}, own = {.n = n};
  if (n > LN_MAX_DIMS)
    return ln_fail(err, LN_EARG, "meshgrid: %d vectors, at most %d are possible", n, LN_MAX_DIMS);
  for (int i = 0; i < n; i++) {
    int dim = xy && n > 1 && i < 2 ? 1 - i : i;
    if (list[i]->shape.n != 1)
      return ln_fail(err, LN_ESHAPE, "meshgrid: argument %d must be a vector, got shape %s", i + 1,
                     LN_SHAPE_TEXT(list[i]->shape));
    grid.d[dim] = list[i]->shape.d[0];
    own.d[dim] = i == k ? list[i]->shape.d[0] : 1;
  }
  LnTensor *t, *next = NULL;
  LN_TRY(ln_tensor_reshape(&t, list[k], own, err));
  LnStatus made = ln_tensor_expand(&next, t, grid, err);
  LN_TRY(step(&t, next, made));
  LnStatus status = ln_tensor_clone(out, t, err);
  ln_tensor_unref(t);
  return status;
}
