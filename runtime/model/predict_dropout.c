/* Predictions with dropout at work, drawn several times: their mean and spread. See network.h.
 *
 * Sums are of deviations from the first draw, in double, so that draws that do not differ have a spread of 0 exactly.
 * Source: Gal, Ghahramani, Dropout as a Bayesian approximation, ICML 2016. */
#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "model/network_parts.h"

/* Of one output; its number of elements is that of one draw. */
typedef struct Moments {
  LnTensor *first;       /* the first draw; in the end the mean */
  double *sum, *squares; /* of the deviations from it */
} Moments;

typedef struct Draws {
  LnNetwork *net;
  LnTensor *const *x;
  LnRng rng;
  Moments moments[LN_MAX_ENDS];
} Draws;

static LnStatus check(const LnNetwork *net, int64_t draws, LnError *err) {
  if (draws < 1) return ln_fail(err, LN_EARG, "predict: the number of draws must be at least 1");
  for (int i = 0; i < net->graph.n; i++)
    if (net->graph.layers[i].type->drops) return LN_OK;
  return ln_fail(err, LN_EARG, "predict: dropout was asked for, but the network has no dropout layer: all draws would be "
                               "the same");
}

static LnStatus make_moments(Moments *m, const LnTensor *y, int64_t draws, LnError *err) {
  LnShape shape = y->shape;
  shape.d[0] /= draws;
  size_t n = (size_t)ln_shape_count(shape);
  LN_TRY(ln_tensor_new(&m->first, shape, err));
  m->sum = ln_calloc(n + 1, sizeof *m->sum);
  m->squares = ln_calloc(n + 1, sizeof *m->squares);
  if (m->sum == NULL || m->squares == NULL) return ln_fail_memory(err, "sums over the draws", n * sizeof *m->sum);
  for (size_t i = 0; i < n; i++) m->first->data[i] = y->data[i];
  return LN_OK;
}

/* y: some draws, one after the other, contiguous. */
static LnStatus add(Moments *m, LnTensor *y, int64_t draws, LnError *err) {
  LnTensor *values = NULL;
  LN_TRY(ln_tensor_as_contiguous(&values, y, err));
  LnStatus status = m->first == NULL ? make_moments(m, values, draws, err) : LN_OK;
  int64_t n = status == LN_OK ? ln_shape_count(m->first->shape) : 0;
  for (int64_t k = 0; k < draws; k++) {
    const float *draw = values->data + k * n;
    for (int64_t i = 0; i < n; i++) {
      double deviation = (double)draw[i] - m->first->data[i];
      m->sum[i] += deviation;
      m->squares[i] += deviation * deviation;
    }
  }
  ln_tensor_unref(values);
  return status;
}

/* Draws first .. first + count-1 of all samples. */
static LnStatus draw(Draws *d, int64_t first, int64_t count, LnError *err) {
  LnTensor *y[LN_MAX_ENDS] = {NULL};
  LnDropoutUse dropout = {.on = true, .rng = d->rng, .first = first * d->x[0]->shape.d[0], .repeats = count};
  LnStatus status = ln_network_predict_use(y, d->net, d->x, dropout, err);
  for (int i = 0; i < d->net->graph.n_outputs; i++) {
    if (status == LN_OK) status = add(&d->moments[i], y[i], count, err);
    ln_tensor_unref(y[i]);
  }
  return status;
}

/* Draws for as many samples as there are threads; one where layers see the batch, which draws must not be part of. */
static int64_t draws_at_once(const Draws *d) {
  int64_t samples = d->x[0]->shape.n > 0 ? d->x[0]->shape.d[0] : 1;
  for (int i = 0; i < d->net->graph.n; i++) {
    const LnGraphLayer *layer = &d->net->graph.layers[i];
    bool (*sums)(const void *) = layer->type->sums_in_prediction;
    if (layer->type->forward_batch != NULL || (sums != NULL && sums(ln_item_options(layer->item)))) return 1;
  }
  return samples == 0 || samples >= ln_threads() ? 1 : (ln_threads() + samples - 1) / samples;
}

static LnStatus draw_all(Draws *d, int64_t draws, LnError *err) {
  int64_t at_once = draws_at_once(d);
  for (int64_t first = 0; first < draws; first += at_once)
    LN_TRY(draw(d, first, draws - first < at_once ? draws - first : at_once, err));
  return LN_OK;
}

/* The standard deviation as a tensor, and the mean in place of the first draw. */
static LnStatus finish(LnTensor **sd, Moments *m, int64_t draws, LnError *err) {
  LN_TRY(ln_tensor_new(sd, m->first->shape, err));
  double n = (double)draws;
  for (int64_t i = 0; i < ln_shape_count(m->first->shape); i++) {
    double variance = (m->squares[i] - m->sum[i] * m->sum[i] / n) / n;
    (*sd)->data[i] = variance > 0 ? (float)sqrt(variance) : 0.0f;
    m->first->data[i] = (float)(m->first->data[i] + m->sum[i] / n);
  }
  return LN_OK;
}

LnStatus ln_network_predict_dropout(LnTensor **mean, LnTensor **sd, LnNetwork *net, LnTensor *const *x, int64_t draws,
                                    LnRng rng, LnError *err) {
  Draws d = {.net = net, .x = x, .rng = rng};
  LnTensor *spread[LN_MAX_ENDS] = {NULL};
  LN_TRY(check(net, draws, err));
  LnStatus status = draw_all(&d, draws, err);
  for (int i = 0; status == LN_OK && i < net->graph.n_outputs; i++)
    status = finish(&spread[i], &d.moments[i], draws, err);
  for (int i = 0; i < net->graph.n_outputs; i++) {
    if (status == LN_OK)
      mean[i] = d.moments[i].first, sd[i] = spread[i];
    else
      ln_tensor_unref(d.moments[i].first), ln_tensor_unref(spread[i]);
    ln_free(d.moments[i].sum), ln_free(d.moments[i].squares);
  }
  return status;
}
