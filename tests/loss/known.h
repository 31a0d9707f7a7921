/* Comparison of a loss with PyTorch's numbers, which tests/reference/loss.py prints. */
#ifndef LUNET_TESTS_LOSS_KNOWN_H
#define LUNET_TESTS_LOSS_KNOWN_H

#include "loss/loss.h"
#include "support/support.h"

#define N_KNOWN 8

/* Hits, misses, certainties at the ends, and grey. */
static const float known_pred[N_KNOWN] = {0, 1, 1, 0, 0.25f, 0.9f, 0.5f, 1e-6f};
static const float known_target[N_KNOWN] = {0, 0, 1, 0.3f, 0.25f, 0, 0.8f, 1};

/* Loss and every element of its gradient agree to 1e-6 relative. */
static inline void check_known(double loss, const float *grad, double want_loss, const double *want_grad) {
  ck_assert_double_eq_tol(loss, want_loss, 1e-6 * want_loss);
  for (int i = 0; i < N_KNOWN; i++) ck_assert_double_eq_tol(grad[i], want_grad[i], 1e-6 * fabs(want_grad[i]) + 1e-12);
}

#endif
