/* Reductions. Sums are in double and in an order that depends on the layout alone. */
#include <math.h>

#include "tensor/record.h"
#include "tensor/walk.h"

#define LANES 8 /* partial sums of a row: enough to keep the adders busy */

/* Sum of (x - shift)^power, power 1 or 2, over a row. */
static double row_sum(const float *x, int64_t step, int64_t n, double shift, int power) {
  double lane[LANES] = {0}, rest = 0;
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) {
      double d = x[(i + k) * step] - shift;
      lane[k] += power == 1 ? d : d * d;
    }
  for (; i < n; i++) {
    double d = x[i * step] - shift;
    rest += power == 1 ? d : d * d;
  }
  for (int k = 0; k < LANES; k++) rest += lane[k];
  return rest;
}

static bool beats(LnReduce op, float x, float best) {
  if (isnan(best)) return false;
  return isnan(x) || (op == LN_RMIN || op == LN_ARGMIN ? x < best : x > best);
}

typedef struct Extreme {
  float value;
  int64_t position; /* in element order; -1: none yet */
} Extreme;

/* The first smallest or largest element; NaN beats any number, as in NumPy. first: the position of x[0]. */
static void row_extreme(Extreme *best, LnReduce op, const float *x, int64_t step, int64_t n, int64_t first) {
  for (int64_t i = 0; i < n; i++)
    if (best->position < 0 || beats(op, x[i * step], best->value)) *best = (Extreme){x[i * step], first + i};
}

static double total(const LnTensor *a, double shift, int power) {
  double sum = 0;
  LnWalk walk = ln_walk(a->shape, 1, &a);
  while (ln_walk_on(&walk)) sum += row_sum(walk.row[0], walk.step[0], walk.length, shift, power);
  return sum;
}

static Extreme extreme(LnReduce op, const LnTensor *a) {
  Extreme best = {NAN, -1};
  int64_t position = 0;
  LnWalk walk = ln_walk(a->shape, 1, &a);
  while (ln_walk_on(&walk)) {
    row_extreme(&best, op, walk.row[0], walk.step[0], walk.length, position);
    position += walk.length;
  }
  return best;
}

double ln_tensor_reduce_all(LnReduce op, const LnTensor *a) {
  double n = (double)ln_shape_count(a->shape), variance;
  switch (op) {
    case LN_SUM: return total(a, 0, 1);
    case LN_MEAN: return total(a, 0, 1) / n;
    case LN_VAR:
    case LN_STD:
      variance = total(a, total(a, 0, 1) / n, 2) / n;
      return op == LN_VAR ? variance : sqrt(variance);
    case LN_RMIN:
    case LN_RMAX: return (double)extreme(op, a).value;
    case LN_ARGMIN:
    case LN_ARGMAX: return (double)extreme(op, a).position;
  }
  return NAN;
}

static LnStatus check_not_empty(LnReduce op, int64_t n, LnShape shape, LnError *err) {
  bool needs_one = op == LN_RMIN || op == LN_RMAX || op == LN_ARGMIN || op == LN_ARGMAX;
  if (n > 0 || !needs_one) return LN_OK;
  const char *name = op == LN_RMIN || op == LN_ARGMIN ? "min" : "max";
  return ln_fail(err, LN_ESHAPE, "%s: there are no elements to choose from in shape %s", name, LN_SHAPE_TEXT(shape));
}

/* Whether indices below n are floats. */
static LnStatus check_positions(LnReduce op, int64_t n, LnError *err) {
  if ((op != LN_ARGMIN && op != LN_ARGMAX) || n <= 1 << 24) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "%s: among %lld elements; positions are exact in float32 up to %d only",
                 op == LN_ARGMIN ? "argmin" : "argmax", (long long)n, 1 << 24);
}

/* What is left of t's shape; `line` gets the strides that reach the start of each line along dim. */
static void split_lines(LnTensor *line, const LnTensor *t, int dim) {
  *line = *t;
  for (int i = dim; i + 1 < t->shape.n; i++) {
    line->shape.d[i] = t->shape.d[i + 1];
    line->stride[i] = t->stride[i + 1];
  }
  line->shape.n--;
}

/* A result, or its gradient, of a reduction over `dim` with that dimension put back, repeated to the input's shape. */
static LnStatus repeated(LnTensor **out, LnTensor *t, LnShape shape, int dim, LnError *err) {
  LnShape kept = {.n = shape.n};
  for (int i = 0; i < shape.n; i++) kept.d[i] = dim == -1 || i == dim ? 1 : shape.d[i];
  LnTensor *same;
  LN_TRY(ln_tensor_reshape(&same, t, kept, err));
  LnStatus status = ln_tensor_expand(out, same, shape, err);
  ln_tensor_unref(same);
  return status;
}

typedef struct ReduceArgs {
  LnReduce op;
  int dim; /* -1: all */
} ReduceArgs;

/* What one element gets of its line's gradient g: x the element, r the result, m the mean of its line. */
static float share(LnReduce op, float g, float x, float r, float m, float n) {
  switch (op) {
    case LN_SUM: return g;
    case LN_MEAN: return g / n;
    case LN_VAR: return g * 2.0f * (x - m) / n;
    case LN_STD: return r == 0.0f ? 0.0f : g * (x - m) / (n * r);
    default: return x == r ? g / m : 0.0f; /* m: how many are equal to the extreme; they share it, as in PyTorch */
  }
}

