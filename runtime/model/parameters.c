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

static LnStatus make_room(LnParameters *out, int count, LnError *err) {
  size_t n = (size_t)count;
  out->tensors = ln_calloc(n, sizeof *out->tensors);
  out->data = ln_calloc(n, sizeof *out->data);
  out->names = ln_calloc(n, sizeof *out->names);
  if (out->tensors == NULL || out->data == NULL || out->names == NULL)
    return ln_fail_memory(err, "parameters", n * sizeof *out->names);
  out->n = count;
  return LN_OK;
}

LnStatus ln_parameters_make(LnParameters *out, const LnGraph *graph, uint64_t seed, const LnTensorSource *source,
                            LnError *err) {
  LN_TRY(make_room(out, graph->n_tensors, err));
  for (int i = 0; i < out->n; i++) {
    const LnGraphLayer *layer;
    const LnDecl *decl = ln_graph_decl(graph, i, &layer);
    out->names[i] = name_of(layer, decl);
    LN_TRY(ln_tensor_new(&out->tensors[i], decl->shape, err));
    out->data[i] = out->tensors[i]->data;
    LN_TRY(set_values(out, i, decl, seed, source, err));
  }
  return LN_OK;
}

LnStatus ln_parameters_copy(LnParameters *out, const LnParameters *from, LnError *err) {
  LN_TRY(make_room(out, from->n, err));
  for (int i = 0; i < out->n; i++) {
    out->names[i] = from->names[i];
    LN_TRY(ln_tensor_clone(&out->tensors[i], from->tensors[i], err));
    out->data[i] = out->tensors[i]->data;
  }
  return LN_OK;
}

void ln_parameters_free(LnParameters *parameters) {
  for (int i = 0; i < parameters->n; i++) ln_tensor_unref(parameters->tensors[i]);
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
