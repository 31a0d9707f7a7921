/* Fusion: which layers of a graph become one step. See plan.h.
 *
 * Every layer that can take others on looks before and behind itself in the graph for what it accepts. Only what nobody
 * else reads can be taken on, as its values exist nowhere then. */
#include <string.h>

#include "base/memory.h"
#include "model/plan_steps.h"

/* Whether the plan does without a layer, because in prediction it changes nothing. */
static bool left_out(const LnPlan *plan, int layer) {
  return !plan->use.training && !plan->use.separate && plan->graph->layers[layer].type->only_in_training;
}

int ln_plan_origin_of(const LnPlan *plan, int layer) {
  while (layer >= 0 && left_out(plan, layer)) layer = plan->graph->layers[layer].inputs[0];
  return layer;
}

/* For each graph layer: how many read it, and one of them. The output counts as read from outside. Who is read by
 * nobody, be it because the plan does without it, is no part of the plan, and reads nothing. */
typedef struct Readers {
  int count, one;
} Readers;

static void count_readers(Readers *readers, const LnPlan *plan) {
  const LnGraph *graph = plan->graph;
  int output = ln_plan_origin_of(plan, graph->n - 1);
  if (output >= 0) readers[output].count = 1;
  for (int i = graph->n - 1; i >= 0; i--) { /* readers come later in the graph */
    for (int k = 0; k < graph->layers[i].n_inputs && readers[i].count > 0; k++) {
      int source = ln_plan_origin_of(plan, graph->layers[i].inputs[k]);
      if (source < 0) continue;
      readers[source].count++;
      readers[source].one = i;
    }
  }
}

/* Steps while they are looked for. taken[i]: layer i is part of another layer's step, or of none. */
typedef struct Search {
  const LnPlan *plan;
  const Readers *readers;
  bool *taken;
} Search;

/* The layer behind an input, if nobody else reads it and no other step has taken it on; else -1. */
static int free_source(const Search *s, int input) {
  int source = ln_plan_origin_of(s->plan, input);
  return source >= 0 && !s->taken[source] && s->readers[source].count == 1 ? source : -1;
}

static const LnGraphLayer *layer_of(const Search *s, int layer) {
  return &s->plan->graph->layers[layer];
}

static bool accepts(const Search *s, const LnStep *step, const LnFusion *fusion) {
  const LnGraphLayer *layer = layer_of(s, step->layer);
  return layer->type->accepts(ln_item_options(layer->item), fusion);
}

static bool offers(const Search *s, int layer, LnFusion *fusion) {
  const LnGraphLayer *l = layer_of(s, layer);
  return l->type->offers != NULL && l->n_inputs == 1 && l->type->offers(fusion, ln_item_options(l->item));
}

/* An enlargement before the given input that may be taken on, or -1. */
static int enlargement(const Search *s, int input, int64_t enlarge[2]) {
  LnFusion alone = ln_fusion_none();
  int source = free_source(s, input);
  if (source < 0 || !offers(s, source, &alone) || !ln_fusion_enlarges(&alone)) return -1;
  memcpy(enlarge, alone.enlarge[0], sizeof alone.enlarge[0]);
  return source;
}

static void take(const Search *s, LnStep *step, int layer) {
  s->taken[layer] = true;
  if (layer < step->first) step->first = layer;
}

/* Enlargements before the inputs of a layer, which is the step's own or one that joins inputs for it. */
static bool take_on_inputs(const Search *s, LnStep *step, const LnGraphLayer *layer) {
  LnFusion candidate = step->fusion;
  int before[LN_MAX_INPUTS];
  candidate.joined = layer->n_inputs;
  for (int i = 0; i < layer->n_inputs; i++) before[i] = enlargement(s, layer->inputs[i], candidate.enlarge[i]);
  if (!ln_fusion_enlarges(&candidate) || !accepts(s, step, &candidate)) return false;
  step->fusion = candidate;
  step->n_inputs = layer->n_inputs;
  for (int i = 0; i < layer->n_inputs; i++) {
    step->inputs[i] = before[i] < 0 ? layer->inputs[i] : layer_of(s, before[i])->inputs[0];
    if (before[i] >= 0) take(s, step, before[i]);
  }
  return true;
}

static void take_on_before(const Search *s, LnStep *step) {
  const LnGraphLayer *layer = layer_of(s, step->layer);
  int source = free_source(s, layer->inputs[0]);
  if (layer->n_inputs != 1 || source < 0) return;
  if (!layer_of(s, source)->type->concatenates)
    take_on_inputs(s, step, layer);
  else if (take_on_inputs(s, step, layer_of(s, source)))
    take(s, step, source);
}

/* What follows, as long as nobody else reads what lies between. */
static void take_on_after(const Search *s, LnStep *step, int output) {
  while (step->last != output && s->readers[step->last].count == 1) {
    LnFusion candidate = step->fusion;
    int next = s->readers[step->last].one;
    if (!offers(s, next, &candidate) || memcmp(candidate.enlarge, step->fusion.enlarge, sizeof candidate.enlarge) != 0 ||
        !accepts(s, step, &candidate))
      return;
    step->fusion = candidate;
    step->last = next;
    s->taken[next] = true;
  }
}

/* Steps in order, each with the graph layers it stands for. */
static int find_steps(LnStep *steps, const Search *s) {
  const LnGraph *graph = s->plan->graph;
  int n = 0;
  for (int i = 0; i < graph->n; i++) {
    const LnGraphLayer *layer = &graph->layers[i];
    LnStep *step = &steps[i];
    *step = (LnStep){.layer = i, .first = i, .last = i, .fusion = ln_fusion_none(), .n_inputs = layer->n_inputs};
    memcpy(step->inputs, layer->inputs, sizeof step->inputs);
    s->taken[i] = s->taken[i] || s->readers[i].count == 0;
    if (s->plan->use.separate || s->taken[i] || layer->type->accepts == NULL) continue;
    take_on_before(s, step);
    take_on_after(s, step, ln_plan_origin_of(s->plan, graph->n - 1));
  }
  for (int i = 0; i < graph->n; i++)
    if (!s->taken[i]) steps[n++] = steps[i];
  return n;
}

LnStatus ln_plan_find_steps(LnPlan *plan, LnError *err) {
  size_t n = (size_t)plan->graph->n;
  Readers *readers = ln_calloc(n, sizeof *readers);
  bool *taken = ln_calloc(n, sizeof *taken);
  bool complete = readers != NULL && taken != NULL;
  if (complete) {
    count_readers(readers, plan);
    plan->n_steps = find_steps(plan->steps, &(Search){plan, readers, taken});
  }
  ln_free(readers), ln_free(taken);
  return complete ? LN_OK : ln_fail_memory(err, "plan", n * sizeof *readers);
}
