/* What layers and losses of a user's own cost: training steps of the paper's network with its relus, or its loss, as
 * functions of tensors whose gradients a tape finds, as those in Lua are. Each beside the built-in one. */
#include <stdio.h>

#include "base/memory.h"
#include "bench.h"
#include "loss/custom.h"
#include "lunet.h"
#include "nn/custom.h"
#include "tensor/tape.h"

enum { BATCH = 10, SIDE = 64 };

/* ---- A function of one tensor, and its gradient ---- */

typedef LnStatus Function(LnTensor **y, LnTensor *x, LnTensor *other, LnError *err);

typedef struct Recorded {
  LnTape *tape;
  LnTensor *x, *y; /* which it follows */
} Recorded;

static void forget(Recorded *r) {
  ln_tensor_unref(r->y), ln_tensor_unref(r->x);
  ln_tape_free(r->tape);
}

static LnStatus record(Recorded *r, Function *function, LnTensor *x, LnTensor *other, LnError *err) {
  LN_TRY(ln_tape_new(&r->tape, err));
  LN_TRY(ln_tape_watch(&r->x, r->tape, x, err));
  return function(&r->y, r->x, other, err);
}

static LnStatus gradient_of(LnTensor **dx, const Recorded *r, LnTensor *dy, LnError *err) {
  LN_TRY(ln_tape_backward(r->tape, r->y, dy, err));
  return ln_tape_gradient(dx, r->tape, r->x, err);
}

/* ---- relu: maximum of x and 0 ---- */

static LnStatus maximum(LnTensor **y, LnTensor *x, LnTensor *zero, LnError *err) {
  return ln_tensor_binary(y, LN_MAX, x, zero, err);
}

static LnStatus relu_shape(LnShape *out, void *zero, LnShape in, LnError *err) {
  (void)zero, (void)err;
  *out = in;
  return LN_OK;
}

static void relu_forget(void *zero, void *saved) {
  (void)zero;
  forget(saved);
  ln_free(saved);
}

static LnStatus relu_forward(LnTensor **y, void *zero, const LnBatchPass *pass, LnError *err) {
  if (!pass->wants_grads) return maximum(y, pass->x, zero, err);
  Recorded *r = *pass->saved = ln_calloc(1, sizeof *r);
  if (r == NULL) return ln_fail_memory(err, "relu", sizeof *r);
  LN_TRY(record(r, maximum, pass->x, zero, err));
  return ln_tensor_detach(y, r->y, err);
}

static LnStatus relu_backward(LnTensor **dx, LnTensor **grads, LnTensor *dy, void *zero, const LnBatchPass *pass,
                              LnError *err) {
  (void)grads, (void)zero;
  return pass->wants_dx ? gradient_of(dx, *pass->saved, dy, err) : LN_OK;
}

static LnItem *relu(bool custom, LnTensor *zero) {
  LnError err;
  LnItem *item = NULL;
  const LnCustom own = {.name = "maximum",
                        .context = zero,
                        .shape = relu_shape,
                        .forward = relu_forward,
                        .backward = relu_backward,
                        .forget = relu_forget};
  if (custom)
    BENCH_OK(ln_custom_new(&item, &own, &err));
  else
    BENCH_OK(ln_item_from_json(&item, &ln_nn_relu.type, "{}", &err));
  return item;
}

/* ---- The mean of squares ---- */

static LnStatus mean_of_squares(LnTensor **y, LnTensor *x, LnTensor *target, LnError *err) {
  LnTensor *apart = NULL, *squares = NULL;
  LnStatus status = ln_tensor_binary(&apart, LN_SUB, x, target, err);
  if (status == LN_OK) status = ln_tensor_binary(&squares, LN_MUL, apart, apart, err);
  if (status == LN_OK) status = ln_tensor_reduce(y, LN_MEAN, squares, -1, false, err);
  ln_tensor_unref(apart), ln_tensor_unref(squares);
  return status;
}

static LnStatus squares_loss(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                             LnError *err) {
  Recorded r = {0};
  (void)loss;
  LnStatus status = record(&r, mean_of_squares, y, target, err);
  if (status == LN_OK) *value = (double)r.y->data[0];
  if (status == LN_OK && grad != NULL) status = gradient_of(grad, &r, NULL, err);
  forget(&r);
  return status;
}

