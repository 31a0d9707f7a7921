/* Total variation: a penalty of the output alone. */
#include <math.h>
#include <string.h>

#include "loss/loss.h"
#include "loss/reduction.h"

enum { ANISOTROPIC, ISOTROPIC };

typedef struct TotalVariation {
  int form, reduction;
  double eps;
} TotalVariation;

/* One row's differences to the right and down, which become their slopes; both w long. */
typedef struct Row {
  float *right, *down;
  int64_t w;
} Row;

static void take_differences(const Row *row, const float *y, bool last) {
  for (int64_t i = 0; i + 1 < row->w; i++) row->right[i] = y[i + 1] - y[i];
  row->right[row->w - 1] = 0;
  if (last) memset(row->down, 0, (size_t)row->w * sizeof(float));
  for (int64_t i = 0; i < row->w && !last; i++) row->down[i] = y[row->w + i] - y[i];
}

/* x = the slope of sqrt(x^2 + square), 0 at 0; gives the sum of these roots, less that of the last `none`, which are no
 * differences. */
static double anisotropic(float *x, int64_t n, int64_t none, float square) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n - none; i++) {
    float root = sqrtf(x[i] * x[i] + square);
    sum += root;
    x[i] = root == 0 ? 0 : x[i] / root;
  }
  return sum;
}

static double isotropic(const Row *row, float square) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < row->w; i++) {
    float root = sqrtf(row->right[i] * row->right[i] + row->down[i] * row->down[i] + square);
    float scale = root == 0 ? 0 : 1 / root;
    sum += root;
    row->right[i] *= scale;
    row->down[i] *= scale;
  }
  return sum;
}

/* grad: of the row, after which the next one lies. */
static void add_slopes(float *grad, const Row *row, float factor, bool last) {
  for (int64_t i = 0; i < row->w; i++) grad[i] -= factor * (row->right[i] + row->down[i]);
  for (int64_t i = 0; i + 1 < row->w; i++) grad[i + 1] += factor * row->right[i];
  for (int64_t i = 0; i < row->w && !last; i++) grad[row->w + i] += factor * row->down[i];
}

static double eval(const void *options, const LnLossSample *s) {
  const TotalVariation *o = options;
  int64_t rows = s->shape.d[0] * s->shape.d[1], height = s->shape.d[1], w = s->shape.d[2], n = rows * w;
  double sum = 0, divisor = o->reduction == LN_REDUCE_MEAN ? (double)n : 1;
  float square = (float)(o->eps * o->eps);
  Row row = {s->scratch, s->scratch + w, w};
  if (s->grad != NULL) memset(s->grad, 0, (size_t)n * sizeof *s->grad);
  for (int64_t r = 0; r < rows; r++) {
    bool last = (r + 1) % height == 0;
    take_differences(&row, s->y + r * w, last);
    sum += o->form == ISOTROPIC
               ? isotropic(&row, square)
               : anisotropic(row.right, w, 1, square) + anisotropic(row.down, w, last ? w : 0, square);
    if (s->grad != NULL) add_slopes(s->grad + r * w, &row, (float)(s->scale / divisor), last);
  }
  return sum / divisor;
}

static int64_t scratch(const void *options, LnShape sample) {
  (void)options;
  return 2 * sample.d[2];
}

static LnStatus check_sample(const void *options, LnShape sample, LnError *err) {
  (void)options;
  if (sample.n == 3) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "expected images C,H,W, got a sample of %s", LN_SHAPE_TEXT(sample));
}

static const char *const form_words[] = {"anisotropic", "isotropic", NULL};

static const LnParam params[] = {
    {.name = "form", .kind = LN_PARAM_CHOICE, .offset = offsetof(TotalVariation, form), .choices = form_words,
     .help = "|right| + |down|, or the length of the gradient, sqrt(right^2 + down^2)", .flags = LN_POSITIONAL},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(TotalVariation, eps), .max = 1e12,
     .help = "eps^2 is added below each root, which makes it smooth where the image is flat"},
    LN_REDUCTION_PARAM(TotalVariation, reduction),
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 6, 7)}},
    {.options = "{\"form\": \"isotropic\", \"eps\": 0.01}", .inputs = {LN_SHAPE(2, 5, 6)}},
    {.options = "{\"reduction\": \"sum\", \"eps\": 0.1}", .inputs = {LN_SHAPE(1, 4, 5)}},
    {0}};

const LnLossType ln_loss_total_variation = {
    .type = {.kind = "loss",
             .name = "total_variation",
             .doc = "Total variation of y: the sum of |y(r, c+1) - y(r, c)| + |y(r+1, c) - y(r, c)|, over the pixels.\n"
                    "A penalty of the output alone, used in a sum: ln.loss.mse{} + 1e-3 * ln.loss.total_variation{};\n"
                    "the target is not looked at. Differences past the edge are 0. reduction = \"sum\" is TensorFlow's\n"
                    "tf.image.total_variation; the mean divides it by the number of elements.\n"
                    "Source: Rudin, Osher, Fatemi, Nonlinear total variation based noise removal algorithms,\n"
                    "Physica D 60, 1992.",
             .size = sizeof(TotalVariation),
             .params = params,
             .cases = cases},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    .scratch = scratch,
    .check_sample = check_sample,
};
