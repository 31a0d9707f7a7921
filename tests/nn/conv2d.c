/* Convolutions of random geometries against the formula, evaluated plainly in double: outputs and gradients, alone and
 * with the layers that they absorb, in training and in prediction, with each instruction set. */
#include <stdio.h>

#include "base/parallel.h"
#include "base/rng.h"
#include "lunet.h"
#include "model/strips.h"
#include "support/support.h"

enum { GEOMETRIES = 300, THREADS = 2 };

#define EDGE 1e-3      /* outputs whose gradient hangs on a smaller difference than this get none */
#define TOLERANCE 1e-4 /* of the largest value */

/* upsampling -> convolution -> activation -> pooling. Pairs are rows, columns. */
typedef struct Geometry {
  int64_t cin, filters, in[2], upsample[2], kernel[2], stride[2], dilation[2], pool[2];
  int64_t padding; /* -1: 'same', -2: 'valid' */
  const char *activation, *algorithm;
  int64_t large[2], pad[2], conv[2], out[2]; /* sizes that follow */
} Geometry;

typedef struct Dice {
  LnRng rng;
  uint64_t n;
} Dice;

static int64_t roll(Dice *dice, int64_t low, int64_t high) {
  return low + ln_rng_below(dice->rng, dice->n++, high - low + 1);
}

/* Mostly 1 .. 20, as the kernels go by 4, 8 and 16; now and then more than a block. */
static int64_t channels(Dice *dice) {
  return roll(dice, 0, 9) == 0 ? roll(dice, 30, 70) : roll(dice, 0, 2) == 0 ? roll(dice, 1, 5) : roll(dice, 1, 20);
}

/* Sizes after each of the layers; false where nothing is left. */
static bool fits(Geometry *g) {
  for (int k = 0; k < 2; k++) {
    int64_t span = (g->kernel[k] - 1) * g->dilation[k] + 1;
    g->large[k] = g->in[k] * g->upsample[k];
    g->pad[k] = g->padding < 0 ? 0 : g->padding;
    g->conv[k] = (g->large[k] + 2 * g->pad[k] - span + g->stride[k]) / g->stride[k];
    if (g->large[k] + 2 * g->pad[k] < span) g->conv[k] = 0;
    if (g->padding == -1) {
      g->conv[k] = (g->large[k] + g->stride[k] - 1) / g->stride[k];
      int64_t total = (g->conv[k] - 1) * g->stride[k] + span - g->large[k];
      g->pad[k] = total > 0 ? total / 2 : 0;
    }
    g->out[k] = g->conv[k] / g->pool[k];
  }
  return g->out[0] > 0 && g->out[1] > 0;
}

static Geometry geometry(int number) {
  static const char *const activations[] = {"linear", "relu", "leaky_relu", "sigmoid", "tanh"};
  Dice dice = {{7, (uint64_t)number}, 0};
  Geometry g;
  do {
    bool winograd = roll(&dice, 0, 2) == 0, upsampled = roll(&dice, 0, 3) == 0, pooled = roll(&dice, 0, 2) == 0;
    bool two = roll(&dice, 0, 1) == 0;  /* the usual factor both ways */
    bool wide = roll(&dice, 0, 9) == 0; /* Winograd's tiles of a row in parts */
    bool unit = winograd || (upsampled && roll(&dice, 0, 3) > 0); /* with strides no upsampling is absorbed */
    g = (Geometry){.cin = channels(&dice), .filters = channels(&dice), .padding = roll(&dice, -2, 2)};
    g.activation = activations[roll(&dice, 0, 4)];
    g.algorithm = winograd ? "winograd" : roll(&dice, 0, 1) == 0 ? "direct" : "auto";
    for (int k = 0; k < 2; k++) {
      g.upsample[k] = !upsampled ? 1 : two ? 2 : roll(&dice, 1, 3);
      g.in[k] = roll(&dice, 1, upsampled ? 8 : 16);
      if (k == 1 && wide) g.in[k] = roll(&dice, 90, 280) / g.upsample[k], g.in[0] = (g.in[0] + 2) / 3;
      g.kernel[k] = winograd ? 3 : roll(&dice, 1, 5);
      g.stride[k] = unit ? 1 : roll(&dice, 1, 3);
      g.dilation[k] = winograd ? 1 : roll(&dice, 1, 2);
      g.pool[k] = !pooled ? 1 : two ? 2 : roll(&dice, 1, 3);
    }
  } while (!fits(&g));
  return g;
}

