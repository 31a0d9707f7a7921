/* mse against torch.nn.functional.mse_loss. */
#include "loss/known.h"

START_TEST(agrees_with_torch) {
  static const double want[N_KNOWN] = {0, 0.25, 0, -0.075000003, 0, 0.224999994, -0.075000003, -0.24999975};
  float grad[N_KNOWN];
  double loss = ln_loss_mse.eval(NULL, grad, known_pred, known_target, LN_SHAPE(N_KNOWN), 1);
  check_known(loss, grad, 0.373749746424, want);
}
END_TEST

TESTS {
  tcase_add_test(tests, agrees_with_torch);
}
