/* Ten training steps of the paper's network against PyTorch's losses, on every instruction set.
 *
 * 112,001 parameters; the same batch of ten 32x32 images each step. tests/reference/steps.py printed the losses. */
#include "kernels/kernels.h"
#include "loss/loss.h"
#include "support/support.h"
#include "support/train.h"
#include "model/trainer.h"
#include "nn/layer.h"
#include "optim/optim.h"
#include "support/formula.h"

enum { BATCH = 10, SIZE = 32, STEPS = 10 };

static const struct {
  const LnOptimType *type;
  const char *options;
  double losses[STEPS];
} runs[] = {
    /* torch.optim.Adadelta(lr=1.0, rho=0.95, eps=1e-8) in float64 */
    {&ln_optim_adadelta,
     "{}",
     {1.0207663, 0.71577647, 0.54066244, 0.45155636, 0.42449728, 0.41340229, 0.40356547, 0.39460853, 0.38635031,
      0.3787781}},
    /* torch.optim.Adam(lr=1e-3) in float64 */
    {&ln_optim_adam,
     "{}",
     {1.0207663, 0.51539345, 0.43164425, 0.46560328, 0.45612068, 0.42084987, 0.39573514, 0.38831581, 0.387786,
      0.38140205}},
};

static const struct {
  const LnLayerType *type;
  const char *options;
} layers[] = {
    {&ln_nn_conv2d, "{\"filters\": 64, \"activation\": \"relu\"}"},
    {&ln_nn_maxpool2d, "{\"size\": 2}"},
    {&ln_nn_conv2d, "{\"filters\": 64, \"activation\": \"relu\"}"},
    {&ln_nn_maxpool2d, "{\"size\": 2}"},
    {&ln_nn_conv2d, "{\"filters\": 64, \"activation\": \"relu\"}"},
    {&ln_nn_upsample2d, "{\"scale\": 2}"},
    {&ln_nn_conv2d, "{\"filters\": 64, \"activation\": \"relu\"}"},
    {&ln_nn_upsample2d, "{\"scale\": 2}"},
    {&ln_nn_conv2d, "{\"filters\": 1, \"activation\": \"sigmoid\"}"},
};

enum { N_LAYERS = sizeof layers / sizeof layers[0] };

/* Two bright spots each, and the same with noise. */
static void make_images(LnTensor **noisy, LnTensor **clean) {
  *clean = test_formula_tensor(LN_SHAPE(BATCH, 1, SIZE, SIZE), 2, 0, 0);
  *noisy = test_formula_tensor((*clean)->shape, 2, -0.2, 0.2);
  for (int64_t i = 0; i < BATCH * SIZE * SIZE; i++) {
    double sum = 0;
    for (int spot = 0; spot < 2; spot++) {
      int64_t centre = i / (SIZE * SIZE) * 4 + 2 * spot;
      double down = (double)(i / SIZE % SIZE) - test_formula(centre, 1, 0, SIZE);
      double right = (double)(i % SIZE) - test_formula(centre + 1, 1, 0, SIZE);
      sum += 0.5 / (1 + (down * down + right * right) / 16);
    }
    (*clean)->data[i] = (float)sum;
    (*noisy)->data[i] += (float)sum;
  }
}

static LnNetwork *make_network(void) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *items[N_LAYERS];
  for (int i = 0; i < N_LAYERS; i++) items[i] = test_item(&layers[i].type->type, layers[i].options);
  CK_OK(ln_network_sequential(&net, items, N_LAYERS, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(1, SIZE, SIZE), 1, &err));
  for (int i = 0; i < N_LAYERS; i++) ln_item_unref(items[i]);
  int64_t parameters = 0;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    LnTensor *view = NULL;
    CK_OK(ln_network_tensor(&view, net, i, &err));
    int64_t n = ln_shape_count(view->shape);
    double bound = view->shape.n == 1 ? 0.1 : sqrt(6.0 / (double)(n / view->shape.d[0]));
    LnTensor *values = test_formula_tensor(view->shape, (uint32_t)(10 + i), -bound, bound);
    CK_OK(ln_tensor_copy(view, values, &err));
    parameters += n;
    ln_tensor_unref(values);
    ln_tensor_unref(view);
  }
  ck_assert_int_eq(parameters, 112001);
  ln_network_weights_changed(net);
  return net;
}

static void follow(const LnOptimType *type, const char *options, const double *want) {
  LnError err;
  LnNetwork *net = make_network();
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_bce.type, "{}"), test_item(&type->type, options));
  LnTensor *noisy, *clean;
  make_images(&noisy, &clean);
  int steps = getenv("LUNET_SANITIZED") == NULL ? STEPS : 2; /* each takes two seconds there */
  for (int i = 0; i < steps; i++) {
    double got = 0;
    CK_OK(ln_trainer_step(trainer, &got, noisy, clean, &err));
    ck_assert_msg(fabs(got - want[i]) <= 1e-4 * want[i], "%s on %s, step %d: got %.9g, want %.9g", type->type.name,
                  ln_kernels_name(ln_kernels()), i + 1, got, want[i]);
  }
  ck_assert_int_eq(ln_trainer_steps(trainer), steps);
  ln_tensor_unref(noisy);
  ln_tensor_unref(clean);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
}

START_TEST(losses_follow_torch) {
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    follow(runs[_i].type, runs[_i].options, runs[_i].losses);
  }
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 120); /* seconds, for sanitizers */
  tcase_add_loop_test(tests, losses_follow_torch, 0, (int)(sizeof runs / sizeof runs[0]));
}
