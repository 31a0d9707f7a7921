/* Trained and frozen parameters: see network.h. Which are frozen is the network's: every trainer of it keeps to it. */
#include <string.h>

#include "base/glob.h"
#include "base/memory.h"
#include "model/network_parts.h"

bool ln_network_tensor_trained(const LnNetwork *net, int index) {
  const LnGraphLayer *layer;
  return ln_graph_decl(&net->graph, index, &layer)->role == LN_PARAMETER;
}

bool ln_network_layer_matches(const LnNetwork *net, int index, const char *pattern) {
  LnTensorName layer = net->parameters.names[index];
  char *dot = strrchr(layer.text, '.');
  if (dot != NULL) *dot = '\0';
  return ln_glob(pattern, layer.text);
}

/* By its own name, "conv2d_1.weight", or that of its layer. */
bool ln_network_tensor_matches(const LnNetwork *net, int index, const char *pattern) {
  return ln_glob(pattern, net->parameters.names[index].text) || ln_network_layer_matches(net, index, pattern);
}

LnStatus ln_network_check_pattern(const LnNetwork *net, const char *what, const char *pattern, LnError *err) {
  int example = -1;
  if (!net->built) return ln_fail(err, LN_EARG, "%s: the network has no parameters yet; build it for a shape first", what);
  for (int i = 0; i < net->parameters.n; i++) {
    if (!ln_network_tensor_trained(net, i)) continue;
    if (ln_network_tensor_matches(net, i, pattern)) return LN_OK;
    if (example < 0) example = i;
  }
  if (example < 0) return ln_fail(err, LN_EARG, "%s: the network has no parameters that are trained", what);
  return ln_fail(err, LN_EARG, "%s: no parameter or layer is called '%s'; one is called %s", what, pattern,
                 net->parameters.names[example].text);
}

LnStatus ln_network_freeze(LnNetwork *net, const char *const *patterns, int n, bool frozen, LnError *err) {
  for (int k = 0; k < n; k++)
    LN_TRY(ln_network_check_pattern(net, frozen ? "freeze" : "unfreeze", patterns[k], err));
  if (n == 0) return LN_OK;
  if (net->frozen == NULL) net->frozen = ln_calloc((size_t)net->parameters.n + 1, sizeof *net->frozen);
  if (net->frozen == NULL) return ln_fail_memory(err, "freeze", (size_t)net->parameters.n);
  for (int i = 0; i < net->parameters.n; i++)
    for (int k = 0; k < n; k++)
      if (ln_network_tensor_trained(net, i) && ln_network_tensor_matches(net, i, patterns[k])) net->frozen[i] = frozen;
  net->freezes++;
  return LN_OK;
}

bool ln_network_tensor_frozen(const LnNetwork *net, int index) {
  return net->frozen != NULL && net->frozen[index];
}

LnStatus ln_network_copy_frozen(LnNetwork *to, const LnNetwork *from, LnError *err) {
  if (from->frozen == NULL) return LN_OK;
  to->frozen = ln_calloc((size_t)from->parameters.n + 1, sizeof *to->frozen);
  if (to->frozen == NULL) return ln_fail_memory(err, "freeze", (size_t)from->parameters.n);
  memcpy(to->frozen, from->frozen, (size_t)from->parameters.n * sizeof *to->frozen);
  return LN_OK;
}
