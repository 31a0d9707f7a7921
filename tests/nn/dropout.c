/* Dropout: the share that goes, the same values forward and backward, on every instruction set and for any number of
 * threads; others for another seed, step or sample; none in prediction. */
#include <stdio.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "lunet.h"
#include "model/plan.h"
#include "support/support.h"
#include "support/train.h"

/* One training pass of one sample, forward and backward; x and dy are nowhere 0. */
typedef struct Run {
  int64_t n;
  LnTensor *x, *y, *dx, *dy;
} Run;

static Run run(const char *options, LnShape shape, LnRng rng) {
  LnError err;
  LnGraph graph = {0};
  LnPlan *plan = NULL;
  LnPlanSample sample = {.rng = rng};
  LnItem *item = test_item(&ln_nn_dropout.type, options);
  Run r = {.n = ln_shape_count(shape), .x = test_random(shape, 1, 0.5, 1.5), .dy = test_random(shape, 2, 0.5, 1.5)};
  CK_OK(ln_tensor_new(&r.y, shape, &err));
  CK_OK(ln_tensor_new(&r.dx, shape, &err));
  CK_OK(ln_graph_new(&graph, 1, &err));
  ln_graph_set(&graph, 0, item, NULL, (int[]){-1}, 1);
  CK_OK(ln_graph_finish(&graph, NULL, &err));
  CK_OK(ln_graph_infer(&graph, &shape, &err));
  CK_OK(ln_plan_new(&plan, &graph, (LnPlanUse){.training = true, .input_grad = true}, &err));
  CK_OK(ln_plan_reserve(plan, 1, 1, &err));
  ln_plan_forward(plan, sample, (float *[]){r.y->data}, (const float *[]){r.x->data});
  ln_plan_backward(plan, sample, NULL, (float *[]){r.dx->data}, (const float *[]){r.dy->data});
  ln_plan_free(plan);
  ln_graph_free(&graph);
  ln_item_unref(item);
  return r;
}

static void free_run(Run *r) {
  ln_tensor_unref(r->x), ln_tensor_unref(r->y), ln_tensor_unref(r->dx), ln_tensor_unref(r->dy);
}

static int64_t count_dropped(const Run *r) {
  int64_t dropped = 0;
  for (int64_t i = 0; i < r->n; i++) dropped += r->y->data[i] == 0;
  return dropped;
}

/* p in 65536ths, as the layer rounds it. */
static double kept_factor(double p) {
  return 65536 / (65536 - nearbyint(p * 65536));
}

/* What is kept is scaled up, what is dropped is dropped, forward and backward alike; as many go as should, within
 * five standard deviations. */
static void check_run(const Run *r, double p, double draws) {
  float factor = (float)kept_factor(p);
  for (int64_t i = 0; i < r->n; i++) {
    bool kept = r->y->data[i] != 0;
    float y = kept ? r->x->data[i] * factor : 0, dx = kept ? r->dy->data[i] * factor : 0;
    if (r->y->data[i] != y || r->dx->data[i] != dx)
      ck_abort_msg("value %lld: x %.9g gives %.9g, dy %.9g gives %.9g", (long long)i + 1, (double)r->x->data[i],
                   (double)r->y->data[i], (double)r->dy->data[i], (double)r->dx->data[i]);
  }
  double share = (double)count_dropped(r) / (double)r->n, deviation = sqrt(p * (1 - p) / draws);
  ck_assert_msg(fabs(share - p) <= 5 * deviation, "p = %g: %g of all values dropped", p, share);
}

static const double shares[] = {0, 0.05, 0.3, 0.5, 0.9};

START_TEST(drops_its_share_both_ways) {
  static const int channels[] = {1, 3, 5, 16, 33};
  char options[80];
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (size_t k = 0; k < sizeof channels / sizeof *channels; k++) {
      snprintf(options, sizeof options, "{\"p\": %g}", shares[_i]);
      Run r = run(options, LN_SHAPE(channels[k], 67, 45), (LnRng){7, k});
      check_run(&r, shares[_i], (double)r.n);
      free_run(&r);
    }
  }
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* Every channel of the result is all zero or nowhere. */
static void check_channels(const Run *r, int64_t channels) {
  int64_t size = r->n / channels;
  for (int64_t i = 0; i < r->n; i++)
    if ((r->y->data[i] == 0) != (r->y->data[i / size * size] == 0))
      ck_abort_msg("channel %lld is dropped in part", (long long)(i / size + 1));
}

START_TEST(drops_whole_channels) {
  static const int channels[] = {2, 4, 700};
  char options[80];
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (size_t k = 0; k < sizeof channels / sizeof *channels; k++) {
      snprintf(options, sizeof options, "{\"p\": %g, \"channelwise\": true}", shares[_i]);
      Run r = run(options, LN_SHAPE(channels[k], 5, 19), (LnRng){7, k});
      check_channels(&r, channels[k]);
      check_run(&r, shares[_i], channels[k]);
      free_run(&r);
    }
  }
}
END_TEST

static bool same_mask(const Run *a, const Run *b) {
  for (int64_t i = 0; i < a->n; i++)
    if ((a->y->data[i] == 0) != (b->y->data[i] == 0)) return false;
  return true;
}

START_TEST(depends_on_the_generator_alone) {
  LnError err;
  LnShape shape = LN_SHAPE(_i, 9, 7);
  LnRng rng = {11, 12}, others[] = {{11, 13}, {12, 12}};
  CK_OK(ln_kernels_select("baseline", &err));
  Run first = run("{}", shape, rng);
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    Run again = run("{}", shape, rng);
    ck_assert_mem_eq(again.y->data, first.y->data, (size_t)first.n * sizeof(float));
    ck_assert_mem_eq(again.dx->data, first.dx->data, (size_t)first.n * sizeof(float));
    free_run(&again);
  }
  for (int k = 0; k < 2; k++) {
    Run other = run("{}", shape, others[k]);
    ck_assert(!same_mask(&other, &first));
    free_run(&other);
  }
  free_run(&first);
}
END_TEST

