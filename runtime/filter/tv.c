/* Total variation denoising (Rudin, Osher, Fatemi): the image u that minimises
 *
 *   sum of (u - x)^2 / 2  +  weight * sum of |grad u|,  grad u = differences to the next row and column
 *
 * by its dual field p, |p| <= 1, of which u = x + weight div p.
 *
 * "chambolle" iterates on p, p = (p + tau grad u / weight) / (1 + tau |grad u| / weight), tau = 1/4; it is
 * scikit-image's denoise_tv_chambolle to the details: it stops when E = sum of (u - x)^2 + weight |grad u| changes by
 * less than eps times its first value, and returns the u of which that E is.
 * "primal_dual" is Chambolle's and Pock's accelerated method for this (strongly convex) problem, and stops when the
 * duality gap, which bounds how far the sum above is from its least value, is below eps times its first value.
 *
 * Either takes one pass over the rows an iteration: a row of p needs u in that row and in the next one, which is made
 * from p before its change.
 *
 * Sources: Chambolle, "An algorithm for total variation minimization and applications", J. Math. Imaging and Vision 20,
 * 2004; Chambolle, Pock, "A first-order primal-dual algorithm for convex problems", same journal 40, 2011. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

typedef struct Tv {
  double weight, eps;
  int64_t max_iter;
  int algorithm;
} Tv;

enum { CHAMBOLLE, PRIMAL_DUAL };
static const char *const algorithms[] = {"chambolle", "primal_dual", NULL};

/* A plane's work. down, right: the dual field, in units of 1, with a row of zeros before `down` and a zero before
 * `right`. rows: two of u, with room for one more pixel. ahead: of the primal-dual method. */
typedef struct Plane {
  const LnKernels *kernels;
  const float *x;
  float *y, *down, *right, *rows[2], *ahead;
  int64_t height, width;
  float weight;
} Plane;

/* Row r of u = x + weight div p, and a pixel more that equals the last. Adds the sum of (u - x)^2. */
static float *primal_row(const Plane *p, int64_t r, double *squares) {
  float *row = p->rows[r % 2];
  int64_t at = r * p->width;
  *squares += (double)p->kernels->tv_primal(row, p->x + at, p->down + at, p->down + at - p->width, p->right + at,
                                            p->weight, p->width);
  row[p->width] = row[p->width - 1];
  return row;
}

/* ---- Chambolle's method ---- */

/* y = u, and p after one step. Returns E. */
static double dual_step(const Plane *p) {
  const float tau = 0.25f / p->weight;
  double squares = 0, variation = 0;
  float *row = primal_row(p, 0, &squares);
  for (int64_t r = 0; r < p->height; r++) {
    float *below = r + 1 < p->height ? primal_row(p, r + 1, &squares) : row;
    memcpy(p->y + r * p->width, row, (size_t)p->width * sizeof(float));
    float *down = p->down + r * p->width, *right = p->right + r * p->width;
    variation += (double)p->kernels->tv_dual(down, right, row, below, tau, p->width);
    row = below;
  }
  return squares + (double)p->weight * variation;
}

static void by_chambolle(const Plane *p, const Tv *o) {
  double first = 0, last = 0;
  for (int64_t i = 0; i < o->max_iter && !ln_interrupted(); i++) {
    double energy = dual_step(p);
    if (i == 0) first = energy;
    if (energy == 0 || (i > 0 && fabs(last - energy) < o->eps * first)) return;
    last = energy;
  }
}

/* ---- The primal-dual method ---- */

/* Row r of an image with a pixel more that equals the last, in one of the two rows. */
static float *longer_row(const Plane *p, const float *image, int64_t r) {
  float *row = p->rows[r % 2];
  memcpy(row, image + r * p->width, (size_t)p->width * sizeof(float));
  row[p->width] = row[p->width - 1];
  return row;
}

static void primal_dual_step(const Plane *p, double tau, double sigma, double theta) {
  int64_t width = p->width;
  float *row = longer_row(p, p->ahead, 0);
  for (int64_t r = 0; r < p->height; r++) {
    float *below = r + 1 < p->height ? longer_row(p, p->ahead, r + 1) : row;
    float *down = p->down + r * width, *right = p->right + r * width;
    p->kernels->tv_project(down, right, row, below, (float)sigma, width);
    p->kernels->tv_descend(p->y + r * width, p->ahead + r * width, p->x + r * width, down, down - width, right,
                           p->weight, (float)tau, (float)theta, width);
    row = below;
  }
}

/* The sum to be minimised at u, less what the dual field shows it cannot be below: with d = weight div p it is
 * sum of u-x squared / 2 + weight |grad u| + d^2 / 2 + x d. *energy: the sum itself. */
