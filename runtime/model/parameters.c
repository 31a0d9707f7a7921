/* A network's tensors: see parameters.h. */
#include "model/parameters.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"

/* First values in the order in which users see them, so that they do not depend on the layout in memory.
 * Glorot, Bengio, AISTATS 2010; He, Zhang, Ren, Sun, ICCV 2015. */
static void draw(float *values, int64_t n, const LnDecl *decl, LnRng rng) {
  double fans = decl->init == LN_INIT_GLOROT_UNIFORM || decl->init == LN_INIT_GLOROT_NORMAL
                    ? (double)(decl->fan_in + decl->fan_out) / 2
                    : (double)decl->fan_in;
  switch (decl->init) {
    case LN_INIT_ZEROS:
    case LN_INIT_ONES:
    case LN_INIT_VALUE: {
      float value = decl->init == LN_INIT_VALUE ? decl->value : decl->init == LN_INIT_ONES ? 1.0f : 0.0f;
      for (int64_t i = 0; i < n; i++) values[i] = value;
      break;
    }
    case LN_INIT_GLOROT_UNIFORM:
    case LN_INIT_HE_UNIFORM: {
      double limit = sqrt((decl->init == LN_INIT_HE_UNIFORM ? 6.0 : 3.0) / fans);
      for (int64_t i = 0; i < n; i++) values[i] = (float)(limit * (2 * ln_rng_uniform(rng, (uint64_t)i) - 1));
      break;
    }
    case LN_INIT_GLOROT_NORMAL:
    case LN_INIT_HE_NORMAL: {
      double sd = sqrt((decl->init == LN_INIT_HE_NORMAL ? 2.0 : 1.0) / fans);
      for (int64_t i = 0; i < n; i++) values[i] = (float)(sd * ln_rng_normal(rng, (uint64_t)i));
      break;
    }
  }
}

LnStatus ln_parameters_view(LnTensor **out, LnTensor *tensor, const LnDecl *decl, LnError *err) {
  return ln_tensor_permute(out, tensor, decl->axes, err);
}

static LnStatus initialise(LnTensor *tensor, const LnDecl *decl, LnRng rng, LnError *err) {
  LnTensor *view = NULL;
  int64_t n = ln_shape_count(tensor->shape);
  float *values = ln_alloc((size_t)n * sizeof *values);
  if (values == NULL) return ln_fail_memory(err, "initial parameters", (size_t)n * sizeof *values);
  LnStatus status = ln_parameters_view(&view, tensor, decl, err);
  if (status == LN_OK) {
    draw(values, n, decl, rng);
    ln_tensor_write(view, values);
  }
  ln_tensor_unref(view);
  ln_free(values);
  return status;
}

/* From a source, or drawn from the stream of the index-th tensor. */
static LnStatus set_values(LnParameters *to, int index, const LnDecl *decl, uint64_t seed, const LnTensorSource *source,
                           LnError *err) {
  LnTensor *view = NULL, *tensor = to->tensors[index];
  if (source == NULL && decl->start != NULL) return ln_tensor_copy(tensor, decl->start, err);
  if (source == NULL) return initialise(tensor, decl, ln_rng_derive((LnRng){seed, 0}, (uint64_t)index), err);
  LN_TRY(ln_parameters_view(&view, tensor, decl, err));
  LnStatus status = source->read(view, source->context, to->names[index].text, err);
  ln_tensor_unref(view);
  return status;
}

static LnTensorName name_of(const LnGraphLayer *layer, const LnDecl *decl) {
  LnTensorName name;
  snprintf(name.text, sizeof name.text, "%s.%s", layer->name, decl->name);
  return name;
}

static LnStatus make_room(LnParameters *out, const LnGraph *graph, LnError *err) {
  size_t n = (size_t)(graph->n_tensors + graph->n_tied);
  out->tensors = ln_calloc(n, sizeof *out->tensors);
  out->data = ln_calloc(n, sizeof *out->data);
  out->names = ln_calloc(n, sizeof *out->names);
  if (out->tensors == NULL || out->data == NULL || out->names == NULL)
    return ln_fail_memory(err, "parameters", n * sizeof *out->names);
  out->n = graph->n_tensors;
  out->n_tied = graph->n_tied;
  for (int i = 0; i < out->n + out->n_tied; i++) {
    const LnGraphLayer *layer;
    const LnDecl *decl = ln_graph_decl(graph, i, &layer);
    out->names[i] = name_of(layer, decl);
  }
  return LN_OK;
}

/* One that the layer has already is taken as it is. */
static LnStatus make_tensor(LnParameters *out, const LnGraph *graph, int index, uint64_t seed,
                            const LnTensorSource *source, LnError *err) {
  const LnGraphLayer *layer;
  const LnDecl *decl = ln_graph_decl(graph, index, &layer);
  int own = graph->tensors[index].decl;
  bool tied = index >= out->n, there = !tied && layer->weights->n > own;
  if (there && !ln_shape_equal(layer->weights->tensors[own]->shape, decl->shape))
    return ln_fail(err, LN_ESHAPE, "layer %d (%s): its %s was made for other inputs and does not fit input %s",
                   (int)(layer - graph->layers) + 1, ln_item_name(layer->item), decl->name,
                   LN_SHAPE_TEXT(ln_graph_shape(graph, layer->inputs[0])));
  if (there)
    out->tensors[index] = ln_tensor_ref(layer->weights->tensors[own]);
  else
    LN_TRY(ln_tensor_new(&out->tensors[index], decl->shape, err));
  out->data[index] = out->tensors[index]->data;
  return there || tied ? LN_OK : set_values(out, index, decl, seed, source, err);
}