static void describe(char *json, size_t size, const Geometry *g) {
  char padding[16];
  snprintf(padding, sizeof padding, g->padding == -1 ? "\"same\"" : g->padding == -2 ? "\"valid\"" : "%d",
           (int)g->padding);
  snprintf(json, size,
           "{\"input\":[%d,%d,%d],\"layers\":[{\"type\":\"upsample2d\",\"inputs\":[0],\"scale\":[%d,%d]},"
           "{\"type\":\"conv2d\",\"inputs\":[1],\"filters\":%d,\"kernel\":[%d,%d],\"stride\":[%d,%d],"
           "\"dilation\":[%d,%d],\"padding\":%s,\"activation\":\"%s\",\"algorithm\":\"%s\"},"
           "{\"type\":\"maxpool2d\",\"inputs\":[2],\"size\":[%d,%d]}]}",
           (int)g->cin, (int)g->in[0], (int)g->in[1], (int)g->upsample[0], (int)g->upsample[1], (int)g->filters,
           (int)g->kernel[0], (int)g->kernel[1], (int)g->stride[0], (int)g->stride[1], (int)g->dilation[0],
           (int)g->dilation[1], padding, g->activation, g->algorithm, (int)g->pool[0], (int)g->pool[1]);
}

/* ---- The formula ---- */

/* x: cin,H,W  w: kernel rows,kernel columns,cin,filters  b: filters  y: filters,P,Q, and their gradients. */
typedef struct Values {
  float *x, *w, *b, *dy;
  float *tensors[2]; /* w, b */
  double *y, *dx, *dw, *db;
  int64_t n_x, n_w, n_y;
} Values;

static double activation_of(const char *name, double v) {
  switch (name[0]) {
    case 'r': return v > 0 ? v : 0;
    case 's': return 1 / (1 + exp(-v));
    case 't': return tanh(v);
    default: return v > 0 || strcmp(name, "linear") == 0 ? v : 0.01 * v;
  }
}

static double slope_of(const char *name, double y) {
  switch (name[0]) {
    case 'r': return y > 0;
    case 's': return y * (1 - y);
    case 't': return 1 - y * y;
    default: return y > 0 || strcmp(name, "linear") == 0 ? 1 : 0.01;
  }
}

/* Place in x that kernel position (r, s) of convolution output (p, q) reads, channel 0; -1 outside. */
static int64_t source(const Geometry *g, int64_t p, int64_t q, int64_t r, int64_t s) {
  int64_t row = p * g->stride[0] + r * g->dilation[0] - g->pad[0];
  int64_t column = q * g->stride[1] + s * g->dilation[1] - g->pad[1];
  if (row < 0 || row >= g->large[0] || column < 0 || column >= g->large[1]) return -1;
  return row / g->upsample[0] * g->in[1] + column / g->upsample[1];
}

/* Output o of the convolution at (p, q); with a gradient, that of its sum instead. */
static double convolve(Values *v, const Geometry *g, int64_t o, int64_t p, int64_t q, double gradient) {
  double sum = v->b[o];
  int64_t area = g->in[0] * g->in[1];
  for (int64_t r = 0; r < g->kernel[0]; r++)
    for (int64_t s = 0; s < g->kernel[1]; s++) {
      int64_t place = source(g, p, q, r, s), weight = (r * g->kernel[1] + s) * g->cin * g->filters + o;
      for (int64_t i = 0; place >= 0 && i < g->cin; i++, place += area, weight += g->filters) {
        sum += (double)v->x[place] * v->w[weight];
        v->dw[weight] += gradient * v->x[place];
        v->dx[place] += gradient * v->w[weight];
      }
    }
  v->db[o] += gradient;
  return sum;
}

