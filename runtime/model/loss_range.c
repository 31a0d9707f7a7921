/* Whether a loss suits a network and its targets: see ln_trainer_check_loss. */
#include <stdio.h>
#include <string.h>

#include "loss/sum.h"
#include "model/network_parts.h"
#include "model/trainer.h"
#include "nn/activation.h"

static bool contains(LnRange outer, LnRange inner) {
  return outer.low <= inner.low && inner.high <= outer.high;
}

/* What the output lies between and the layer that makes it so: the last but for those that only pass numbers on. False
 * where that is unknown. */
static bool output_range(LnRange *range, const LnGraphLayer **layer, const LnGraph *graph, int output) {
  int last = graph->outputs[output];
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

/* One term of a loss. targets: what they lie between. */
static LnStatus check_term(const LnGraph *graph, int output, LnItem *loss, LnRange targets, LnError *err) {
  const LnGraphLayer *last = NULL;
  LnRange takes = ((const LnLossType *)ln_item_type(loss))->range, range;
  const char *name = ln_item_name(loss);
  if (output_range(&range, &last, graph, output) && !contains(takes, range)) {
    Names activations = activations_within(takes), losses = losses_for(range);
    return ln_fail(err, LN_EARG,
                   "the loss %s takes outputs from %g to %g, but the last layer, %s, gives numbers from %g to "
                   "%g%s%s%s%s",
                   name, takes.low, takes.high, last->name, range.low, range.high,
                   activations.n > 0 ? "; use the activation " : "", activations.text,
                   losses.n > 0 ? "; or the loss " : "", losses.text);
  }
  if (contains(takes, targets)) return LN_OK;
  return ln_fail(err, LN_EARG, "the loss %s takes targets from %g to %g, but they go from %.4g to %.4g", name,
                 takes.low, takes.high, targets.low, targets.high);
}

LnStatus ln_trainer_check_loss(const LnNetwork *net, int output, LnItem *loss, LnTensor *target, LnError *err) {
  LnRange targets = {ln_tensor_reduce_all(LN_RMIN, target), ln_tensor_reduce_all(LN_RMAX, target)};
  for (int i = 0; i < ln_loss_terms(loss); i++)
    LN_TRY(check_term(&net->graph, output, ln_loss_term(loss, i).loss, targets, err));
  return LN_OK;
}
