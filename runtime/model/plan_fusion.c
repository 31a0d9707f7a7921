/* Fusion: which layers of a graph become one step. See plan.h.
 *
 * Every layer that can absorb others looks at its neighbours in the graph, those before it and those after it. A layer
 * can be absorbed only if no other layer reads its output, because that output then exists nowhere. */
#include <string.h>

#include "base/memory.h"
#include "model/plan_steps.h"

/* Whether the plan does without a layer, because in prediction it changes nothing. */
static bool left_out(const LnPlan *plan, int layer) {
  const LnLayerType *type = plan->graph->layers[layer].type;
  return !plan->use.unfused && type->only_in_training && !ln_plan_trains(plan, type);
}

int ln_plan_origin_of(const LnPlan *plan, int layer) {
  while (layer >= 0 && left_out(plan, layer)) layer = plan->graph->layers[layer].inputs[0];
  return layer;
}

/* For each graph layer: how many layers read its output, and one of them. An output of the network counts as read.
 * Layers that the plan leaves out, or that nothing in it needs, have a count of 0; what they read is not counted. */
typedef struct Readers {
  int count, one;
  bool output;
} Readers;

static void count_readers(Readers *readers, const LnPlan *plan) {
  const LnGraph *graph = plan->graph;
  for (int i = 0; i < graph->n_outputs; i++) {
    int output = ln_plan_origin_of(plan, graph->outputs[i]);
    if (output >= 0) readers[output].output = true, readers[output].count++;
  }
  for (int i = graph->n - 1; i >= 0; i--) { /* readers come later in the graph */
    for (int k = 0; k < graph->layers[i].n_inputs && readers[i].count > 0; k++) {
      int source = ln_plan_origin_of(plan, graph->layers[i].inputs[k]);
      if (source < 0) continue;
      readers[source].count++;
      readers[source].one = i;
    }
  }
}

/* The search for steps. absorbed[i]: layer i is part of another layer's step, or of none. */
typedef struct Search {
  const LnPlan *plan;
  const Readers *readers;
  bool *absorbed;
} Search;

/* The layer behind an input, if no other layer reads it and no other step absorbs it; else -1. */
static int free_source(const Search *s, int input) {
  int source = ln_plan_origin_of(s->plan, input);
  bool free = source >= 0 && !s->absorbed[source] && s->readers[source].count == 1 && !s->readers[source].output;
  return free ? source : -1;
}

static const LnGraphLayer *layer_of(const Search *s, int layer) {
  return &s->plan->graph->layers[layer];
}

static bool can_fuse(const Search *s, const LnStep *step, const LnFusion *fusion) {
  const LnGraphLayer *layer = layer_of(s, step->layer);
  return layer->type->can_fuse(ln_item_options(layer->item), fusion);
}

static bool fuse_into(const Search *s, int layer, LnFusion *fusion) {
  const LnGraphLayer *l = layer_of(s, layer);
  return l->type->fuse_into != NULL && l->n_inputs == 1 && l->type->fuse_into(fusion, ln_item_options(l->item));
}

/* The upsampling before the given input, if it can be absorbed; else -1. */
static int upsampling(const Search *s, int input, int64_t upsample[2]) {
  LnFusion alone = ln_fusion_none();
  int source = free_source(s, input);
  if (source < 0 || !fuse_into(s, source, &alone) || !ln_fusion_upsamples(&alone)) return -1;
  memcpy(upsample, alone.upsample[0], sizeof alone.upsample[0]);
  return source;
}

static void absorb(const Search *s, LnStep *step, int layer) {
  s->absorbed[layer] = true;
  if (layer < step->first) step->first = layer;
}

/* Absorbs the upsamplings before the inputs of `layer`: the step's own, or the one that concatenates its inputs. */
static bool absorb_inputs(const Search *s, LnStep *step, const LnGraphLayer *layer) {
  LnFusion candidate = step->fusion;
  int before[LN_MAX_INPUTS];
  candidate.concatenated = layer->n_inputs;
  for (int i = 0; i < layer->n_inputs; i++) before[i] = upsampling(s, layer->inputs[i], candidate.upsample[i]);
  if (!ln_fusion_upsamples(&candidate) || !can_fuse(s, step, &candidate)) return false;
  step->fusion = candidate;
  step->n_inputs = layer->n_inputs;
  for (int i = 0; i < layer->n_inputs; i++) {
    step->inputs[i] = before[i] < 0 ? layer->inputs[i] : layer_of(s, before[i])->inputs[0];
    if (before[i] >= 0) absorb(s, step, before[i]);
  }
  return true;
}

static void absorb_before(const Search *s, LnStep *step) {
  const LnGraphLayer *layer = layer_of(s, step->layer);
  int source = free_source(s, layer->inputs[0]);
  if (layer->n_inputs != 1 || source < 0) return;
  if (!layer_of(s, source)->type->concatenates)
    absorb_inputs(s, step, layer);
  else if (absorb_inputs(s, step, layer_of(s, source)))
    absorb(s, step, source);
}

/* The layers that follow, as long as no other layer reads what lies between. */
static void absorb_after(const Search *s, LnStep *step) {
  while (!s->readers[step->last].output && s->readers[step->last].count == 1) {
    LnFusion candidate = step->fusion;
    int next = s->readers[step->last].one;
    if (!fuse_into(s, next, &candidate) || !can_fuse(s, step, &candidate) ||
        memcmp(candidate.upsample, step->fusion.upsample, sizeof candidate.upsample) != 0)
      return;
    step->fusion = candidate;
    step->last = next;
    s->absorbed[next] = true;
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
    s->absorbed[i] = s->absorbed[i] || s->readers[i].count == 0;
    if (s->plan->use.unfused || s->absorbed[i] || layer->type->can_fuse == NULL) continue;
    absorb_before(s, step);
    absorb_after(s, step);
  }
  for (int i = 0; i < graph->n; i++)
    if (!s->absorbed[i]) steps[n++] = steps[i];
  return n;
}

LnStatus ln_plan_find_steps(LnPlan *plan, LnError *err) {
  size_t n = (size_t)plan->graph->n;
  Readers *readers = ln_calloc(n, sizeof *readers);
  bool *absorbed = ln_calloc(n, sizeof *absorbed);
  bool complete = readers != NULL && absorbed != NULL;
  if (complete) {
    count_readers(readers, plan);
    plan->n_steps = find_steps(plan->steps, &(Search){plan, readers, absorbed});
  }
  ln_free(readers), ln_free(absorbed);
  return complete ? LN_OK : ln_fail_memory(err, "plan", n * sizeof *readers);
}