static LnItem *mse(bool custom) {
  LnError err;
  LnItem *item = NULL;
  if (custom)
    BENCH_OK(ln_custom_loss_new(&item, "squares", squares_loss, &err));
  else
    BENCH_OK(ln_item_from_json(&item, &ln_loss_mse.type, "{}", &err));
  return item;
}

/* ---- The network ---- */

static void add(LnNode **node, LnItem *layer) {
  LnError err;
  LnNode *next = NULL;
  BENCH_OK(ln_node_apply(&next, layer, node, 1, &err));
  ln_node_unref(*node), ln_item_unref(layer);
  *node = next;
}

static LnItem *built_in(const LnLayerType *type, const char *options) {
  LnError err;
  LnItem *item = NULL;
  BENCH_OK(ln_item_from_json(&item, &type->type, options, &err));
  return item;
}

static LnNetwork *paper(bool custom, LnTensor *zero) {
  LnError err;
  LnNode *input = NULL;
  LnNetwork *net = NULL;
  BENCH_OK(ln_node_input(&input, LN_SHAPE(1, SIDE, SIDE), &err));
  LnNode *node = ln_node_ref(input);
  for (int i = 0; i < 4; i++) {
    add(&node, built_in(&ln_nn_conv2d, "{\"filters\": 64}"));
    add(&node, relu(custom, zero));
    add(&node, i < 2 ? built_in(&ln_nn_maxpool2d, "{}") : built_in(&ln_nn_upsample2d, "{}"));
  }
  add(&node, built_in(&ln_nn_conv2d, "{\"filters\": 1, \"activation\": \"sigmoid\"}"));
  BENCH_OK(ln_network_model(&net, input, node, &err));
  BENCH_OK(ln_network_build(net, LN_SHAPE(1, SIDE, SIDE), 42, &err));
  ln_node_unref(input), ln_node_unref(node);
  return net;
}

/* ---- Steps ---- */

typedef struct Work {
  LnTrainer *trainer;
  LnTensor *input, *target;
} Work;

static void step(void *context) {
  LnError err;
  Work *work = context;
  double loss;
  BENCH_OK(ln_trainer_step(work->trainer, &loss, work->input, work->target, &err));
}

static LnTensor *images(uint64_t seed) {
  LnError err;
  LnTensor *t = NULL;
  BENCH_OK(ln_tensor_new(&t, LN_SHAPE(BATCH, 1, SIDE, SIDE), &err));
  ln_rng_fill_uniform(t->data, ln_shape_count(t->shape), (LnRng){seed, 0}, 0);
  return t;
}

static void measure(const Bench *bench, const char *name, bool own_relus, bool own_loss) {
  LnError err;
  if (!bench_wants(bench, name)) return;
  LnTensor *zero = NULL;
  BENCH_OK(ln_tensor_new(&zero, (LnShape){0}, &err));
  LnNetwork *net = paper(own_relus, zero);
  LnItem *loss = mse(own_loss), *adam = NULL;
  Work work = {.input = images(1), .target = images(2)};
  BENCH_OK(ln_item_from_json(&adam, &ln_optim_adam.type, "{}", &err));
  BENCH_OK(ln_trainer_new(&work.trainer, net, loss, adam, &err));
  BenchTime times[BENCH_MOST_TURNS];
  bench_time_threads(times, bench, step, &work);
  for (int i = 0; i < bench->n_threads; i++)
    bench_report(bench,
                 &(BenchRow){.name = name, .threads = bench->threads[i], .seconds = times[i], .images = BATCH});
  ln_trainer_unref(work.trainer), ln_network_unref(net), ln_item_unref(loss), ln_item_unref(adam);
  ln_tensor_unref(work.input), ln_tensor_unref(work.target), ln_tensor_unref(zero);
}

void bench_custom(const Bench *bench) {
  measure(bench, "custom: none, paper mse step, batch 10", false, false);
  measure(bench, "custom: relus, paper mse step, batch 10", true, false);
  measure(bench, "custom: loss, paper mse step, batch 10", false, true);
}
