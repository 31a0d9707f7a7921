/* Median of a square window, as scipy.ndimage.median_filter.
 *
 * Sizes 3 and 5 are done for whole rows of pixels by minima and maxima, which vectorise (kernels/median_tmpl.c). Other
 * sizes select from the window's pixels one pixel at a time. */
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

enum { MAX_SIZE = 99 };

typedef struct Median {
  int64_t size;
  int edge;
} Median;

/* The element that would stand at index k if v were sorted (Hoare's quickselect); v is reordered. */
static float select_kth(float *v, int64_t n, int64_t k) {
  int64_t first = 0, last = n - 1;
  while (first < last) {
    float pivot = v[(first + last) / 2];
    int64_t i = first, j = last;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (pivot < v[j]) j--;
      if (i > j) break;
      float swap = v[i];
      v[i++] = v[j], v[j--] = swap;
    }
    if (k <= j)
      last = j;
    else if (k >= i)
      first = i;
    else
      break;
  }
  return v[k];
}

/* rows: `size` rows with their ends filled. */
static void select_row(float *out, const float *const *rows, float *window, int64_t size, int64_t n) {
  for (int64_t i = 0; i < n && !ln_interrupted(); i++) {
    for (int64_t k = 0; k < size; k++)
      memcpy(window + k * size, rows[k] + i - size / 2, (size_t)size * sizeof(float));
    out[i] = select_kth(window, size * size, size * size / 2);
  }
}

static LnStatus by_selection(const Median *o, float *y, const float *x, int64_t height, int64_t width, LnError *err) {
  int64_t half = o->size / 2, stride = width + 2 * half;
  size_t bytes = (size_t)(o->size * stride + o->size * o->size) * sizeof(float);
  float *memory = ln_alloc(bytes), *rows[MAX_SIZE];
  if (memory == NULL) return ln_fail_memory(err, "median", bytes);
  for (int64_t row = 0; row < height && !ln_interrupted(); row++) {
    for (int64_t k = 0; k < o->size; k++) {
      int64_t from = ln_edge_index((LnEdge)o->edge, row + k - half, height);
      rows[k] = memory + k * stride + half;
      memcpy(rows[k], x + from * width, (size_t)width * sizeof(float));
      ln_edge_fill(rows[k], (LnEdge)o->edge, width, half);
    }
    select_row(y + row * width, (const float *const *)rows, memory + o->size * stride, o->size, width);
  }
  ln_free(memory);
  return LN_OK;
}

/* Two rows at a time; the last two may overlap the two before. */
static LnStatus by_networks(const Median *o, float *y, const float *x, int64_t height, int64_t width, LnError *err) {
  enum { COLUMNS = 6 };
  const LnKernels *kernels = ln_kernels();
  int64_t half = o->size / 2, last = height > 1 ? height - 2 : 0, vl = kernels->vl;
  int64_t stride = vl + (width + vl - 1) / vl * vl + vl;
  float *memory = ln_calloc((size_t)(COLUMNS * stride), sizeof *memory), *columns[COLUMNS];
  const float *rows[COLUMNS];
  if (memory == NULL) return ln_fail_memory(err, "median", (size_t)(COLUMNS * stride) * sizeof *memory);
  for (int64_t k = 0; k < COLUMNS; k++) columns[k] = memory + k * stride + vl;
  for (int64_t next = 0; next < height && !ln_interrupted(); next += 2) {
    int64_t row = next < last ? next : last;
    float *out[2] = {y + row * width, y + (height > 1 ? row + 1 : row) * width}; /* an only row's windows are alike */
    for (int64_t k = 0; k <= o->size; k++)
      rows[k] = x + ln_edge_index((LnEdge)o->edge, row + k - half, height) * width;
    kernels->median_columns(columns, rows, (int)o->size, width);
    for (int64_t k = 0; k < COLUMNS; k++) ln_edge_fill(columns[k], (LnEdge)o->edge, width, half);
    kernels->median_rows(out, (const float *const *)columns, (int)o->size, width);
  }
  ln_free(memory);
  return LN_OK;
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Median *o = options;
  return (o->size == 3 || o->size == 5 ? by_networks : by_selection)(o, y, x, height, width, err);
}

static LnStatus check(const void *options, LnError *err) {
  int64_t size = ((const Median *)options)->size;
  if (size % 2 == 0) return ln_fail(err, LN_EARG, "median: option 'size' must be odd, got %lld", (long long)size);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT, .offset = offsetof(Median, size), .def = 3, .min = 1, .max = MAX_SIZE,
     .help = "side of the window in pixels, odd", .flags = LN_POSITIONAL},
    {.name = "edge", .kind = LN_PARAM_CHOICE, .offset = offsetof(Median, edge), .def = LN_EDGE_REFLECT,
     .help = LN_EDGE_HELP, .choices = ln_edge_words},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"size\": 5, \"edge\": \"mirror\"}", .inputs = {LN_SHAPE(3, 9, 13)}},
    {.options = "{\"size\": 7, \"edge\": \"nearest\"}", .inputs = {LN_SHAPE(1, 4, 5)}},
    {0}};

const LnFilterType ln_filter_median = {
    .type = {.kind = "filter",
             .name = "median",
             .doc = "Median filter: every pixel becomes the median of the size x size pixels around it.\n"
                    "Removes single outliers and keeps edges.\n"
                    "Equal to scipy.ndimage.median_filter(image, size, mode=).\n"
                    "Sources: Tukey, Exploratory data analysis, 1977; Huang, Yang, Tang, A fast two-dimensional\n"
                    "median filtering algorithm, IEEE Trans. Acoustics, Speech, and Signal Processing 27, 1979.",
             .size = sizeof(Median),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
