/* Operations on tensors of a million elements, results made anew each time, on one thread and on all. A row is a name
 * and a call; tests/bench/peer_numpy.py has NumPy's call for each name. */
#include <stdio.h>

#include "bench.h"
#include "lunet.h"
#include "tensor/order.h"
#include "tensor/reduce.h"
#include "tensor/statistics.h"

enum { SIDE = 1000 };

typedef struct Operands {
  LnTensor *x, *y;       /* SIDE x SIDE, in [-2, 2) */
  LnTensor *positive;    /* |x| + 0.1 */
  LnTensor *exponent;    /* in [0.5, 1.5) */
  LnTensor *row, *column, *number;
  LnTensor *turned;      /* x transposed */
  LnTensor *flat;        /* x as one line */
} Operands;

typedef struct Row Row;
typedef LnStatus Call(LnTensor **out, const Row *row, const Operands *on, LnError *err);
struct Row {
  const char *name;
  Call *call;
  int code;
};

static LnStatus unary(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_unary(out, (LnUnary)row->code, on->x, err);
}
static LnStatus unary_positive(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_unary(out, (LnUnary)row->code, on->positive, err);
}
static LnStatus binary(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_binary(out, (LnBinary)row->code, on->x, on->y, err);
}
static LnStatus power(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_binary(out, (LnBinary)row->code, on->positive, on->exponent, err);
}
static LnStatus with_number(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_binary(out, (LnBinary)row->code, on->x, on->number, err);
}
static LnStatus with_row(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_binary(out, (LnBinary)row->code, on->x, on->row, err);
}
static LnStatus with_column(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_binary(out, (LnBinary)row->code, on->x, on->column, err);
}
static LnStatus with_turned(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_binary(out, (LnBinary)row->code, on->y, on->turned, err);
}
static LnStatus clamp(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  (void)row;
  return ln_tensor_clamp(out, on->x, -1, 1, err);
}

/* Over everything, as a number: nothing is made. */
static LnStatus reduce(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  double number;
  (void)out;
  return ln_tensor_reduce_to(&number, (LnReduction){.op = (LnReduce)row->code, .order = 2}, on->x, err);
}
static LnStatus reduce_first(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_reduce(out, (LnReduce)row->code, on->x, 0, false, err);
}
static LnStatus reduce_last(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return ln_tensor_reduce(out, (LnReduce)row->code, on->x, 1, false, err);
}

/* code: whether values are wanted besides the places. */
static LnStatus sort(LnTensor **out, const LnTensor *x, int code, LnError *err) {
  LnTensor *places = NULL;
  LN_TRY(ln_tensor_sort(code ? out : NULL, &places, x, x->shape.n - 1, false, err));
  ln_tensor_unref(places);
  return LN_OK;
}
static LnStatus sort_flat(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return sort(out, on->flat, row->code, err);
}
static LnStatus sort_rows(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  return sort(out, on->x, row->code, err);
}
static LnStatus unique(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  LnTensor *counts = NULL, *inverse = NULL;
  (void)row;
  LN_TRY(ln_tensor_unique(out, &counts, &inverse, on->x, err));
  ln_tensor_unref(counts), ln_tensor_unref(inverse);
  return LN_OK;
}
/* code: percent. */
static LnStatus quantile(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  const double share = row->code / 100.0;
  return ln_tensor_quantile(out, (LnQuantiles){.q = &share, .n = 1, .dims = LN_ALL_DIMS, .name = "quantile"}, on->x,
                            err);
}
static LnStatus histogram(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  LnTensor *edges = NULL;
  LN_TRY(ln_tensor_histogram(out, &edges, on->x, row->code, 1, 0, err));
  ln_tensor_unref(edges);
  return LN_OK;
}
static LnStatus cumsum(LnTensor **out, const Row *row, const Operands *on, LnError *err) {
  (void)row;
  return ln_tensor_cumsum(out, on->flat, 0, err);
}

