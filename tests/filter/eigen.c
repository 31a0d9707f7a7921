/* Eigenvectors of small symmetric matrices. */
#include "filter/eigen.h"

#include <math.h>

#include "support/support.h"

enum { MOST = 144 };

/* A v = value v, and vectors are at right angles. */
static void check(const double *matrix, int n) {
  static double vectors[MOST * MOST], values[MOST], work[MOST * MOST + 2 * MOST];
  memcpy(vectors, matrix, (size_t)(n * n) * sizeof(double));
  ln_eigen_symmetric(vectors, values, work, n);
  double worst = 0, largest = 1e-300;
  for (int i = 0; i < n; i++) largest = fmax(largest, fabs(values[i]));
  for (int k = 0; k < n; k++)
    for (int i = 0; i < n; i++) {
      double sum = 0, dot = 0;
      for (int j = 0; j < n; j++) {
        sum += matrix[i * n + j] * vectors[k * n + j];
        dot += vectors[i * n + j] * vectors[k * n + j];
      }
      worst = fmax(worst, fabs(sum - values[k] * vectors[k * n + i]) / largest);
      worst = fmax(worst, fabs(dot - (i == k)));
    }
  ck_assert_msg(worst < 1e-12, "%d: off by %g", n, worst);
}

START_TEST(random_matrices) {
  static double matrix[MOST * MOST];
  static const int sizes[] = {1, 2, 3, 4, 9, 49, 144};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    int n = sizes[s];
    LnTensor *x = test_random(LN_SHAPE(n, n), 1, -1, 1);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) matrix[i * n + j] = (double)x->data[i * n + j] + (double)x->data[j * n + i];
    check(matrix, n);
    ln_tensor_unref(x);
  }
}
END_TEST

/* Zero, the identity, rank 1, equal values, entries of very different size. */
START_TEST(peculiar_matrices) {
  static double matrix[25];
  check(matrix, 5);
  for (int i = 0; i < 5; i++) matrix[i * 6] = 1;
  check(matrix, 5);
  for (int i = 0; i < 25; i++) matrix[i] = 1;
  check(matrix, 5);
  for (int i = 0; i < 25; i++) matrix[i] = pow(10, -(i / 5 + i % 5) * 3.0);
  check(matrix, 5);
  for (int i = 0; i < 25; i++) matrix[i] = (i / 5 + i % 5) % 2 == 0;
  check(matrix, 5);
}
END_TEST

TESTS {
  tcase_add_test(tests, random_matrices);
  tcase_add_test(tests, peculiar_matrices);
}
