/* Beyond the edge: see edge.h. */
#include "filter/edge.h"

#include <stddef.h>

const char *const ln_edge_words[] = {"reflect", "nearest", "mirror", "wrap", NULL};

/* i modulo n, also for negative i. */
static int64_t modulo(int64_t i, int64_t n) {
  int64_t rest = i % n;
  return rest < 0 ? rest + n : rest;
}

int64_t ln_edge_index(LnEdge edge, int64_t i, int64_t n) {
  if (i >= 0 && i < n) return i;
  switch (edge) {
    case LN_EDGE_NEAREST: return i < 0 ? 0 : n - 1;
    case LN_EDGE_WRAP: return modulo(i, n);
    case LN_EDGE_REFLECT: i = modulo(i, 2 * n); return i < n ? i : 2 * n - 1 - i;
    case LN_EDGE_MIRROR: break;
  }
  if (n == 1) return 0;
  i = modulo(i, 2 * n - 2);
  return i < n ? i : 2 * n - 2 - i;
}

void ln_edge_fill(float *row, LnEdge edge, int64_t n, int64_t pad) {
  for (int64_t i = 1; i <= pad; i++) {
    row[-i] = row[ln_edge_index(edge, -i, n)];
    row[n - 1 + i] = row[ln_edge_index(edge, n - 1 + i, n)];
  }
}
