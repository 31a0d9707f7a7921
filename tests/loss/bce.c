/* bce against torch.nn.functional.binary_cross_entropy and binary_cross_entropy_with_logits. */
#include "loss/known.h"

START_TEST(agrees_with_torch) {
  static const double want[N_KNOWN] = {0, 1.25e+11, 0, -3.75000016e+10, 0, 1.2499997, -0.150000006, -125000};
  float grad[N_KNOWN];
  double loss = ln_loss_bce.eval(NULL, grad, known_pred, known_target, LN_SHAPE(N_KNOWN), 1);
  check_known(loss, grad, 18.4216973665, want);
}
END_TEST

START_TEST(logits_agree_with_torch) {
  static const float logits[N_KNOWN] = {-200, 200, 40, -17, 0, 2.5f, -0.75f, 1e-3f};
  static const double want[N_KNOWN] = {1.72987066e-88, 0.125,       0,           -0.0374999963,
                                       0.03125,        0.115517727, -0.0598973389, -0.06246875};
  float grad[N_KNOWN];
  double loss = ln_loss_bce.eval_logits(NULL, grad, logits, known_target, LN_SHAPE(N_KNOWN), 1);
  check_known(loss, grad, 26.2564444349, want);
}
END_TEST

/* More logits than are taken at a time, the last block not full; -log(1/2) for each at z = 0. */
START_TEST(many_logits) {
  enum { N = 1000 };
  static float logits[N], target[N], grad[N];
  double loss = ln_loss_bce.eval_logits(NULL, grad, logits, target, LN_SHAPE(N), 1);
  ck_assert_double_eq_tol(loss, 0.693147180559945, 1e-12);
  for (int i = 0; i < N; i++) ck_assert_double_eq_tol(grad[i], 0.5 / N, 1e-10);
}
END_TEST

TESTS {
  tcase_add_test(tests, agrees_with_torch);
  tcase_add_test(tests, logits_agree_with_torch);
  tcase_add_test(tests, many_logits);
}