/* The kernels draw the numbers that base/rng.h defines: 16 bits of each word of block after block. */
START_TEST(numbers_are_those_of_the_generator) {
  enum { MOST = 1000, THRESHOLD = 20000 };
  static const LnRng rngs[] = {{0, 0}, {0x123456789ABCDEF0u, 0xFEDCBA9876543210u}};
  uint8_t mask[MOST + 1];
  LnError err;
  uint32_t word[4];
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (int n = 1; n <= MOST; n = n * 3 + 1) {
      mask[n] = 77;
      ln_kernels()->random_mask(mask, n, rngs[_i], THRESHOLD);
      for (int i = 0; i < n; i++) {
        ln_rng_block(word, rngs[_i], (uint64_t)i / 8);
        uint32_t number = word[i / 2 % 4] >> i % 2 * 16 & 0xFFFF;
        ck_assert_msg(mask[i] == (number >= THRESHOLD), "%s: number %d of %d", *isa, i + 1, n);
      }
      ck_assert_uint_eq(mask[n], 77);
    }
  }
}
END_TEST

/* ---- In a network ---- */

static LnNetwork *network(void) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layers[] = {test_item(&ln_nn_conv2d.type, "{\"filters\": 6}"), test_item(&ln_nn_dropout.type, "{}"),
                      test_item(&ln_nn_conv2d.type, "{\"filters\": 1}")};
  CK_OK(ln_network_sequential(&net, layers, 3, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(1, 8, 8), 1, &err));
  for (int i = 0; i < 3; i++) ln_item_unref(layers[i]);
  return net;
}

/* Losses of a few steps; they are as different as the values dropped. */
static void train(double losses[3], uint64_t seed, int threads) {
  LnError err;
  LnNetwork *net = network();
  LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_mse.type, "{}"),
                                    test_item(&ln_optim_sgd.type, "{\"lr\": 1e-30}"));
  LnTensor *x = test_random(LN_SHAPE(5, 1, 8, 8), 3, 0, 1), *target = test_random(x->shape, 4, 0, 1);
  ln_set_threads(threads);
  ln_trainer_seed(trainer, seed);
  for (int i = 0; i < 3; i++) CK_OK(ln_trainer_step(trainer, &losses[i], x, target, &err));
  ln_trainer_unref(trainer), ln_network_unref(net);
  ln_tensor_unref(x), ln_tensor_unref(target);
}

START_TEST(follows_the_trainers_seed) {
  double first[3], other[3];
  train(first, 5, 1);
  ck_assert(first[0] != first[1] && first[1] != first[2]); /* weights do not change: each step drops other values */
  for (int threads = 1; threads <= 3; threads++) {
    train(other, 5, threads);
    ck_assert_mem_eq(other, first, sizeof first);
  }
  train(other, 6, 1);
  for (int i = 0; i < 3; i++) ck_assert(other[i] != first[i]);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(prediction_drops_nothing) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *item = test_item(&ln_nn_dropout.type, "{\"p\": 0.9}");
  LnTensor *x = test_random(LN_SHAPE(1, 3, 20, 9), 3, -1, 1), *y = NULL;
  CK_OK(ln_network_sequential(&net, &item, 1, &err));
  CK_OK(ln_network_predict(&y, net, x, &err));
  ck_assert_mem_eq(y->data, x->data, (size_t)ln_shape_count(x->shape) * sizeof(float));
  ln_item_unref(item), ln_network_unref(net), ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

START_TEST(dropout2d_is_dropout_of_channels) {
  LnError err;
  LnTensor *x = test_random(LN_SHAPE(2, 18, 5, 4), 3, -1, 1), *dx[2] = {NULL};
  for (int k = 0; k < 2; k++) {
    LnNetwork *net = NULL;
    LnItem *layer = k == 0 ? test_item(&ln_nn_dropout2d.type, "{\"p\": 0.4}")
                           : test_item(&ln_nn_dropout.type, "{\"p\": 0.4, \"channelwise\": true}");
    double loss;
    CK_OK(ln_network_sequential(&net, &layer, 1, &err));
    CK_OK(ln_network_build(net, LN_SHAPE(18, 5, 4), 1, &err));
    LnTrainer *trainer = test_trainer(net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, "{}"));
    CK_OK(ln_trainer_gradients(trainer, &loss, NULL, &dx[k], x, x, &err));
    ln_item_unref(layer), ln_trainer_unref(trainer), ln_network_unref(net);
  }
  ck_assert_mem_eq(dx[0]->data, dx[1]->data, (size_t)ln_shape_count(x->shape) * sizeof(float));
  ln_tensor_unref(x), ln_tensor_unref(dx[0]), ln_tensor_unref(dx[1]);
}
END_TEST

TESTS {
  tcase_add_test(tests, dropout2d_is_dropout_of_channels);
  tcase_set_timeout(tests, 30);
  tcase_add_loop_test(tests, drops_its_share_both_ways, 0, sizeof shares / sizeof *shares);
  tcase_add_loop_test(tests, drops_whole_channels, 0, sizeof shares / sizeof *shares);
  tcase_add_loop_test(tests, depends_on_the_generator_alone, 1, 36);
  tcase_add_loop_test(tests, numbers_are_those_of_the_generator, 0, 2);
  tcase_add_test(tests, follows_the_trainers_seed);
  tcase_add_test(tests, prediction_drops_nothing);
}
