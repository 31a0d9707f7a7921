/* Structural similarity over several scales as a loss: 1 - MS-SSIM. */
#include <math.h>
#include <string.h>

#include "loss/loss.h"
#include "loss/ssim_gradient.h"
#include "metric/scales.h"

/* One plane at every scale: its size, what the loss compares, and the gradient of what is taken there. */
typedef struct Level {
  int64_t height, width;
  const float *x, *y;
  float *grad;
  double value, exponent;
} Level;

typedef struct Pyramid {
  LnSsimPlan plan;
  int n;
  Level levels[LN_MAX_SCALES];
  float *scratch; /* of ln_ssim_plane */
} Pyramid;

/* Numbers of a level's plane, so that what follows is aligned for double. */
static int64_t room_of(int64_t height, int64_t width) {
  return (height * width + 1) / 2 * 2;
}

static void set_exponents(Pyramid *p, const LnMsSsim *o) {
  double exponents[LN_MAX_SCALES];
  ln_scale_exponents(exponents, o);
  for (int i = 0; i < p->n; i++) p->levels[i].exponent = exponents[i];
}

static Pyramid make_pyramid(const LnMsSsim *o, LnShape sample, float *scratch) {
  Pyramid p = {.n = (int)o->scales, .scratch = scratch};
  ln_ssim_plan(&p.plan, &o->ssim);
  set_exponents(&p, o);
  for (int i = 0; i < p.n; i++) p.levels[i].height = sample.d[1] >> i, p.levels[i].width = sample.d[2] >> i;
  return p;
}

static int64_t scratch(const void *options, LnShape sample) {
  Pyramid p = make_pyramid(options, sample, NULL);
  int64_t total = ln_ssim_plane_scratch(&p.plan, sample.d[1], sample.d[2]);
  for (int i = 0; i < p.n; i++) total += 3 * room_of(p.levels[i].height, p.levels[i].width);
  return total;
}

/* The adjoint of ln_halve, added to `to`. */
static void add_doubled(float *to, int64_t to_width, const float *from, int64_t height, int64_t width) {
  for (int64_t r = 0; r < 2 * height; r++)
    for (int64_t c = 0; c < 2 * width; c++) to[r * to_width + c] += 0.25f * from[r / 2 * width + c / 2];
}

/* The planes of all levels, and room for their gradients, behind the scratch of ln_ssim_plane. */
static void fill_pyramid(Pyramid *p, const float *x, const float *y) {
  float *free = p->scratch + ln_ssim_plane_scratch(&p->plan, p->levels[0].height, p->levels[0].width);
  for (int i = 0; i < p->n; i++) {
    Level *level = &p->levels[i], *finer = level - 1;
    int64_t room = room_of(level->height, level->width);
    level->x = i == 0 ? x : free, level->y = i == 0 ? y : free + room, level->grad = free + 2 * room;
    if (i > 0) {
      ln_halve(free, finer->x, finer->height, finer->width);
      ln_halve(free + room, finer->y, finer->height, finer->width);
    }
    free += 3 * room;
  }
}

/* The product of the levels' values, each to its exponent. Where a value is below 0, the product is 0. */
static double product_of(const Pyramid *p) {
  double product = 1;
  for (int i = 0; i < p->n; i++) {
    double value = p->levels[i].value;
    product *= value <= 0 ? 0 : pow(value, p->levels[i].exponent); /* NaN passes */
  }
  return product;
}

/* d(product)/d(level i's value); 0 where the product is, as a relu of the values has it. */
static double slope_of(const Pyramid *p, int i, double product) {
  return product == 0 ? 0 : product * p->levels[i].exponent / p->levels[i].value;
}

/* From the coarsest level on: each one's gradient, times its slope, and what the coarser ones pass on. */
static void collect_gradient(Pyramid *p, float *grad, double product, double factor) {
  for (int i = p->n - 1; i >= 0; i--) {
    Level *level = &p->levels[i];
    int64_t n = level->height * level->width;
    float slope = (float)(factor * slope_of(p, i, product));
    for (int64_t k = 0; k < n; k++) level->grad[k] *= slope;
    if (i + 1 < p->n)
      add_doubled(level->grad, level->width, level[1].grad, level[1].height, level[1].width);
  }
  memcpy(grad, p->levels[0].grad, (size_t)(p->levels[0].height * p->levels[0].width) * sizeof *grad);
}

