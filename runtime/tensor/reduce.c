/* Reductions: what is accumulated for each (accumulate.h), what is made of it, and their gradients. */
#include "tensor/reduce.h"

#include <math.h>

#include "base/memory.h"
#include "tensor/accumulate.h"
#include "tensor/record.h"
#include "tensor/walk.h"

static const char *const names[] = {
    [LN_SUM] = "sum",     [LN_MEAN] = "mean",     [LN_VAR] = "var",       [LN_STD] = "std",   [LN_RMIN] = "min",
    [LN_RMAX] = "max",    [LN_ARGMIN] = "argmin", [LN_ARGMAX] = "argmax", [LN_PROD] = "prod", [LN_NORM] = "norm",
    [LN_ANY] = "any",     [LN_ALL] = "all",       [LN_COUNT] = "count_nonzero",
};

static bool is_position(LnReduce op) {
  return op == LN_ARGMIN || op == LN_ARGMAX;
}

/* ---- Values ---- */

static LnAccumulation accumulation_of(LnReduction how) {
  switch (how.op) {
    case LN_RMIN:
    case LN_ARGMIN: return (LnAccumulation){.extreme = true, .which = LN_LEAST};
    case LN_RMAX:
    case LN_ARGMAX: return (LnAccumulation){.extreme = true, .which = LN_GREATEST};
    case LN_PROD: return (LnAccumulation){.term = LN_TERM_FACTOR};
    case LN_ANY:
    case LN_ALL:
    case LN_COUNT: return (LnAccumulation){.term = LN_TERM_NONZERO};
    case LN_NORM:
      if (isinf(how.order)) return (LnAccumulation){.extreme = true, .which = LN_FARTHEST};
      if (how.order == 1) return (LnAccumulation){.term = LN_TERM_MAGNITUDE};
      if (how.order == 2) return (LnAccumulation){.term = LN_TERM_SQUARE};
      return (LnAccumulation){.term = LN_TERM_POWER, .number = how.order};
    default: return (LnAccumulation){.term = LN_TERM_VALUE};
  }
}

/* The result out of what was accumulated over n elements. */
static double finished(LnReduction how, double value, double n) {
  switch (how.op) {
    case LN_MEAN: return value / n;
    case LN_VAR: return value / fmax(n - how.unbiased, 0);
    case LN_STD: return sqrt(value / fmax(n - how.unbiased, 0));
    case LN_NORM:
      return how.order == 2 ? sqrt(value) : how.order == 1 || isinf(how.order) ? value : pow(value, 1 / how.order);
    case LN_ANY: return value > 0;
    case LN_ALL: return value == n;
    default: return value;
  }
}

/* Elements of a line, and lines. */
static int64_t line_length(LnShape shape, uint32_t dims, int64_t *lines) {
  int64_t n = 1;
  *lines = 1;
  for (int i = 0; i < shape.n; i++) *(dims >> i & 1 ? &n : lines) *= shape.d[i];
  return n;
}

/* values: room for two numbers a line. */
static LnStatus reduce_lines(double *values, LnReduction how, const LnTensor *a, LnError *err) {
  int64_t lines, n = line_length(a->shape, how.dims, &lines);
  double *more = values + lines;
  LnAccumulation what = accumulation_of(how);
  if (is_position(how.op)) {
    LN_TRY(ln_accumulate(more, values, a, how.dims, &what, err));
    for (int64_t i = 0; i < lines; i++) values[i] += 1;
    return LN_OK;
  }
  if (how.op == LN_VAR || how.op == LN_STD) {
    LN_TRY(ln_accumulate(more, NULL, a, how.dims, &what, err));
    for (int64_t i = 0; i < lines; i++) more[i] /= (double)n;
    what = (LnAccumulation){.term = LN_TERM_SQUARE, .numbers = more};
  }
  LN_TRY(ln_accumulate(values, NULL, a, how.dims, &what, err));
  for (int64_t i = 0; i < lines; i++) values[i] = finished(how, values[i], (double)n);
  return LN_OK;
}

/* ---- What is possible ---- */

static LnStatus check(LnReduction how, const LnTensor *a, bool as_number, LnError *err) {
  const char *name = names[how.op];
  int64_t lines, n = line_length(a->shape, how.dims, &lines);
  bool extreme = accumulation_of(how).extreme, counts = is_position(how.op) || how.op == LN_COUNT;
  if (how.op == LN_NORM && !(how.order > 0))
    return ln_fail(err, LN_EARG, "norm: the order must be above 0, got %g", how.order);
  if (n == 0 && lines > 0 && extreme)
    return ln_fail(err, LN_ESHAPE, "%s: there are no elements to choose from in shape %s", name,
                   LN_SHAPE_TEXT(a->shape));
  if (counts && !as_number && n > 1 << 24)
    return ln_fail(err, LN_ESHAPE, "%s: among %lld elements; positions and counts are exact in float32 up to %d only",
                   name, (long long)n, 1 << 24);
  return LN_OK;
}

