/* Beyond the edge: see edge.h. */
#include "filter/edge.h"

#include <stddef.h>

const char *const ln_edge_words[] = {"reflect", "nearest", "mirror", "wrap", NULL};

void ln_edge_fill(float *row, LnEdge edge, int64_t n, int64_t pad) {
  for (int64_t i = 1; i <= pad; i++) {
    row[-i] = row[ln_edge_index(edge, -i, n)];
    row[n - 1 + i] = row[ln_edge_index(edge, n - 1 + i, n)];
  }
}