/* From here on the layers have these tensors. A layer's first tensor may be tied; it is the network's own then. */
static void give_to_layers(const LnParameters *parameters, const LnGraph *graph) {
  for (int i = 0; i < graph->n; i++) {
    const LnGraphLayer *layer = &graph->layers[i];
    if (layer->weights == NULL || layer->first != i || layer->weights->n > 0) continue;
    for (int d = 0; d < layer->n_decls; d++)
      layer->weights->tensors[d] = ln_tensor_ref(parameters->tensors[layer->tensors[d]]);
    layer->weights->n = layer->n_decls;
  }
}

LnStatus ln_parameters_make(LnParameters *out, const LnGraph *graph, uint64_t seed, const LnTensorSource *source,
                            LnError *err) {
  LN_TRY(make_room(out, graph, err));
  for (int i = 0; i < out->n + out->n_tied; i++) LN_TRY(make_tensor(out, graph, i, seed, source, err));
  give_to_layers(out, graph);
  return LN_OK;
}

/* ---- Tied tensors ---- */

/* One step of `to` from `from`, element by element, both with strides. */
static void move(float *to, const int64_t *to_step, const float *from, const int64_t *from_step, const int64_t *size,
                 int dims, bool add) {
  for (int64_t i = 0; i < size[0]; i++, to += to_step[0], from += from_step[0]) {
    if (dims > 1)
      move(to, to_step + 1, from, from_step + 1, size + 1, dims - 1, add);
    else
      *to = add ? *to + *from : *from;
  }
}

/* Steps of the dimensions as users see them; order: which of them each is, or NULL. */
static void steps_of(int64_t *steps, const LnDecl *decl, const int *order) {
  int64_t memory[LN_MAX_DIMS], step = 1;
  for (int i = decl->shape.n - 1; i >= 0; i--) memory[i] = step, step *= decl->shape.d[i];
  for (int i = 0; i < decl->shape.n; i++) steps[i] = memory[decl->axes[order == NULL ? i : order[i]]];
}

/* Values from the sources to the tied tensors, or their gradients back, added. NULL gradients are left out. */
static void follow_ties(float *const *data, const LnGraph *graph, bool back) {
  for (int i = graph->n_tensors; i < graph->n_tensors + graph->n_tied; i++) {
    const LnGraphLayer *layer, *source;
    int other = graph->tensors[i].source;
    const LnDecl *decl = ln_graph_decl(graph, i, &layer), *from = ln_graph_decl(graph, other, &source);
    int64_t own_steps[LN_MAX_DIMS], steps[LN_MAX_DIMS], size[LN_MAX_DIMS];
    steps_of(own_steps, decl, layer->type->tied_axes);
    steps_of(steps, from, NULL);
    for (int d = 0; d < from->shape.n; d++) size[d] = from->shape.d[from->axes[d]];
    if (data[i] == NULL || data[other] == NULL) continue;
    if (back)
      move(data[other], steps, data[i], own_steps, size, from->shape.n, true);
    else
      move(data[i], own_steps, data[other], steps, size, from->shape.n, false);
  }
}

void ln_parameters_tie(const LnParameters *parameters, const LnGraph *graph) {
  follow_ties(parameters->data, graph, false);
}

void ln_parameters_tie_back(float *const *grads, const LnGraph *graph) {
  follow_ties(grads, graph, true);
}

void ln_parameters_free(LnParameters *parameters) {
  for (int i = 0; i < parameters->n + parameters->n_tied; i++) ln_tensor_unref(parameters->tensors[i]);
  ln_free(parameters->tensors);
  ln_free(parameters->data);
  ln_free(parameters->names);
  *parameters = (LnParameters){0};
}

static LnShape shape_for_users(const LnDecl *decl) {
  LnShape shape = {.n = decl->shape.n};
  for (int i = 0; i < shape.n; i++) shape.d[i] = decl->shape.d[decl->axes[i]];
  return shape;
}

LnStatus ln_parameters_check(const LnGraph *graph, const LnTensorSource *source, LnError *err) {
  for (int i = 0; i < graph->n_tensors; i++) {
    const LnGraphLayer *layer;
    const LnDecl *decl = ln_graph_decl(graph, i, &layer);
    LN_TRY(source->check(source->context, name_of(layer, decl).text, shape_for_users(decl), err));
  }
  return LN_OK;
}

double ln_parameters_bytes(const LnGraph *graph) {
  double bytes = 0;
  for (int i = 0; i < graph->n_tensors; i++) {
    const LnGraphLayer *layer;
    bytes += (double)sizeof(float) * (double)ln_shape_count(ln_graph_decl(graph, i, &layer)->shape);
  }
  return bytes;
}
