/* Median of a square window, as scipy.ndimage.median_filter.
 *
 * Sizes 3 and 5 are done for whole rows of pixels with networks of minima and maxima, which vectorise: first each
 * column of the window is sorted, which neighbouring pixels share, then columns are compared. Other sizes select from
 * the window's pixels one pixel at a time. The idea of sorting columns first: Adams, "Fast median filters using
 * separable sorting networks", ACM Trans. Graphics 40(4), 2021. */
#include <string.h>

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
static void median_row(float *out, const float *const *rows, float *window, int64_t size, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    for (int64_t k = 0; k < size; k++)
      memcpy(window + k * size, rows[k] + i - size / 2, (size_t)size * sizeof(float));
    out[i] = select_kth(window, size * size, size * size / 2);
  }
}

/* One output row. buffers: `size` rows of the width, readable and writable half a window beyond both ends. */
static void filter_row(float *out, float *const *buffers, float *window, const float *const *rows, const Median *o,
                       int64_t width) {
  bool by_networks = o->size == 3 || o->size == 5;
  if (by_networks)
    ln_kernels()->median_columns(buffers, rows, (int)o->size, width);
  else
    for (int64_t k = 0; k < o->size; k++) memcpy(buffers[k], rows[k], (size_t)width * sizeof(float));
  for (int64_t k = 0; k < o->size; k++) ln_edge_fill(buffers[k], (LnEdge)o->edge, width, o->size / 2);
  if (by_networks)
    ln_kernels()->median_row(out, (const float *const *)buffers, (int)o->size, width);
  else
    median_row(out, (const float *const *)buffers, window, o->size, width);
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t height, int64_t width, LnError *err) {
  const Median *o = options;
  int64_t half = o->size / 2, stride = width + 2 * half;
  size_t bytes = (size_t)(o->size * stride + o->size * o->size) * sizeof(float);
  float *memory = ln_alloc(bytes), *buffers[MAX_SIZE];
  const float *rows[MAX_SIZE];
  if (memory == NULL) return ln_fail_memory(err, "median", bytes);
  for (int64_t k = 0; k < o->size; k++) buffers[k] = memory + k * stride + half;
  for (int64_t row = 0; row < height; row++) {
    for (int64_t k = 0; k < o->size; k++) rows[k] = x + ln_edge_index((LnEdge)o->edge, row + k - half, height) * width;
    filter_row(y + row * width, buffers, memory + o->size * stride, rows, o, width);
  }
  ln_free(memory);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  int64_t size = ((const Median *)options)->size;
  if (size % 2 == 0) return ln_fail(err, LN_EARG, "median: option 'size' must be odd, got %lld", (long long)size);
  return LN_OK;
}

static const LnParam params[] = {
    {"size", LN_PARAM_INT, offsetof(Median, size), 3, 1, MAX_SIZE, "side of the window in pixels, odd", NULL,
     LN_POSITIONAL},
    {"edge", LN_PARAM_CHOICE, offsetof(Median, edge), LN_EDGE_REFLECT, 0, 0, LN_EDGE_HELP, ln_edge_words, 0},
    {0}};

static const LnCase cases[] = {{"{}", {LN_SHAPE(1, 16, 20)}},
                               {"{\"size\": 5, \"edge\": \"mirror\"}", {LN_SHAPE(3, 9, 13)}},
                               {"{\"size\": 7, \"edge\": \"nearest\"}", {LN_SHAPE(1, 4, 5)}},
                               {0}};

const LnFilterType ln_filter_median = {
    .type = {.kind = "filter",
             .name = "median",
             .doc = "Median filter: every pixel becomes the median of the size x size pixels around it.\n"
                    "Removes single outliers and keeps edges. Equal to scipy.ndimage.median_filter.",
             .size = sizeof(Median),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
