/* mae against torch.nn.functional.l1_loss. */
#include "loss/known.h"

START_TEST(agrees_with_torch) {
  static const double want[N_KNOWN] = {0, 0.125, 0, -0.125, 0, 0.125, -0.125, -0.125};
  float grad[N_KNOWN];
  double loss = ln_loss_mae.eval(NULL, grad, known_pred, known_target, LN_SHAPE(N_KNOWN), 1);
  check_known(loss, grad, 0.437499875, want);
}
END_TEST

TESTS {
  tcase_add_test(tests, agrees_with_torch);
}
