/* Networks as JSON: what is accepted is built, runs if it is small, is written and read back. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz/fuzz.h"
#include "lunet.h"

const char *const fuzz_covers = "runtime/model/graph_json.c";

/* Small enough for its output to be worked out many times a second. */
static bool is_small(const LnNetwork *net) {
  double work = (double)ln_shape_count(ln_network_input_shape(net));
  for (int i = 0; i < ln_network_layers(net); i++) {
    LnLayerInfo layer = ln_network_layer(net, i);
    work += layer.macs + (double)layer.parameters + (double)ln_shape_count(layer.out);
  }
  return work < 1e5;
}

static uint64_t predict(LnNetwork *net) {
  LnError err = {LN_OK, ""};
  LnShape sample = ln_network_input_shape(net), batch = {.n = sample.n + 1, .d = {1}};
  LnTensor *x = NULL, *y = NULL;
  if (batch.n > LN_MAX_DIMS) return 0;
  for (int i = 0; i < sample.n; i++) batch.d[i + 1] = sample.d[i];
  if (ln_tensor_new(&x, batch, &err) != LN_OK) abort();
  if (ln_tensor_fill(x, 0.5f, &err) != LN_OK) abort();
  LnStatus status = ln_network_predict(&y, net, x, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  ln_tensor_unref(x);
  return status == LN_OK ? fuzz_hash_tensor(hash, y) : hash;
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

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  LnError err = {LN_OK, ""};
  LnNetwork *net = NULL;
  char *text = fuzz_text(bytes, n);
  LnStatus status = ln_network_from_json(&net, text, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  free(text);
  if (status != LN_OK) return hash;
  hash = check_round_trip(net);
  if (ln_network_built(net) && is_small(net)) hash ^= predict(net);
  ln_network_unref(net);
  return hash;
}
