/* Shapes: see shape.h. */
#include "base/shape.h"

#include <inttypes.h>
#include <stdio.h>

int64_t ln_shape_count(LnShape shape) {
  int64_t count = 1;
  for (int i = 0; i < shape.n; i++) count *= shape.d[i];
  return count;
}

bool ln_shape_equal(LnShape a, LnShape b) {
  if (a.n != b.n) return false;
  for (int i = 0; i < a.n; i++)
    if (a.d[i] != b.d[i]) return false;
  return true;
}

LnShapeText ln_shape_text(LnShape shape) {
  LnShapeText out = {"a single number"};
  size_t used = 0;
  for (int i = 0; i < shape.n; i++)
    used += (size_t)snprintf(out.text + used, sizeof out.text - used, i == 0 ? "%" PRId64 : "x%" PRId64, shape.d[i]);
  return out;
}
