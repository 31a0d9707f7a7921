/* Timed runs do what training does: also what looks across the batch. */
#include "base/memory.h"
#include "lunet.h"
#include "model/plan.h"
#include "support/support.h"

START_TEST(timed_steps_normalise) {
  LnError err;
  LnGraph graph = {0};
  LnPlan *plan = NULL;
  LnStepTime times[1];
  float state[2][3] = {{0, 0, 0}, {1, 1, 1}}, *tensors[] = {state[0], state[1]}, *grads[] = {NULL, NULL}, y[75];
  CK_OK(ln_graph_from_json(
      &graph, "{\"input\":[3,5,5],\"layers\":[{\"type\":\"batch_norm\",\"inputs\":[0],\"affine\":false}]}", NULL, &err));
  CK_OK(ln_plan_new(&plan, &graph, (LnPlanUse){.training = true, .input_grad = true}, &err));
  CK_OK(ln_plan_reserve(plan, 1, 1, &err));
  CK_OK(ln_plan_reserve_batch(plan, 1, NULL, &err));
  ln_plan_prepare(plan, tensors);
  LnTensor *x = test_random(LN_SHAPE(3, 5, 5), 4, 2, 7);
  CK_OK(ln_plan_time(plan, (LnPlanSample){0}, times, grads, (float *[]){y}, (const float *[]){x->data}, &err));
  for (int c = 0; c < 3; c++) {
    double sum = 0, squares = 0;
    for (int i = 0; i < 25; i++) sum += (double)y[c * 25 + i], squares += (double)y[c * 25 + i] * (double)y[c * 25 + i];
    ck_assert_double_eq_tol(sum / 25, 0, 1e-5);
    ck_assert_double_eq_tol(squares / 25, 1, 1e-4);
  }
  ck_assert(times[0].forward > 0 && times[0].backward > 0);
  ln_tensor_unref(x);
  ln_plan_free(plan);
  ln_graph_free(&graph);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* There is no gradient to run back, and no room for one. */
START_TEST(nothing_to_train_is_timed_too) {
  LnError err;
  LnNetwork *net = NULL;
  LnProfile *rows = NULL;
  int n = 0;
  CK_OK(ln_network_from_json(
      &net, "{\"input\":[1,2,2],\"layers\":[{\"type\":\"upsample2d\",\"inputs\":[0],\"scale\":16}]}", &err));
  LnTensor *x = test_random(LN_SHAPE(1, 1, 2, 2), 4, 2, 7);
  CK_OK(ln_network_profile(&rows, &n, net, x, &err));
  ck_assert_int_eq(n, 1);
  ck_assert(rows[0].forward > 0 && rows[0].backward < rows[0].forward);
  ln_free(rows);
  ln_tensor_unref(x);
  ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, timed_steps_normalise);
  tcase_add_test(tests, nothing_to_train_is_timed_too);
}