static const Row rows[] = {
    {"add", binary, LN_ADD},          {"mul", binary, LN_MUL},          {"div", binary, LN_DIV},
    {"maximum", binary, LN_MAX},      {"lt", binary, LN_LT},            {"pow", power, LN_POW},
    {"atan2", binary, LN_ATAN2},      {"hypot", binary, LN_HYPOT},      {"mod", binary, LN_MOD},
    {"add number", with_number, LN_ADD}, {"square by pow", with_number, LN_POW}, {"add row", with_row, LN_ADD},
    {"add column", with_column, LN_ADD}, {"add transposed", with_turned, LN_ADD}, {"clamp", clamp, 0},
    {"abs", unary, LN_ABS},           {"sqrt", unary_positive, LN_SQRT}, {"floor", unary, LN_FLOOR},
    {"exp", unary, LN_EXP},           {"expm1", unary, LN_EXPM1},       {"exp2", unary, LN_EXP2},
    {"log", unary_positive, LN_LOG},  {"log1p", unary_positive, LN_LOG1P}, {"log2", unary_positive, LN_LOG2},
    {"log10", unary_positive, LN_LOG10}, {"sin", unary, LN_SIN},        {"cos", unary, LN_COS},
    {"tan", unary, LN_TAN},           {"atan", unary, LN_ATAN},         {"sinh", unary, LN_SINH},
    {"cosh", unary, LN_COSH},         {"tanh", unary, LN_TANH},         {"sign", unary, LN_SIGN},
    {"isnan", unary, LN_ISNAN},
    {"sum", reduce, LN_SUM},          {"mean", reduce, LN_MEAN},        {"var", reduce, LN_VAR},
    {"prod", reduce, LN_PROD},        {"min", reduce, LN_RMIN},         {"max", reduce, LN_RMAX},
    {"argmax", reduce, LN_ARGMAX},    {"norm", reduce, LN_NORM},        {"any", reduce, LN_ANY},
    {"sum first", reduce_first, LN_SUM}, {"min first", reduce_first, LN_RMIN}, {"var first", reduce_first, LN_VAR},
    {"argmax first", reduce_first, LN_ARGMAX}, {"sum last", reduce_last, LN_SUM}, {"max last", reduce_last, LN_RMAX},
    {"argmax last", reduce_last, LN_ARGMAX}, {"sort", sort_flat, 1},    {"argsort", sort_flat, 0},
    {"sort rows", sort_rows, 1},      {"argsort rows", sort_rows, 0},   {"unique", unique, 0},
    {"median", quantile, 50},         {"quantile", quantile, 10},       {"histogram", histogram, 32},
    {"cumsum", cumsum, 0},
};

typedef struct Work {
  const Row *row;
  const Operands *on;
} Work;

static void work(void *context) {
  LnError err;
  const Work *w = context;
  LnTensor *out = NULL;
  BENCH_OK(w->row->call(&out, w->row, w->on, &err));
  ln_tensor_unref(out);
}

static LnTensor *uniform(LnShape shape, uint64_t seed, float low, float high) {
  LnError err;
  LnTensor *t = NULL;
  int64_t n = ln_shape_count(shape);
  BENCH_OK(ln_tensor_new(&t, shape, &err));
  ln_rng_fill_uniform(t->data, n, (LnRng){seed, 0}, 0);
  for (int64_t i = 0; i < n; i++) t->data[i] = low + (high - low) * t->data[i];
  return t;
}

static Operands operands(void) {
  LnError err;
  Operands on = {.x = uniform(LN_SHAPE(SIDE, SIDE), 1, -2, 2),
                 .y = uniform(LN_SHAPE(SIDE, SIDE), 2, -2, 2),
                 .positive = uniform(LN_SHAPE(SIDE, SIDE), 3, 0.1f, 2.1f),
                 .exponent = uniform(LN_SHAPE(SIDE, SIDE), 4, 0.5f, 1.5f),
                 .row = uniform(LN_SHAPE(SIDE), 5, -2, 2),
                 .column = uniform(LN_SHAPE(SIDE, 1), 6, -2, 2),
                 .number = uniform((LnShape){0}, 7, 2, 2)};
  BENCH_OK(ln_tensor_permute(&on.turned, on.x, (const int[]){1, 0}, &err));
  BENCH_OK(ln_tensor_reshape(&on.flat, on.x, LN_SHAPE(SIDE * SIDE), &err));
  return on;
}

static void free_operands(const Operands *on) {
  LnTensor *all[] = {on->x, on->y, on->positive, on->exponent, on->row, on->column, on->number, on->turned,
                     on->flat};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) ln_tensor_unref(all[i]);
}

void bench_tensors(const Bench *bench) {
  Operands on = operands();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char name[80];
    snprintf(name, sizeof name, "tensor %s, %dx%d", rows[i].name, SIDE, SIDE);
    if (!bench_wants(bench, name)) continue;
    BenchTime times[BENCH_MOST_TURNS];
    bench_time_threads(times, bench, work, &(Work){&rows[i], &on});
    for (int k = 0; k < bench->n_threads; k++)
      bench_report(bench, &(BenchRow){.name = name, .threads = bench->threads[k], .seconds = times[k]});
  }
  free_operands(&on);
}