static LnShape reduced_shape(LnShape shape, uint32_t dims, bool keep) {
  LnShape result = {0};
  for (int i = 0; i < shape.n; i++)
    if ((dims >> i & 1) == 0)
      result.d[result.n++] = shape.d[i];
    else if (keep)
      result.d[result.n++] = 1;
  return result;
}

/* ---- Gradients ---- */

/* A result, or its gradient, with the dimensions put back, repeated to the input's shape. */
static LnStatus repeated(LnTensor **out, LnTensor *t, LnShape shape, uint32_t dims, LnError *err) {
  LnTensor *same;
  LN_TRY(ln_tensor_reshape(&same, t, reduced_shape(shape, dims, true), err));
  LnStatus status = ln_tensor_expand(out, same, shape, err);
  ln_tensor_unref(same);
  return status;
}

/* One element: of the gradient g of its line's result r. m: what line_numbers gives, n: the elements of a line. */
typedef struct Element {
  float g, x, r, m, n;
} Element;

static float norm_share(LnReduction how, Element e) {
  float sign = (float)((e.x > 0) - (e.x < 0));
  if (e.r == 0 || e.x == 0) return 0;
  if (how.order == 1) return e.g * sign;
  if (how.order == 2) return e.g * (e.x / e.r);
  if (isinf(how.order)) return fabsf(e.x) == e.r ? e.g * sign / e.m : 0;
  return e.g * sign * powf(fabsf(e.x) / e.r, (float)how.order - 1);
}

static float share(LnReduction how, Element e) {
  switch (how.op) {
    case LN_VAR: return e.g * 2 * (e.x - e.m) / (e.n - how.unbiased);
    case LN_STD: return e.r == 0 ? 0 : e.g * (e.x - e.m) / (e.r * (e.n - how.unbiased));
    case LN_RMIN:
    case LN_RMAX: return e.x == e.r || (isnan(e.x) && isnan(e.r)) ? e.g / e.m : 0;
    case LN_NORM: return norm_share(how, e);
    case LN_PROD: return e.x == 0 ? e.g * e.m : e.g * e.r / e.x;
    default: return e.g;
  }
}

/* marks = 1 where an element is its line's extreme; a NULL r: where it is zero. */
static LnStatus mark(LnTensor **marks, LnTensor *x, LnTensor *r, bool magnitude, LnError *err) {
  LN_TRY(ln_tensor_new(marks, x->shape, err));
  LnWalk walk = ln_walk(x->shape, 3, (const LnTensor *[]){*marks, x, r});
  while (ln_walk_on(&walk))
    for (int64_t i = 0; i < walk.length; i++) {
      float value = walk.row[1][i * walk.step[1]], extreme = walk.row[2][i * walk.step[2]];
      if (magnitude) value = fabsf(value);
      walk.row[0][i] = value == extreme || (isnan(value) && isnan(extreme));
    }
  return LN_OK;
}

/* How often the extreme r occurs in each line. */
static LnStatus count_extremes(LnTensor **out, LnReduction how, LnTensor *x, LnTensor *r, LnError *err) {
  LnTensor *wide, *marks = NULL;
  LN_TRY(repeated(&wide, r, x->shape, how.dims, err));
  LnStatus status = mark(&marks, x, wide, how.op == LN_NORM, err);
  if (status == LN_OK) status = ln_tensor_reduce_over(out, (LnReduction){LN_SUM, .dims = how.dims}, marks, err);
  ln_tensor_unref(wide), ln_tensor_unref(marks);
  return status;
}

/* Of lines with one zero, the product of the others; else zero. */
static LnStatus product_of_others(LnTensor **out, LnReduction how, LnTensor *x, LnError *err) {
  LnTensor *ones = NULL, *count = NULL, *product = NULL;
  LnStatus status = ln_tensor_new(&ones, x->shape, err);
  if (status == LN_OK) {
    LnWalk walk = ln_walk(x->shape, 2, (const LnTensor *[]){ones, x});
    while (ln_walk_on(&walk))
      for (int64_t i = 0; i < walk.length; i++) {
        float value = walk.row[1][i * walk.step[1]];
        walk.row[0][i] = value == 0 ? 1 : value;
      }
    status = ln_tensor_reduce_over(&product, (LnReduction){LN_PROD, .dims = how.dims}, ones, err);
  }
  if (status == LN_OK) status = ln_tensor_reduce_over(&count, (LnReduction){LN_COUNT, .dims = how.dims}, x, err);
  if (status == LN_OK) {
    int64_t lines, n = line_length(x->shape, how.dims, &lines);
    for (int64_t i = 0; i < lines; i++)
      if (count->data[i] != (float)(n - 1)) product->data[i] = 0;
    *out = product, product = NULL;
  }
  ln_tensor_unref(ones), ln_tensor_unref(count), ln_tensor_unref(product);
  return status;
}

