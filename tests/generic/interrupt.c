/* Interrupted work fails as such, leaves nothing behind, and what it was to change is as it was. */
#include "base/interrupt.h"

#include "base/memory.h"
#include "generic.h"
#include "tensor/order.h"
#include "tensor/statistics.h"

/* Work of the item on x: it must fail. */
static LnStatus apply(const char *kind, LnTensor **y, LnItem *item, LnTensor *x, LnError *err) {
  if (strcmp(kind, "filter") == 0) return ln_filter_apply(y, item, x, err);
  if (strcmp(kind, "metric") == 0) return ln_metric_apply(y, NULL, item, x, x, err);
  return ln_noise_apply(y, item, x, 0, err);
}

START_TEST(items) {
  static const char *const kinds[] = {"filter", "metric", "noise"};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    for (int i = 0; i < cases_count(kinds[k]); i++) {
      ItemCase it = cases_at(kinds[k], i);
      LnItem *item = test_item(it.type, it.example->options);
      LnTensor *x = test_random(LN_SHAPE(2, 1, 40, 50), 1, 0, 1), *y = NULL;
      LnError err;
      int64_t before = ln_memory_live();
      ln_interrupt();
      CK_FAILS(apply(kinds[k], &y, item, x, &err), LN_EINTERRUPTED, "interrupted");
      ln_interrupt_clear();
      ck_assert_msg(ln_memory_live() == before && y == NULL, "%s leaves something behind", it.type->name);
      CK_OK(apply(kinds[k], &y, item, x, &err));
      ln_tensor_unref(x), ln_tensor_unref(y), ln_item_unref(item);
    }
}
END_TEST

START_TEST(tensors) {
  LnError err;
  LnTensor *x = test_random(LN_SHAPE(30, 40), 1, 0, 1), *across = NULL, *y = NULL;
  CK_OK(ln_tensor_permute(&across, x, (const int[]){1, 0}, &err));
  int64_t before = ln_memory_live();
  const LnIndex index = {.list = (const int64_t[]){3, 1}, .n = 2};
  ln_interrupt();
  CK_FAILS(ln_tensor_binary(&y, LN_POW, x, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_unary(&y, LN_EXP, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_clamp(&y, x, 0, 1, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_reduce(&y, LN_SUM, x, 0, false, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_reduce(&y, LN_SUM, x, -1, false, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_reduce(&y, LN_VAR, x, 1, false, &err), LN_EINTERRUPTED, "interrupted");
  LnTensor *z = NULL, *third = NULL;
  LnQuantiles half = {.q = (const double[]){0.5}, .n = 1, .dims = 3, .name = "median"};
  CK_FAILS(ln_tensor_sort(&y, &z, x, 0, false, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_topk(&y, &z, x, 3, 0, false, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_unique(&y, &z, &third, across, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_cumsum(&y, across, 0, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_quantile(&y, half, across, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_histogram(&y, &z, x, 3, 1, 0, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_matmul(&y, x, across, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_clone(&y, across, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_take(&y, x, &index, 1, "take", &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_concat(&y, (LnTensor *[]){x, x}, 2, 0, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_image_resize(&y, x, 70, 80, LN_RESIZE_AREA, &err), LN_EINTERRUPTED, "interrupted");
  ck_assert_int_eq(ln_memory_live(), before);
  CK_OK(ln_tensor_fill(x, 3, &err)); /* in place: done */
  ln_interrupt_clear();
  ck_assert(ln_tensor_reduce_all(LN_RMIN, x) == 3);
  ln_tensor_unref(x), ln_tensor_unref(across);
}
END_TEST

/* The state of a network in one number. */
static double fingerprint(LnNetwork *net) {
  LnError err;
  double sum = 0;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *t = NULL;
    CK_OK(ln_network_tensor(&t, net, i, &err));
    sum += (i + 1) * ln_tensor_reduce_all(LN_SUM, t);
    ln_tensor_unref(t);
  }
  return sum;
}

START_TEST(networks) {
  LnError err;
  LnNetwork *net = NULL;
  LnTensor *x = test_random(LN_SHAPE(3, 1, 8, 8), 1, 0, 1), *y = NULL, *again = NULL;
  double value;
  CK_OK(net_small(&net, 42, &err));
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_bce.type, "{}"), test_item(&ln_optim_adam.type, "{}"));
  CK_OK(ln_trainer_step(trainer, &value, x, x, &err));
  CK_OK(ln_network_predict(&y, net, x, &err));
  double before = fingerprint(net);
  int64_t live = ln_memory_live();
  ln_interrupt();
  CK_FAILS(ln_trainer_step(trainer, &value, x, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_trainer_evaluate(trainer, &value, x, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_network_predict(&again, net, x, &err), LN_EINTERRUPTED, "interrupted");
  ln_interrupt_clear();
  ck_assert_int_eq(ln_memory_live(), live);
  ck_assert_int_eq(ln_trainer_steps(trainer), 1);
  ck_assert(fingerprint(net) == before);
  CK_OK(ln_network_predict(&again, net, x, &err));
  ck_assert_mem_eq(again->data, y->data, (size_t)ln_shape_count(y->shape) * sizeof(float));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(again);
  ln_trainer_unref(trainer), ln_network_unref(net);
}
END_TEST

TESTS {
  tcase_add_test(tests, items);
  tcase_add_test(tests, tensors);
  tcase_add_test(tests, networks);
}
