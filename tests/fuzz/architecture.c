/* Networks as JSON: what is accepted is built, runs if it is small, is written and read back. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz/fuzz.h"
#include "lunet.h"

const char *const fuzz_covers = "runtime/model/graph_json.c";

/* Small enough for its output to be worked out many times a second. */
static bool is_small(const LnNetwork *net) {
  double work = 0;
  for (int i = 0; i < ln_network_inputs(net); i++) work += (double)ln_shape_count(ln_network_input_shape_of(net, i));
  for (int i = 0; i < ln_network_layers(net); i++) {
    LnLayerInfo layer = ln_network_layer(net, i);
    work += layer.macs + (double)layer.parameters + (double)ln_shape_count(layer.out);
  }
  return work < 1e5;
}

static LnTensor *sample_of(LnShape shape) {
  LnError err = {LN_OK, ""};
  LnShape batch = {.n = shape.n + 1, .d = {1}};
  LnTensor *x = NULL;
  for (int i = 0; i < shape.n; i++) batch.d[i + 1] = shape.d[i];
  if (ln_tensor_new(&x, batch, &err) != LN_OK) abort();
  if (ln_tensor_fill(x, 0.5f, &err) != LN_OK) abort();
  return x;
}

static uint64_t predict(LnNetwork *net) {
  LnError err = {LN_OK, ""};
  LnTensor *x[LN_MAX_ENDS] = {NULL}, *y[LN_MAX_ENDS] = {NULL};
  for (int i = 0; i < ln_network_inputs(net); i++) x[i] = sample_of(ln_network_input_shape_of(net, i));
  LnStatus status = ln_network_predict_all(y, net, x, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  for (int i = 0; i < LN_MAX_ENDS; i++) {
    ln_tensor_unref(x[i]);
    if (y[i] != NULL) hash = fuzz_hash_tensor(hash, y[i]);
  }
  return hash;
}

static uint64_t check_round_trip(LnNetwork *net) {
  LnError err;
  LnNetwork *again = NULL;
  char *text = NULL, *second = NULL;
  if (ln_network_to_json(&text, net, &err) != LN_OK) abort();
  if (ln_network_from_json(&again, text, &err) != LN_OK) abort();
  if (ln_network_to_json(&second, again, &err) != LN_OK || strcmp(text, second) != 0) abort();
  uint64_t hash = fuzz_hash_text(FUZZ_START, text);
  ln_network_unref(again);
  ln_free(text), ln_free(second);
  return hash;
}

/* ---- Layers made at run time: whatever is asked for is there, and gives back its input ---- */

static LnStatus same_shape(LnShape *out, void *context, LnShape in, LnError *err) {
  (void)context, (void)err;
  *out = in;
  return LN_OK;
}

static LnStatus give_back(LnTensor **y, void *context, const LnBatchPass *pass, LnError *err) {
  (void)context, (void)err;
  *y = ln_tensor_ref(pass->x);
  return LN_OK;
}

static LnStatus give_gradient_back(LnTensor **dx, LnTensor **grads, LnTensor *dy, void *context,
                                   const LnBatchPass *pass, LnError *err) {
  (void)context, (void)pass, (void)err, (void)grads;
  *dx = ln_tensor_ref(dy);
  return LN_OK;
}

static LnStatus find_custom(LnItem **out, void *context, const LnCustomWanted *wanted, LnError *err) {
  LnCustom custom = {.name = wanted->name, .n_tensors = wanted->n_tensors, .shape = same_shape, .forward = give_back,
                     .backward = give_gradient_back};
  (void)context;
  for (int i = 0; i < wanted->n_tensors; i++)
    custom.tensors[i] =
        (LnDecl){.name = wanted->tensors[i].name, .role = wanted->tensors[i].role, .shape = wanted->tensors[i].shape};
  return ln_custom_new(out, &custom, err);
}

/* With such layers given. */
static uint64_t restore(const char *text) {
  LnError err = {LN_OK, ""};
  LnNetwork *net = NULL;
  const LnCustomSource custom = {.find = find_custom};
  LnStatus status = ln_network_restore(&net, text, NULL, &custom, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status == LN_OK && is_small(net)) hash ^= predict(net);
  ln_network_unref(net);
  return hash;
}

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  LnError err = {LN_OK, ""};
  LnNetwork *net = NULL;
  char *text = fuzz_text(bytes, n);
  LnStatus status = ln_network_from_json(&net, text, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status != LN_OK) hash ^= restore(text);
  free(text);
  if (status != LN_OK) return hash;
  hash = check_round_trip(net);
  if (ln_network_built(net) && is_small(net)) hash ^= predict(net);
  ln_network_unref(net);
  return hash;
}
