/* Differences of edges: a loss of what linear filters see of y - t. */
#include <math.h>
#include <string.h>

#include "loss/loss.h"
#include "loss/reduction.h"

enum { DIFFERENCE, SOBEL, LAPLACIAN };
enum { L1, L2 };

typedef struct Edge {
  int filter, norm, reduction;
} Edge;

typedef struct Tap {
  int row, column;
  float weight;
} Tap;

/* A filter that is applied where all of it lies inside the image. */
typedef struct Filter {
  int height, width, n;
  Tap taps[6];
} Filter;

static const Filter differences[] = {{1, 2, 2, {{0, 0, -1}, {0, 1, 1}}}, {2, 1, 2, {{0, 0, -1}, {1, 0, 1}}}, {0}};
static const Filter sobel[] = {
    {3, 3, 6, {{0, 0, -.125f}, {1, 0, -.25f}, {2, 0, -.125f}, {0, 2, .125f}, {1, 2, .25f}, {2, 2, .125f}}},
    {3, 3, 6, {{0, 0, -.125f}, {0, 1, -.25f}, {0, 2, -.125f}, {2, 0, .125f}, {2, 1, .25f}, {2, 2, .125f}}},
    {0}};
static const Filter laplacian[] = {{3, 3, 5, {{0, 1, 1}, {1, 0, 1}, {1, 1, -4}, {1, 2, 1}, {2, 1, 1}}}, {0}};
static const Filter *const filters[] = {differences, sobel, laplacian};

/* The filter's responses along a row of n. */
static void respond(float *response, const Filter *filter, const float *from, int64_t width, int64_t n) {
  memset(response, 0, (size_t)n * sizeof *response);
  for (int k = 0; k < filter->n; k++) {
    Tap tap = filter->taps[k];
    ln_kernels()->add_scaled(response, from + tap.row * width + tap.column, tap.weight, n);
  }
}

/* The sum of n terms; response becomes their slope. NaN passes, and the slope at 0 is 0. */
static double sum_terms(float *response, int norm, int64_t n) {
  double sum = 0;
  if (norm == L2) {
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < n; i++) sum += response[i] * response[i], response[i] *= 2;
    return sum;
  }
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    float r = response[i];
    sum += fabsf(r);
    response[i] = r > 0 ? 1 : r < 0 ? -1 : r;
  }
  return sum;
}

static void add_slopes(float *grad, const Filter *filter, const float *slope, int64_t width, int64_t n, float factor) {
  for (int k = 0; k < filter->n; k++) {
    Tap tap = filter->taps[k];
    ln_kernels()->add_scaled(grad + tap.row * width + tap.column, slope, factor * tap.weight, n);
  }
}

/* The terms of one filter on all planes. */
static double eval_filter(const Edge *o, const Filter *filter, const LnLossSample *s, const float *difference) {
  int64_t channels = s->shape.d[0], height = s->shape.d[1], width = s->shape.d[2];
  int64_t rows = height - filter->height + 1, n = width - filter->width + 1;
  double sum = 0, divisor = o->reduction == LN_REDUCE_MEAN ? (double)(channels * rows * n) : 1;
  float *response = s->scratch + channels * height * width;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t r = 0; r < rows; r++) {
      int64_t at = (c * height + r) * width;
      respond(response, filter, difference + at, width, n);
      sum += sum_terms(response, o->norm, n);
      if (s->grad != NULL) add_slopes(s->grad + at, filter, response, width, n, (float)(s->scale / divisor));
    }
  return sum / divisor;
}

static double eval(const void *options, const LnLossSample *s) {
  const Edge *o = options;
  int64_t n = ln_shape_count(s->shape);
  double sum = 0;
  for (int64_t i = 0; i < n; i++) s->scratch[i] = s->y[i] - s->target[i];
  if (s->grad != NULL) memset(s->grad, 0, (size_t)n * sizeof *s->grad);
  for (const Filter *f = filters[o->filter]; f->n > 0; f++) sum += eval_filter(o, f, s, s->scratch);
  return sum;
}

static int64_t scratch(const void *options, LnShape sample) {
  (void)options;
  return ln_shape_count(sample) + sample.d[2];
}

static LnStatus check_sample(const void *options, LnShape sample, LnError *err) {
  const Edge *o = options;
  int64_t least = o->filter == DIFFERENCE ? 2 : 3;
  if (sample.n != 3) return ln_fail(err, LN_ESHAPE, "expected images C,H,W, got a sample of %s", LN_SHAPE_TEXT(sample));
  if (sample.d[1] >= least && sample.d[2] >= least) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "images of %s are too small: the filter needs at least %lldx%lld pixels",
                 LN_SHAPE_TEXT(sample), (long long)least, (long long)least);
}

static const char *const filter_words[] = {"difference", "sobel", "laplacian", NULL};
static const char *const norm_words[] = {"l1", "l2", NULL};

static const LnParam params[] = {
    {.name = "filter", .kind = LN_PARAM_CHOICE, .offset = offsetof(Edge, filter), .choices = filter_words,
     .help = "to the next pixel right and down; Sobel's two, divided by 8; or the four neighbours less 4 times the pixel",
     .flags = LN_POSITIONAL},
    {.name = "norm", .kind = LN_PARAM_CHOICE, .offset = offsetof(Edge, norm), .choices = norm_words,
     .help = "absolute values or squares of the differences"},
    LN_REDUCTION_PARAM(Edge, reduction),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 6, 7)}},
    {.options = "{\"filter\": \"sobel\", \"norm\": \"l2\"}", .inputs = {LN_SHAPE(2, 5, 6)}},
    {.options = "{\"filter\": \"laplacian\", \"reduction\": \"sum\"}", .inputs = {LN_SHAPE(1, 4, 5)}},
    {0}};

const LnLossType ln_loss_edge = {
    .type = {.kind = "loss",
             .name = "edge",
             .doc = "Difference of edges: the sum over filters f of mean |f(y) - f(t)|.\n"
                    "The filters are linear, so a shift of the whole image costs nothing: used in a sum,\n"
                    "ln.loss.mse{} + 0.1 * ln.loss.edge{ \"sobel\" }. A filter is applied where all of it lies inside\n"
                    "the image; its mean is over these places and the channels.\n"
                    "Source: Sobel's operator, Duda and Hart, Pattern classification and scene analysis, 1973; as a\n"
                    "loss: Seif and Androutsos, Edge-based loss function for single image super-resolution, ICASSP 2018.",
             .size = sizeof(Edge),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    .scratch = scratch,
    .check_sample = check_sample,
};