/* What `share` needs besides: means, or how often the extreme occurs; NULL for sums. */
static LnStatus line_numbers(LnTensor **out, ReduceArgs args, LnTensor *x, LnTensor *r, LnError *err) {
  *out = NULL;
  if (args.op == LN_SUM || args.op == LN_MEAN) return LN_OK;
  if (args.op == LN_VAR || args.op == LN_STD) return ln_tensor_reduce(out, LN_MEAN, x, args.dim, false, err);
  LnTensor *wide, *equal = NULL;
  LN_TRY(repeated(&wide, r, x->shape, args.dim, err));
  LnStatus status = ln_tensor_binary(&equal, LN_EQ, x, wide, err);
  if (status == LN_OK) status = ln_tensor_reduce(out, LN_SUM, equal, args.dim, false, err);
  ln_tensor_unref(wide), ln_tensor_unref(equal);
  return status;
}

static LnStatus reduce_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const ReduceArgs *args = of->args;
  LnTensor *x = of->in[0], *g = NULL, *r = NULL, *numbers = NULL, *m = NULL;
  if (args->op == LN_SUM) return repeated(&din[0], of->dout[0], x->shape, args->dim, err);
  LnStatus status = repeated(&g, of->dout[0], x->shape, args->dim, err);
  if (status == LN_OK) status = repeated(&r, of->out[0], x->shape, args->dim, err);
  if (status == LN_OK) status = line_numbers(&numbers, *args, x, of->out[0], err);
  if (status == LN_OK) status = repeated(&m, numbers != NULL ? numbers : of->out[0], x->shape, args->dim, err);
  if (status == LN_OK) status = ln_tensor_new(&din[0], x->shape, err);
  if (status == LN_OK) {
    float n = (float)(args->dim == -1 ? ln_shape_count(x->shape) : x->shape.d[args->dim]);
    LnWalk walk = ln_walk(x->shape, 5, (const LnTensor *[]){din[0], g, x, r, m});
    while (ln_walk_on(&walk))
      for (int64_t i = 0; i < walk.length; i++)
        walk.row[0][i] = share(args->op, walk.row[1][i * walk.step[1]], walk.row[2][i * walk.step[2]],
                               walk.row[3][i * walk.step[3]], walk.row[4][i * walk.step[4]], n);
    status = ln_interrupt_check(err);
  }
  ln_tensor_unref(g), ln_tensor_unref(r), ln_tensor_unref(numbers), ln_tensor_unref(m);
  return status;
}

static LnStatus finish(LnTensor **out, LnTensor *y, LnReduce op, const LnTensor *a, int dim, LnError *err) {
  const ReduceArgs args = {op, dim};
  LnAdjoint *adjoint = op == LN_ARGMIN || op == LN_ARGMAX ? NULL : reduce_adjoint;
  return ln_tape_finish(out, y, &(LnOperation){"reduction", adjoint, LN_INPUTS(a), LN_ARGS(args)}, err);
}

static LnStatus reduce_to_number(LnTensor **out, LnReduce op, const LnTensor *a, bool keep, LnError *err) {
  LnShape shape = {.n = keep ? a->shape.n : 0};
  for (int i = 0; i < shape.n; i++) shape.d[i] = 1;
  LN_TRY(check_not_empty(op, ln_shape_count(a->shape), a->shape, err));
  LN_TRY(check_positions(op, ln_shape_count(a->shape), err));
  LnTensor *y;
  LN_TRY(ln_tensor_new(&y, shape, err));
  y->data[0] = (float)ln_tensor_reduce_all(op, a);
  return finish(out, y, op, a, -1, err);
}

LnStatus ln_tensor_reduce(LnTensor **out, LnReduce op, const LnTensor *a, int dim, bool keep, LnError *err) {
  if (dim == -1) return reduce_to_number(out, op, a, keep, err);
  LN_TRY(ln_tensor_check_dim(a, dim, "reduce", err));
  LnTensor start, *y;
  split_lines(&start, a, dim);
  int64_t lines = ln_shape_count(start.shape);
  LN_TRY(check_not_empty(op, lines > 0 ? a->shape.d[dim] : 1, a->shape, err));
  LN_TRY(check_positions(op, a->shape.d[dim], err));
  LnShape shape = keep ? a->shape : start.shape;
  if (keep) shape.d[dim] = 1;
  LN_TRY(ln_tensor_new(&y, shape, err));
  LnTensor result = *y, line = {.shape = LN_SHAPE(a->shape.d[dim]), .stride = {a->stride[dim]}};
  result.shape = start.shape;
  ln_tensor_set_contiguous(&result);
  LnWalk walk = ln_walk(start.shape, 2, (const LnTensor *[]){&result, &start});
  while (ln_walk_on(&walk))
    for (int64_t i = 0; i < walk.length && !ln_interrupted(); i++) {
      line.data = walk.row[1] + i * walk.step[1];
      walk.row[0][i] = (float)ln_tensor_reduce_all(op, &line);
    }
  return finish(out, y, op, a, dim, err);
}

int64_t ln_tensor_find_nonfinite(const LnTensor *a) {
  int64_t position = 0;
  LnWalk walk = ln_walk(a->shape, 1, &a);
  while (ln_walk_next(&walk)) {
    for (int64_t i = 0; i < walk.length; i++)
      if (!isfinite(walk.row[0][i * walk.step[0]])) return position + i;
    position += walk.length;
  }
  return -1;
}