/* MS-SSIM of one plane; its gradient times factor. */
static double eval_plane(Pyramid *p, float *grad, double factor, const float *x, const float *y) {
  fill_pyramid(p, x, y);
  for (int i = 0; i < p->n; i++) {
    Level *level = &p->levels[i];
    level->value = ln_ssim_plane(&p->plan, i + 1 < p->n, grad == NULL ? NULL : level->grad, 1, p->scratch, level->x,
                                 level->y, level->height, level->width);
  }
  double product = product_of(p);
  if (grad != NULL) collect_gradient(p, grad, product, factor);
  return product;
}

static double eval(const void *options, const LnLossSample *s) {
  Pyramid p = make_pyramid(options, s->shape, s->scratch);
  int64_t channels = s->shape.d[0], plane = s->shape.d[1] * s->shape.d[2];
  double sum = 0;
  for (int64_t c = 0; c < channels; c++)
    sum += eval_plane(&p, s->grad == NULL ? NULL : s->grad + c * plane, -s->scale / (double)channels, s->y + c * plane,
                      s->target + c * plane);
  return 1 - sum / (double)channels;
}

static LnStatus check(const void *options, LnError *err) {
  return ln_error_prefix(err, ln_ms_ssim_check(options, err), "ms_ssim: ");
}

static LnStatus check_sample(const void *options, LnShape sample, LnError *err) {
  if (sample.n != 3) return ln_fail(err, LN_ESHAPE, "expected images C,H,W, got a sample of %s", LN_SHAPE_TEXT(sample));
  return ln_ms_ssim_check_size(options, sample, err);
}

static const LnParam params[] = {LN_MS_SSIM_PARAMS, {0}};

static const LnCase cases[] = {
    {.options = "{\"scales\": 2, \"window\": 5, \"k2\": 0.3}", .inputs = {LN_SHAPE(1, 11, 12)}, .tolerance = 5e-3},
    {.options = "{\"scales\": 3, \"window\": 3, \"weights\": \"uniform\", \"k2\": 0.3}",
     .inputs = {LN_SHAPE(2, 13, 12)}, .tolerance = 5e-3},
    {.options = "{\"scales\": 1, \"window\": 3, \"covariance\": \"sample\", \"k2\": 0.3}", .inputs = {LN_SHAPE(1, 6, 5)},
     .tolerance = 5e-3},
    {.options = "{\"preset\": \"gondara2016\", \"scales\": 2, \"window\": 3, \"k2\": 0.2}",
     .inputs = {LN_SHAPE(1, 9, 8)}, .tolerance = 5e-3},
    {0}};

const LnLossType ln_loss_ms_ssim = {
    .type = {.kind = "loss",
             .name = "ms_ssim",
             .doc = "Structural similarity over several scales as a loss: 1 - product of c_j^w_j, at the coarsest SSIM^w.\n"
                    "c_j: the mean contrast-structure term (2 c_xr + C2) / (v_x + v_r + C2) after j - 1 halvings by\n"
                    "2x2 means (an odd row or column at the end is left out); w: exponents, or Wang 2003's, 0.0448,\n"
                    "0.2856, 0.3001, 0.2363 and 0.1333, of which those of fewer scales are divided by their sum. Per\n"
                    "channel, then averaged; a scale below 0 makes the product 0, without gradient. Windows as in\n"
                    "ln.metric.ssim. With Gaussian 11x11 windows and five scales, images need 176 pixels a side;\n"
                    "64x64 take scales = 3.\n"
                    "Source: Wang, Simoncelli, Bovik, Multiscale structural similarity, Asilomar 2003.",
             .size = sizeof(LnMsSsim),
             .params = params,
             .cases = cases,
             .check = check},
    .eval = eval,
    .range = {-INFINITY, INFINITY},
    .scratch = scratch,
    .check_sample = check_sample,
};
