/* Median of a square window, as scipy.ndimage.median_filter.
 *
 * Sizes 3 and 5 are done for whole rows of pixels with networks of minima and maxima, which vectorise: first each column of
 * the window is sorted, which neighbouring pixels share, then columns are compared. Other sizes select from the window's
 * pixels one pixel at a time. The idea of sorting columns first: Adams, "Fast median filters using separable sorting
 * networks", ACM Trans. Graphics 40(4), 2021. */
#include <string.h>

#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"

enum { MAX_SIZE = 99 };

typedef struct Median {
  int64_t size;
  int edge;
} Median;

static inline float least(float a, float b) {
  return a < b ? a : b;
}

static inline float greatest(float a, float b) {
  return a < b ? b : a;
}

static inline float middle(float a, float b, float c) {
  return greatest(least(a, b), least(greatest(a, b), c));
}

/* Put two values in order. */
static inline void order(float *low, float *high) {
  float a = *low, b = *high;
  *low = least(a, b);
  *high = greatest(a, b);
}

static inline void sort5(float *a, float *b, float *c, float *d, float *e) {
  order(a, d), order(b, e);
  order(a, c), order(b, d);
  order(a, b), order(c, e);
  order(b, c), order(d, e);
  order(c, d);
}

/* sorted[0..2][i]: the three rows' pixels of column i in ascending order. */
static void sort_columns3(float *const *sorted, const float *const *rows, int64_t n) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2];
  float *restrict s0 = sorted[0], *restrict s1 = sorted[1], *restrict s2 = sorted[2];
  for (int64_t i = 0; i < n; i++) {
    float a = r0[i], b = r1[i], c = r2[i];
    order(&a, &b), order(&b, &c), order(&a, &b);
    s0[i] = a, s1[i] = b, s2[i] = c;
  }
}

/* The median of 9 is the median of: the greatest of the three least, the middle of the middle ones, the least of the
 * greatest. */
static void median_row3(float *restrict out, float *const *sorted, int64_t n) {
  const float *low = sorted[0], *mid = sorted[1], *high = sorted[2];
  for (int64_t i = 0; i < n; i++) {
    float a = greatest(greatest(low[i - 1], low[i]), low[i + 1]);
    float b = middle(mid[i - 1], mid[i], mid[i + 1]);
    float c = least(least(high[i - 1], high[i]), high[i + 1]);
    out[i] = middle(a, b, c);
  }
}

static void sort_columns5(float *const *sorted, const float *const *rows, int64_t n) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3], *r4 = rows[4];
  float *restrict s0 = sorted[0], *restrict s1 = sorted[1], *restrict s2 = sorted[2], *restrict s3 = sorted[3],
        *restrict s4 = sorted[4];
  for (int64_t i = 0; i < n; i++) {
    float a = r0[i], b = r1[i], c = r2[i], d = r3[i], e = r4[i];
    sort5(&a, &b, &c, &d, &e);
    s0[i] = a, s1[i] = b, s2[i] = c, s3[i] = d, s4[i] = e;
  }
}

/* Move the least of n values to the front and the greatest to the end. */
static inline void extremes(float *v, int n) {
  for (int i = 0; i < n / 2; i++) order(&v[i], &v[n - 1 - i]);
  for (int i = 1; i < (n + 1) / 2; i++) order(&v[0], &v[i]);
  for (int i = n / 2; i < n - 1; i++) order(&v[i], &v[n - 1]);
}

/* The 7th of 13 values: drop the least and the greatest of 8, take in one more, and so on down. */
static inline float median13(float *v) {
  extremes(v, 8), v[0] = v[8];
  extremes(v, 7), v[0] = v[9];
  extremes(v, 6), v[0] = v[10];
  extremes(v, 5), v[0] = v[11];
  extremes(v, 4), v[0] = v[12];
  return middle(v[0], v[1], v[2]);
}

/* Columns are sorted; sort each row of the 5x5 too. Then entry (r, c), counted from 1, is at least as great as r c and at
 * most as great as (6 - r)(6 - c) entries, itself included, so only the 13 where neither is above 13 can be the median, and
 * six of the others lie to each side. What is not used of the row sorts the compiler drops. */
static void median_row5(float *restrict out, float *const *sorted, int64_t n) {
  const float *s0 = sorted[0], *s1 = sorted[1], *s2 = sorted[2], *s3 = sorted[3], *s4 = sorted[4];
  for (int64_t i = 0; i < n; i++) {
    float a[5], b[5], c[5], d[5], e[5];
    for (int k = 0; k < 5; k++)
      a[k] = s0[i + k - 2], b[k] = s1[i + k - 2], c[k] = s2[i + k - 2], d[k] = s3[i + k - 2], e[k] = s4[i + k - 2];
    sort5(&a[0], &a[1], &a[2], &a[3], &a[4]);
    sort5(&b[0], &b[1], &b[2], &b[3], &b[4]);
    sort5(&c[0], &c[1], &c[2], &c[3], &c[4]);
    sort5(&d[0], &d[1], &d[2], &d[3], &d[4]);
    sort5(&e[0], &e[1], &e[2], &e[3], &e[4]);
    float v[13] = {a[3], a[4], b[2], b[3], b[4], c[1], c[2], c[3], d[0], d[1], d[2], e[0], e[1]};
    out[i] = median13(v);
  }
}

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

/* One output row. buffers: `size` rows of the width, readable half a window beyond both ends. */
static void filter_row(float *out, float *const *buffers, float *window, const float *const *rows, const Median *o,
                       int64_t width) {
  if (o->size == 3)
    sort_columns3(buffers, rows, width);
  else if (o->size == 5)
    sort_columns5(buffers, rows, width);
  else
    for (int64_t k = 0; k < o->size; k++) memcpy(buffers[k], rows[k], (size_t)width * sizeof(float));
  for (int64_t k = 0; k < o->size; k++) ln_edge_fill(buffers[k], (LnEdge)o->edge, width, o->size / 2);
  if (o->size == 3)
    median_row3(out, buffers, width);
  else if (o->size == 5)
    median_row5(out, buffers, width);
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
