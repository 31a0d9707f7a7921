/* dense: samples on several threads do not disturb each other. */
#include "base/parallel.h"
#include "model/network.h"
#include "nn/layer.h"
#include "support/support.h"
#include "support/formula.h"

enum { SAMPLES = 2, FEATURES = 4000, UNITS = 17, ROUNDS = 600 };

/* Enough features for a BLAS to want a buffer, and enough rounds for two threads to meet in it. */
START_TEST(threads_do_not_meet) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layer = test_item(&ln_nn_dense.type, "{\"units\": 17}");
  LnTensor *x = test_formula_tensor(LN_SHAPE(SAMPLES, FEATURES), 1, -1, 1), *want = NULL;
  CK_OK(ln_network_sequential(&net, &layer, 1, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(FEATURES), 1, &err));
  ln_set_threads(1);
  CK_OK(ln_network_predict(&want, net, x, &err));
  ln_set_threads(2);
  for (int round = 0; round < ROUNDS; round++) {
    LnTensor *got = NULL;
    CK_OK(ln_network_predict(&got, net, x, &err));
    ck_assert_msg(memcmp(got->data, want->data, SAMPLES * UNITS * sizeof(float)) == 0, "round %d", round + 1);
    ln_tensor_unref(got);
  }
  ln_tensor_unref(want);
  ln_tensor_unref(x);
  ln_network_unref(net);
  ln_item_unref(layer);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 60); /* seconds, for sanitizers */
  tcase_add_test(tests, threads_do_not_meet);
}
