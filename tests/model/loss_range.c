/* Which networks and targets a loss takes: what it states against what layers and activations state. */
#include "base/memory.h"
#include "loss/loss.h"
#include "model/network.h"
#include "model/trainer.h"
#include "support/architecture.h"
#include "support/support.h"

#define CONV(input, activation) LAYER("conv2d", input, ",\"filters\":2,\"activation\":\"" activation "\"")

static const struct {
  const char *json;
  const LnLossType *loss;
  double high;          /* of the targets, which begin at 0.1 */
  const char *message;  /* NULL: none */
} rows[] = {
    {NET("2,4,4", CONV("0", "sigmoid")), &ln_loss_bce, 0.9, NULL},
    {NET("2,4,4", CONV("0", "relu")), &ln_loss_bce, 0.9,
     "the loss bce takes outputs from 0 to 1, but the last layer, conv2d_1, gives numbers from 0 to inf; use the "
     "activation 'sigmoid'; or the loss 'mse' or 'mae'"},
    {NET("2,4,4", CONV("0", "linear")), &ln_loss_bce, 0.9, "conv2d_1, gives numbers from -inf to inf"},
    {NET("2,4,4", CONV("0", "relu")), &ln_loss_mse, 7, NULL},
    {NET("2,4,4", CONV("0", "sigmoid")), &ln_loss_bce, 1.5,
     "the loss bce takes targets from 0 to 1, but they go from 0."},
    {NET("2,4,4", CONV("0", "linear") "," LAYER("sigmoid", "1", "")), &ln_loss_bce, 0.9, NULL},
    {NET("2,4,4", CONV("0", "sigmoid") "," LAYER("tanh", "1", "")), &ln_loss_bce, 0.9,
     "tanh_1, gives numbers from -1 to 1"},
    {NET("2,4,4", CONV("0", "linear") "," LAYER("elu", "1", ",\"alpha\":0.25")), &ln_loss_bce, 0.9,
     "from -0.25 to inf"},
    /* what is handed on */
    {NET("2,4,4", CONV("0", "sigmoid") "," LAYER("maxpool2d", "1", "")), &ln_loss_bce, 0.9, NULL},
    {NET("2,4,4", CONV("0", "relu") "," LAYER("upsample2d", "1", "") "," LAYER("dropout", "2", "")), &ln_loss_bce, 0.9,
     "conv2d_1, gives"},
    /* what is not known is let through */
    {NET("2,4,4", CONV("0", "relu") "," LAYER("batch_norm", "1", "")), &ln_loss_bce, 0.9, NULL},
    {NET("2,4,4", CONV("0", "relu") "," LAYER("add", "0,1", "")), &ln_loss_bce, 0.9, NULL},
    {NET("2,4,4", LAYER("flatten", "0", "")), &ln_loss_bce, 0.9, NULL},
};

START_TEST(is_compared_with_what_comes) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *loss = test_item(&rows[_i].loss->type, "{}");
  LnTensor *target = test_random(LN_SHAPE(3, 2, 4, 4), 1, 0.1, rows[_i].high);
  CK_OK(ln_network_from_json(&net, rows[_i].json, &err));
  if (rows[_i].message == NULL)
    CK_OK(ln_trainer_check_loss(net, 0, loss, target, &err));
  else
    CK_FAILS(ln_trainer_check_loss(net, 0, loss, target, &err), LN_EARG, rows[_i].message);
  ln_tensor_unref(target), ln_item_unref(loss), ln_network_unref(net);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, is_compared_with_what_comes, 0, (int)(sizeof rows / sizeof rows[0]));
}
