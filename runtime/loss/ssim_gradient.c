/* Structural similarity with its gradient: see ssim_gradient.h.
 *
 * With s = x + y and d = x - y, a window's similarity depends on four of its means: m_s, m_d, those of s^2 and of d^2
 * (metric/ssim.c). As ds/dx = dd/dx = 1,
 *
 *   d(similarity)/dx_i = sum over the windows around i, times the weight of i in each, of a + 2 s_i b + 2 d_i c,
 *
 * where a is the derivative by m_s + that by m_d, b that by the mean of s^2, c that by the mean of d^2. The three fields
 * a, b, c have a number for every window; the sums over windows are those of the fields, inside a border of zeros, by
 * the same separable weights, which are symmetric. a and 2 s b nearly cancel, hence double. */
#include "loss/ssim_gradient.h"

#include <string.h>

#include "kernels/kernels.h"

enum { FIELDS = 3, BLOCK = 8 }; /* kernels take a multiple of BLOCK numbers */

typedef struct Work {
  const LnSsimPlan *plan;
  bool contrast;
  int64_t height, width; /* of the plane */
  int64_t row;           /* doubles from a row of moments or of a field to the next */
  double *ring;          /* moments of `window` rows of pixels, LN_SSIM_MOMENTS * row each */
  double *down, *means;  /* a row of moments or fields: sums down the windows, and along them too */
  double *fields;        /* FIELDS * row for each row: a, b, c; height + window - 1 rows */
} Work;

static int64_t whole_blocks(int64_t n) {
  return (n + BLOCK - 1) / BLOCK * BLOCK;
}

/* A row has room for a border on both sides of the windows of a row, which is more than its pixels. */
static int64_t row_length(const LnSsimPlan *plan, int64_t width) {
  return whole_blocks(width + plan->window - 1);
}

/* Sums along windows read window - 1 numbers past a row of all moments. */
static int64_t rows_of_sums(const LnSsimPlan *plan, int64_t row) {
  return LN_SSIM_MOMENTS * row + whole_blocks(plan->window);
}

int64_t ln_ssim_plane_scratch(const LnSsimPlan *plan, int64_t height, int64_t width) {
  int64_t row = row_length(plan, width), window = plan->window;
  int64_t doubles = window * LN_SSIM_MOMENTS * row + 2 * rows_of_sums(plan, row) + (height + window - 1) * FIELDS * row;
  return doubles * (int64_t)(sizeof(double) / sizeof(float));
}

static Work make_work(const LnSsimPlan *plan, bool contrast, float *scratch, int64_t height, int64_t width) {
  Work w = {.plan = plan, .contrast = contrast, .height = height, .width = width, .row = row_length(plan, width)};
  w.ring = (double *)(void *)scratch;
  w.down = w.ring + plan->window * LN_SSIM_MOMENTS * w.row;
  w.means = w.down + rows_of_sums(plan, w.row);
  w.fields = w.means + rows_of_sums(plan, w.row);
  memset(w.ring, 0, (size_t)(w.fields - w.ring) * sizeof *w.ring);
  return w;
}

/* means[i] = the sum along windows of `down`, of n numbers. */
static void sum_along(const Work *w, int64_t n) {
  const double *shifted[LN_SSIM_MAX_WINDOW];
  for (int64_t k = 0; k < w->plan->window; k++) shifted[k] = w->down + k;
  ln_kernels()->sum_rows_double(w->means, shifted, w->plan->along, (int)w->plan->window, n);
}

/* The means of the windows whose last row is `row`. */
static void take_means(const Work *w, int64_t row) {
  const double *rows[LN_SSIM_MAX_WINDOW];
  int64_t window = w->plan->window, n = LN_SSIM_MOMENTS * w->row;
  for (int64_t k = 0; k < window; k++) rows[k] = w->ring + (row + 1 + k) % window * n;
  ln_kernels()->sum_rows_double(w->down, rows, w->plan->down, (int)window, n);
  sum_along(w, n);
}