/* What `share` needs besides, one number a line. */
static LnStatus line_numbers(LnTensor **out, LnReduction how, LnTensor *x, LnTensor *r, LnError *err) {
  bool extreme = accumulation_of(how).extreme;
  if (how.op == LN_VAR || how.op == LN_STD)
    return ln_tensor_reduce_over(out, (LnReduction){LN_MEAN, .dims = how.dims}, x, err);
  if (how.op == LN_PROD) return product_of_others(out, how, x, err);
  if (extreme) return count_extremes(out, how, x, r, err);
  *out = ln_tensor_ref(r);
  return LN_OK;
}

/* Every element of a line gets as much: nothing need be written for each. */
static LnStatus mean_adjoint(LnTensor **din, LnReduction how, LnTensor *g, LnShape shape, LnError *err) {
  LnTensor *each = NULL;
  int64_t lines, n = line_length(shape, how.dims, &lines);
  LN_TRY(ln_tensor_clone(&each, g, err));
  for (int64_t i = 0; i < lines; i++) each->data[i] /= (float)n;
  LnStatus status = repeated(din, each, shape, how.dims, err);
  ln_tensor_unref(each);
  return status;
}

static LnStatus reduce_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  LnReduction how = *(const LnReduction *)of->args;
  LnTensor *x = of->in[0], *g = NULL, *r = NULL, *numbers = NULL, *m = NULL;
  if (how.op == LN_SUM) return repeated(&din[0], of->dout[0], x->shape, how.dims, err);
  if (how.op == LN_MEAN) return mean_adjoint(&din[0], how, of->dout[0], x->shape, err);
  LnStatus status = repeated(&g, of->dout[0], x->shape, how.dims, err);
  if (status == LN_OK) status = repeated(&r, of->out[0], x->shape, how.dims, err);
  if (status == LN_OK) status = line_numbers(&numbers, how, x, of->out[0], err);
  if (status == LN_OK) status = repeated(&m, numbers, x->shape, how.dims, err);
  if (status == LN_OK) status = ln_tensor_new(&din[0], x->shape, err);
  if (status == LN_OK) {
    int64_t lines, n = line_length(x->shape, how.dims, &lines);
    LnWalk walk = ln_walk(x->shape, 5, (const LnTensor *[]){din[0], g, x, r, m});
    while (ln_walk_on(&walk))
      for (int64_t i = 0; i < walk.length; i++)
        walk.row[0][i] = share(how, (Element){walk.row[1][i * walk.step[1]], walk.row[2][i * walk.step[2]],
                                              walk.row[3][i * walk.step[3]], walk.row[4][i * walk.step[4]], (float)n});
    status = ln_interrupt_check(err);
  }
  ln_tensor_unref(g), ln_tensor_unref(r), ln_tensor_unref(numbers), ln_tensor_unref(m);
  return status;
}

/* ---- Whole reductions ---- */

static bool is_smooth(LnReduce op) {
  return !is_position(op) && op != LN_ANY && op != LN_ALL && op != LN_COUNT;
}

LnStatus ln_tensor_reduce_over(LnTensor **out, LnReduction how, const LnTensor *a, LnError *err) {
  LnTensor *y;
  LN_TRY(check(how, a, false, err));
  LN_TRY(ln_tensor_new(&y, reduced_shape(a->shape, how.dims, how.keep), err));
  double few[2 * LN_ACCUMULATE_FEW], *values = few;
  int64_t lines = ln_shape_count(y->shape);
  size_t bytes = 2 * (size_t)lines * sizeof *values;
  if (lines > LN_ACCUMULATE_FEW) values = ln_alloc(bytes);
  LnStatus status = values == NULL ? ln_fail_memory(err, names[how.op], bytes) : reduce_lines(values, how, a, err);
  for (int64_t i = 0; status == LN_OK && i < lines; i++) y->data[i] = (float)values[i];
  if (values != few) ln_free(values);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  y->mask = how.op == LN_ANY || how.op == LN_ALL;
  LnAdjoint *adjoint = is_smooth(how.op) ? reduce_adjoint : NULL;
  return ln_tape_finish(out, y, &(LnOperation){names[how.op], adjoint, LN_INPUTS(a), LN_ARGS(how)}, err);
}

LnStatus ln_tensor_reduce_to(double *out, LnReduction how, const LnTensor *a, LnError *err) {
  double values[2];
  how.dims = LN_ALL_DIMS;
  LN_TRY(check(how, a, true, err));
  LN_TRY(reduce_lines(values, how, a, err));
  *out = values[0];
  return LN_OK;
}

LnStatus ln_tensor_reduce(LnTensor **out, LnReduce op, const LnTensor *a, int dim, bool keep, LnError *err) {
  if (dim != -1) LN_TRY(ln_tensor_check_dim(a, dim, names[op], err));
  LnReduction how = {.op = op, .dims = dim == -1 ? LN_ALL_DIMS : 1u << dim, .keep = keep, .order = 2};
  return ln_tensor_reduce_over(out, how, a, err);
}

double ln_tensor_reduce_all(LnReduce op, const LnTensor *a) {
  double value = NAN;
  ln_tensor_reduce_to(&value, (LnReduction){.op = op, .order = 2}, a, NULL);
  return value;
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
