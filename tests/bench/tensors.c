/* Operations on tensors of a million elements, results made anew each time, on one thread and on all. A row is a name and
 * a call; tests/bench/peer_numpy.py has NumPy's call for each name. */
#include <stdio.h>

#include "bench.h"
#include "lunet.h"

enum { SIDE = 1000 };

typedef struct Operands {
  LnTensor *x, *y;       /* SIDE x SIDE, in [-2, 2) */
  LnTensor *positive;    /* |x| + 0.1 */
  LnTensor *exponent;    /* in [0.5, 1.5) */
  LnTensor *row, *column, *number;
  LnTensor *turned;      /* x transposed */
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
  return on;
}

static void free_operands(const Operands *on) {
  LnTensor *all[] = {on->x, on->y, on->positive, on->exponent, on->row, on->column, on->number, on->turned};
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
