/* bce: logits come in blocks. */
#include "loss/eval.h"
#include "support/support.h"

/* More logits than are taken at a time, the last block not full; -log(1/2) for each at z = 0. */
START_TEST(many_logits) {
  enum { N = 1000 };
  static float logits[N], target[N], grad[N];
  LnItem *bce = test_item(&ln_loss_bce.type, "{}");
  double loss = loss_eval(bce, true, grad, logits, target, LN_SHAPE(N), 1);
  ck_assert_double_eq_tol(loss, 0.693147180559945, 1e-12);
  for (int i = 0; i < N; i++) ck_assert_double_eq_tol(grad[i], 0.5 / N, 1e-10);
  ln_item_unref(bce);
}
END_TEST

TESTS {
  tcase_add_test(tests, many_logits);
}