/* One output: the largest of its window, of equals the first; and its gradient. */
static void output(Values *v, const Geometry *g, int64_t o, int64_t p, int64_t q) {
  double best = -INFINITY, second = -INFINITY; /* different ones */
  int64_t row = 0, column = 0, place = (o * g->out[0] + p) * g->out[1] + q;
  for (int64_t r = p * g->pool[0]; r < (p + 1) * g->pool[0]; r++)
    for (int64_t s = q * g->pool[1]; s < (q + 1) * g->pool[1]; s++) {
      double value = convolve(v, g, o, r, s, 0);
      if (value > best) second = best, best = value, row = r, column = s;
      else if (value < best && value > second) second = value;
    }
  v->y[place] = activation_of(g->activation, best);
  if (best - second < EDGE || fabs(best) < EDGE) v->dy[place] = 0;
  convolve(v, g, o, row, column, v->dy[place] * slope_of(g->activation, v->y[place]));
}

static float *numbers(int64_t n, uint64_t seed, double size) {
  LnTensor *t = test_random(LN_SHAPE(n), seed, -size, size);
  float *copy = malloc((size_t)n * sizeof *copy);
  memcpy(copy, t->data, (size_t)n * sizeof *copy);
  ln_tensor_unref(t);
  return copy;
}

static Values random_values(const Geometry *g) {
  int64_t taps = g->kernel[0] * g->kernel[1] * g->cin;
  Values v = {.n_x = g->cin * g->in[0] * g->in[1], .n_w = taps * g->filters, .n_y = g->filters * g->out[0] * g->out[1]};
  v.x = numbers(v.n_x, 1, 1), v.w = numbers(v.n_w, 2, 2 / sqrt((double)taps));
  v.b = numbers(g->filters, 3, 1), v.dy = numbers(v.n_y, 4, 1);
  v.tensors[0] = v.w, v.tensors[1] = v.b;
  v.y = calloc((size_t)v.n_y, sizeof(double)), v.dx = calloc((size_t)v.n_x, sizeof(double));
  v.dw = calloc((size_t)v.n_w, sizeof(double)), v.db = calloc((size_t)g->filters, sizeof(double));
  return v;
}

static void evaluate(Values *v, const Geometry *g) {
  for (int64_t o = 0; o < g->filters; o++)
    for (int64_t p = 0; p < g->out[0]; p++)
      for (int64_t q = 0; q < g->out[1]; q++) output(v, g, o, p, q);
}

static void free_values(Values *v) {
  free(v->x), free(v->w), free(v->b), free(v->dy), free(v->y), free(v->dx), free(v->dw), free(v->db);
}

/* ---- Plans ---- */

static void compare(const char *what, const char *json, const float *got, const double *want, int64_t n) {
  double largest = 0.1; /* at least: sums may cancel */
  for (int64_t i = 0; i < n; i++) largest = fmax(largest, fabs(want[i]));
  for (int64_t i = 0; i < n; i++)
    if (!(fabs(got[i] - want[i]) <= TOLERANCE * largest)) /* an assertion per element would be slow */
      ck_abort_msg("%s, %s, %s %lld: got %.9g, want %.9g", json, ln_kernels_name(ln_kernels()), what, (long long)i + 1,
                   (double)got[i], want[i]);
}

static LnPlan *plan_of(const LnGraph *graph, const Values *v, LnPlanUse use) {
  LnError err;
  LnPlan *plan = NULL;
  CK_OK(ln_plan_new(&plan, graph, use, &err));
  CK_OK(ln_plan_reserve(plan, 1, THREADS, &err));
  ln_plan_prepare(plan, v->tensors);
  return plan;
}

static void train(const LnGraph *graph, const Values *v, const char *json, LnPlanUse use) {
  LnPlan *plan = plan_of(graph, v, use);
  float *y = calloc((size_t)v->n_y, sizeof *y), *dx = calloc((size_t)v->n_x, sizeof *dx);
  float *dw = calloc((size_t)v->n_w, sizeof *dw), *db = calloc((size_t)v->n_y, sizeof *db);
  float *const grads[] = {dw, db};
  ln_plan_forward(plan, (LnPlanSample){0}, (float *[]){y}, (const float *[]){v->x});
  ln_plan_backward(plan, (LnPlanSample){0}, grads, use.input_grad ? (float *[]){dx} : NULL, (const float *[]){v->dy});
  compare("output", json, y, v->y, v->n_y);
  compare("weight gradient", json, dw, v->dw, v->n_w);
  compare("bias gradient", json, db, v->db, graph->layers[1].out.d[0]);
  if (use.input_grad) compare("input gradient", json, dx, v->dx, v->n_x);
  ln_plan_free(plan);
  free(y), free(dx), free(dw), free(db);
}

