/* See formula.h. */
#include "support/formula.h"

#include "support/support.h"

float test_formula(int64_t i, uint32_t salt, double low, double high) {
  uint32_t h = (uint32_t)(i + 1) * 2654435761u + salt * 2246822519u;
  h = (h ^ h >> 15) * 2246822519u;
  h = (h ^ h >> 13) * 3266489917u;
  h ^= h >> 16;
  return (float)(low + (high - low) * (h * 0x1p-32));
}

void test_formula_fill(float *out, int64_t n, uint32_t salt, double low, double high) {
  for (int64_t i = 0; i < n; i++) out[i] = test_formula(i, salt, low, high);
}

LnTensor *test_formula_tensor(LnShape shape, uint32_t salt, double low, double high) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, shape, &err));
  test_formula_fill(t->data, ln_shape_count(shape), salt, low, high);
  return t;
}

void ck_assert_near(const char *what, const float *got, const double *want, int64_t n, double tolerance) {
  double largest = 0;
  for (int64_t i = 0; i < n; i++) largest = fmax(largest, fabs(want[i]));
  for (int64_t i = 0; i < n; i++)
    ck_assert_msg(fabs(got[i] - want[i]) <= tolerance * largest, "%s: element %lld: got %.9g, want %.9g, largest %.3g",
                  what, (long long)i + 1, (double)got[i], want[i], largest);
}