static double duality_gap(const Plane *p, double *energy) {
  double sums[3] = {0};
  float *row = longer_row(p, p->y, 0);
  for (int64_t r = 0; r < p->height; r++) {
    float *below = r + 1 < p->height ? longer_row(p, p->y, r + 1) : row;
    const float *down = p->down + r * p->width;
    p->kernels->tv_gap(sums, row, below, p->x + r * p->width, down, down - p->width, p->right + r * p->width, p->weight,
                       p->width);
    row = below;
  }
  *energy = sums[0] / 2 + (double)p->weight * sums[1];
  return *energy + sums[2];
}

/* The steps' product is 1/8, the norm of grad squared, in units of p: 1 / (8 weight). */
static void by_primal_dual(const Plane *p, const Tv *o) {
  enum { BETWEEN = 5 }; /* steps from one look at the gap to the next */
  double tau = 1, sigma = 1 / (8 * tau * (double)p->weight), first;
  int64_t pixels = p->height * p->width;
  memcpy(p->y, p->x, (size_t)pixels * sizeof(float));
  memcpy(p->ahead, p->x, (size_t)pixels * sizeof(float));
  duality_gap(p, &first);
  for (int64_t i = 1; i <= o->max_iter && first > 0 && !ln_interrupted(); i++) {
    double theta = 1 / sqrt(1 + 2 * tau), energy;
    primal_dual_step(p, tau, sigma, theta);
    tau *= theta, sigma /= theta;
    if (i % BETWEEN == 0 && duality_gap(p, &energy) < o->eps * first) return;
  }
}

/* ---- The filter ---- */

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Tv *o = options;
  bool primal_dual = o->algorithm == PRIMAL_DUAL;
  int64_t pixels = height * width;
  size_t bytes = (size_t)((primal_dual ? 3 : 2) * pixels + 3 * width + 3) * sizeof(float);
  float *memory = ln_calloc(bytes, 1);
  if (memory == NULL) return ln_fail_memory(err, "tv", bytes);
  Plane p = {.kernels = ln_kernels(), .x = x, .y = y, .height = height, .width = width, .weight = (float)o->weight};
  p.down = memory + width;
  p.right = p.down + pixels + 1;
  p.rows[0] = p.right + pixels, p.rows[1] = p.rows[0] + width + 1;
  p.ahead = p.rows[1] + width + 1;
  if (primal_dual)
    by_primal_dual(&p, o);
  else
    by_chambolle(&p, o);
  ln_free(memory);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "weight", .kind = LN_PARAM_FLOAT, .offset = offsetof(Tv, weight), .def = 0.1, .min = 1e-6, .max = 1e6,
     .help = "of the variation: the more, the smoother; about the noise's standard deviation, " LN_FILTER_GREY,
     .flags = LN_POSITIONAL},
    {.name = "eps", .kind = LN_PARAM_FLOAT, .offset = offsetof(Tv, eps), .def = 2e-4, .max = 1,
     .help = "when to stop: relative change (chambolle) or duality gap (primal_dual) of the energy"},
    {.name = "max_iter", .kind = LN_PARAM_INT, .offset = offsetof(Tv, max_iter), .def = 200, .min = 1, .max = 1000000,
     .help = "iterations at most"},
    {.name = "algorithm", .kind = LN_PARAM_CHOICE, .offset = offsetof(Tv, algorithm), .def = CHAMBOLLE,
     .help = "chambolle, as scikit-image, or primal_dual, which comes near the minimum in fewer iterations",
     .choices = algorithms},
    {0}};

static const LnCase cases[] = {
    /* When a change is small enough to stop depends on rounding: these run to the end. */
    {.options = "{\"eps\": 0, \"max_iter\": 40}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"weight\": 0.3, \"eps\": 0, \"max_iter\": 30}", .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"weight\": 0.3, \"eps\": 0, \"algorithm\": \"primal_dual\"}", .inputs = {LN_SHAPE(1, 4, 7)}},
    {0}};

const LnFilterType ln_filter_tv = {
    .type = {.kind = "filter",
             .name = "tv",
             .doc = "Total variation (ROF): the u with the least sum of (u - x)^2 / 2 + weight |grad u|.\n"
                    "Flat regions with sharp edges. algorithm = \"chambolle\" stops as soon as the energy changes\n"
                    "little, which smooths less than the minimum itself; \"primal_dual\" goes on to within eps of it.\n"
                    "Agrees with scikit-image's denoise_tv_chambolle(image, weight, eps, max_num_iter).\n"
                    "Sources: Rudin, Osher, Fatemi, Physica D 60, 1992; Rudin, Osher, ICIP 1994; Chambolle,\n"
                    "J. Math. Imaging and Vision 20, 2004; Chambolle, Pock, A first-order primal-dual algorithm,\n"
                    "J. Math. Imaging and Vision 40, 2011.",
             .size = sizeof(Tv),
             .params = params,
             .cases = cases},
    .apply = apply,
};
