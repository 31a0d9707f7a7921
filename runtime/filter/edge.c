/* Beyond the edge: see edge.h. */
#include "filter/edge.h"

#include <stddef.h>
#include <string.h>

const char *const ln_edge_words[] = {"reflect", "nearest", "mirror", "wrap", NULL};
const char *const ln_edge_words_zero[] = {"reflect", "nearest", "mirror", "wrap", "zero", NULL};

void ln_edge_fill(float *row, LnEdge edge, int64_t n, int64_t pad) {
  for (int64_t i = 1; i <= pad; i++) {
    row[-i] = row[ln_edge_index(edge, -i, n)];
    row[n - 1 + i] = row[ln_edge_index(edge, n - 1 + i, n)];
  }
}

void ln_edge_surround(float *to, int64_t stride, const float *x, LnEdge edge, int64_t height, int64_t width,
                      int64_t border) {
  for (int64_t r = -border; r < height + border; r++) {
    float *row = to + r * stride;
    if (edge == LN_EDGE_ZERO) {
      memset(row - border, 0, (size_t)(width + 2 * border) * sizeof(float));
      if (r >= 0 && r < height) memcpy(row, x + r * width, (size_t)width * sizeof(float));
    } else {
      memcpy(row, x + ln_edge_index(edge, r, height) * width, (size_t)width * sizeof(float));
      ln_edge_fill(row, edge, width, border);
    }
  }
}
