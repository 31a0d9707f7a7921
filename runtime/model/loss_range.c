/* Whether a loss suits a network and its targets: see ln_trainer_check_loss. */
#include <stdio.h>
#include <string.h>

#include "loss/loss.h"
#include "model/network_parts.h"
#include "model/trainer.h"
#include "nn/activation.h"

static bool contains(LnRange outer, LnRange inner) {
  return outer.low <= inner.low && inner.high <= outer.high;
}

/* What the output lies between and the layer that makes it so: the last but for those that only pass numbers on. False
 * where that is unknown. */
static bool output_range(LnRange *range, const LnGraphLayer **layer, const LnGraph *graph) {
  int last = graph->n - 1;
  while (last >= 0 && graph->layers[last].type->keeps_range) last = graph->layers[last].inputs[0];
  if (last < 0 || graph->layers[last].type->range == NULL) return false;
  *layer = &graph->layers[last];
  *range = (*layer)->type->range(ln_item_options((*layer)->item));
  return true;
}

/* Names for a message, 'sigmoid' or 'tanh'; as far as there is room. */
typedef struct Names {
  char text[200];
  int n;
} Names;

static void add_name(Names *names, const char *name) {
  size_t used = strlen(names->text);
  snprintf(names->text + used, sizeof names->text - used, "%s'%s'", names->n++ > 0 ? " or " : "", name);
}

static Names activations_within(LnRange range) {
  Names names = {0};
  for (int word = 0; ln_activation_names[word] != NULL; word++)
    if (contains(range, ln_activation_range(ln_activation_by_word(word)))) add_name(&names, ln_activation_names[word]);
  return names;
}

static Names losses_for(LnRange range) {
  Names names = {0};
  for (const LnType *const *type = ln_loss_kind.types; *type != NULL; type++)
    if (contains(((const LnLossType *)*type)->range, range)) add_name(&names, (*type)->name);
  return names;
}

LnStatus ln_trainer_check_loss(const LnNetwork *net, LnItem *loss, LnTensor *target, LnError *err) {
  const LnLossType *type = (const LnLossType *)ln_item_type(loss);
  const char *name = type->type.name;
  const LnGraphLayer *last = NULL;
  LnRange takes = type->range, range;
  if (output_range(&range, &last, &net->graph) && !contains(takes, range)) {
    Names activations = activations_within(takes), losses = losses_for(range);
    return ln_fail(err, LN_EARG,
                   "the loss %s takes outputs from %g to %g, but the last layer, %s, gives numbers from %g to "
                   "%g%s%s%s%s",
                   name, takes.low, takes.high, last->name, range.low, range.high,
                   activations.n > 0 ? "; use the activation " : "", activations.text,
                   losses.n > 0 ? "; or the loss " : "", losses.text);
  }
  LnRange targets = {ln_tensor_reduce_all(LN_RMIN, target), ln_tensor_reduce_all(LN_RMAX, target)};
  if (contains(takes, targets)) return LN_OK;
  return ln_fail(err, LN_EARG, "the loss %s takes targets from %g to %g, but they go from %.4g to %.4g", name,
                 takes.low, takes.high, targets.low, targets.high);
}