/* A few rows at a time. */
static void predict_in_strips(LnPlan *plan, float *y, const Values *v) {
  LnError err;
  LnStrips *strips = NULL;
  CK_OK(ln_strips_new(&strips, plan, 3, &err));
  for (int64_t part = 0; part < 2; part++)
    ln_strips_forward(strips, 0, y, v->x, ln_strips_part(strips, 2, part), ln_strips_part(strips, 2, part + 1));
  ln_strips_free(strips);
}

/* Rows shared out among threads, and strips of them, give the same bits. A plan of its own: another's memory holds the
 * results already. */
static void predict(const LnGraph *graph, const Values *v, const char *json) {
  LnError err;
  LnPlan *alone = plan_of(graph, v, (LnPlanUse){0}), *shared = plan_of(graph, v, (LnPlanUse){0});
  size_t size = (size_t)v->n_y * sizeof(float);
  float *y = malloc(size), *again = malloc(size);
  ln_plan_forward(alone, (LnPlanSample){0}, (float *[]){y}, (const float *[]){v->x});
  compare("prediction", json, y, v->y, v->n_y);
  ln_set_threads(THREADS);
  CK_OK(ln_plan_forward_shared(shared, (float *[]){again}, (const float *[]){v->x}, &err));
  ln_set_threads(1);
  ck_assert_msg(memcmp(y, again, size) == 0, "%s: other bits when rows are shared out", json);
  predict_in_strips(shared, again, v);
  ck_assert_msg(memcmp(y, again, size) == 0, "%s: other bits in strips", json);
  ln_plan_free(alone), ln_plan_free(shared);
  free(y), free(again);
}

/* Takes the values. */
static void run_all(const Geometry *g, Values *v) {
  LnError err;
  LnGraph graph = {0};
  char json[512];
  describe(json, sizeof json, g);
  CK_OK(ln_graph_from_json(&graph, json, NULL, &err));
  ck_assert_int_eq(ln_shape_count(graph.layers[2].out), v->n_y);
  evaluate(v, g);
  ln_set_threads(1);
  for (int k = 0; ln_kernels_available()[k] != NULL; k++) {
    CK_OK(ln_kernels_select(ln_kernels_available()[k], &err));
    for (int use = 0; use < 4; use++)
      train(&graph, v, json, (LnPlanUse){.training = true, .input_grad = use & 1, .unfused = use & 2});
    predict(&graph, v, json);
  }
  ln_graph_free(&graph);
  free_values(v);
}

START_TEST(agrees_with_formula) {
  Geometry g = geometry(_i);
  Values v = random_values(&g);
  run_all(&g, &v);
}
END_TEST

/* Windows of equal pixels that differ in their neighbours: the gradient is that of the first, by every way to pool.
 * Whole numbers, so that nothing is rounded. */
START_TEST(first_of_equals) {
  static const int64_t channels[][2] = {{1, 3}, {1, 6}, {2, 37}, {6, 6}, {9, 2}};
  Geometry g = {.cin = channels[_i][0], .filters = channels[_i][1], .in = {6, 10}, .upsample = {1, 1}, .kernel = {3, 3},
                .stride = {1, 1}, .dilation = {1, 1}, .pool = {2, 2}, .padding = -1, .activation = "linear",
                .algorithm = "direct"};
  ck_assert(fits(&g));
  Values v = random_values(&g);
  for (int64_t i = 0; i < v.n_x; i++) v.x[i] = (float)(i / 60 + i / 20 % 3 * 5 + i % 10 / 2 + 1); /* 2x2 alike */
  for (int64_t i = 0; i < v.n_w; i++) v.w[i] = i / (g.cin * g.filters) == 4;                      /* the centre only */
  for (int64_t o = 0; o < g.filters; o++) v.b[o] = (float)o;
  run_all(&g, &v);
}
END_TEST

TESTS {
  bool sanitized = getenv("LUNET_SANITIZED") != NULL; /* a third of a second each there */
  tcase_add_loop_test(tests, agrees_with_formula, 0, sanitized ? GEOMETRIES / 4 : GEOMETRIES);
  tcase_add_loop_test(tests, first_of_equals, 0, 5);
}