/* One window: its similarity, and the three derivatives. */
typedef struct Window {
  double value, a, b, c;
} Window;

static inline Window eval_window(const LnSsimPlan *plan, bool contrast, double m_s, double m_d, double s2, double d2) {
  double p = m_s * m_s, q = m_d * m_d, v_s = plan->correction * (s2 - p), v_d = plan->correction * (d2 - q);
  double under_l = 1 / (p + q + 2 * plan->c1), under_k = 1 / (v_s + v_d + 2 * plan->c2);
  double l = contrast ? 1 : (p - q + 2 * plan->c1) * under_l, k = (v_s - v_d + 2 * plan->c2) * under_k;
  double l_p = contrast ? 0 : (1 - l) * under_l, l_q = contrast ? 0 : -(1 + l) * under_l; /* by p, by q */
  double b = plan->correction * l * (1 - k) * under_k, c = -plan->correction * l * (1 + k) * under_k;
  return (Window){l * k, 2 * m_s * (k * l_p - b) + 2 * m_d * (k * l_q - c), b, c};
}

/* The sum over the windows of a row; field: where to put a, b and c, or NULL. */
static double eval_row(const Work *w, double *field) {
  const double *m = w->means;
  int64_t row = w->row, n = w->width - w->plan->window + 1;
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    Window window = eval_window(w->plan, w->contrast, m[i], m[row + i], m[2 * row + i], m[3 * row + i]);
    sum += window.value;
    if (field != NULL) field[i] = window.a, field[row + i] = window.b, field[2 * row + i] = window.c;
  }
  return sum;
}

/* Windows lie `window` - 1 from the border of the fields. */
static double eval_windows(const Work *w, bool fields, const float *x, const float *y) {
  int64_t window = w->plan->window, row_of_moments = LN_SSIM_MOMENTS * w->row;
  double sum = 0;
  if (fields) memset(w->fields, 0, (size_t)((w->height + window - 1) * FIELDS * w->row) * sizeof(double));
  for (int64_t r = 0; r < w->height; r++) {
    ln_kernels()->ssim_moments(w->ring + r % window * row_of_moments, w->row, x + r * w->width, y + r * w->width,
                               w->width);
    if (r + 1 < window) continue;
    take_means(w, r);
    sum += eval_row(w, fields ? w->fields + r * FIELDS * w->row + window - 1 : NULL);
  }
  return sum;
}

/* The gradient of one row of pixels. */
static void grad_row(const Work *w, float *grad, double factor, const float *x, const float *y, int64_t r) {
  const double *rows[LN_SSIM_MAX_WINDOW], *g = w->means;
  int64_t n = FIELDS * w->row;
  for (int64_t k = 0; k < w->plan->window; k++) rows[k] = w->fields + (r + k) * n;
  ln_kernels()->sum_rows_double(w->down, rows, w->plan->down, (int)w->plan->window, n);
  sum_along(w, n);
  for (int64_t i = 0; i < w->width; i++) {
    double s = (double)x[i] + (double)y[i], d = (double)x[i] - (double)y[i];
    grad[i] = (float)(factor * (g[i] + 2 * (s * g[w->row + i] + d * g[2 * w->row + i])));
  }
}

double ln_ssim_plane(const LnSsimPlan *plan, bool contrast, float *grad, double factor, float *scratch, const float *x,
                     const float *y, int64_t height, int64_t width) {
  Work w = make_work(plan, contrast, scratch, height, width);
  double windows = (double)((height - plan->window + 1) * (width - plan->window + 1));
  double sum = eval_windows(&w, grad != NULL, x, y);
  for (int64_t r = 0; r < height && grad != NULL; r++)
    grad_row(&w, grad + r * width, factor / windows, x + r * width, y + r * width, r);
  return sum / windows;
}
