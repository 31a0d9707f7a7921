/* Elementwise losses: see elementwise.h. */
#include "loss/elementwise.h"

#include <string.h>

const char *const ln_reduction_words[] = {"mean", "sum", NULL};

const LnParam ln_elementwise_params[] = {LN_ELEMENTWISE_PARAMS(LnElementwiseOnly), {0}};

/* Whether the weights have one number for every element, in order. */
static bool is_full(const LnElementwise *o, LnShape sample) {
  return o->weight == NULL || ln_shape_count(o->weight->shape) == ln_shape_count(sample);
}

int64_t ln_elementwise_scratch(const void *options, LnShape sample) {
  return is_full(options, sample) ? 0 : ln_shape_count(sample);
}

LnStatus ln_elementwise_check_sample(const void *options, LnShape sample, LnError *err) {
  const LnElementwise *o = options;
  if (o->weight == NULL) return LN_OK;
  LnShape weights = o->weight->shape;
  bool fits = weights.n <= sample.n;
  for (int i = 1; i <= weights.n && fits; i++)
    fits = weights.d[weights.n - i] == 1 || weights.d[weights.n - i] == sample.d[sample.n - i];
  if (fits) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "option 'weight' of shape %s does not broadcast to a sample of %s",
                 LN_SHAPE_TEXT(weights), LN_SHAPE_TEXT(sample));
}

/* The weights of all elements, in order: those of the option, or spread out in `to`. */
static const float *spread(const LnTensor *weight, float *to, LnShape sample) {
  int64_t index[LN_MAX_DIMS] = {0}, n = ln_shape_count(sample);
  LnShape shape = weight->shape;
  for (int64_t i = 0; i < n; i++) {
    int64_t at = 0;
    for (int d = 0; d < shape.n; d++) {
      int64_t here = index[sample.n - shape.n + d];
      at = at * shape.d[d] + (shape.d[d] == 1 ? 0 : here);
    }
    to[i] = weight->data[at];
    for (int d = sample.n - 1; d >= 0 && ++index[d] == sample.d[d]; d--) index[d] = 0;
  }
  return to;
}

double ln_elementwise_divisor(const void *options, LnShape sample) {
  const LnElementwise *o = options;
  return o->reduction == LN_REDUCE_MEAN ? (double)ln_shape_count(sample) : 1;
}

/* The sum of n <= LN_ELEMENT_BLOCK terms; slope becomes factor times the gradient. */
static double block_sum(double *term, float *slope, const float *weights, float factor, int n) {
  double sum = 0;
  if (weights != NULL) {
#pragma omp simd
    for (int i = 0; i < n; i++) term[i] *= weights[i], slope[i] *= weights[i];
  }
#pragma omp simd reduction(+ : sum)
  for (int i = 0; i < n; i++) sum += term[i];
#pragma omp simd
  for (int i = 0; i < n; i++) slope[i] *= factor;
  return sum;
}

double ln_elementwise_eval(const void *options, const LnLossSample *s, LnElementTerms *terms) {
  const LnElementwise *o = options;
  int64_t n = ln_shape_count(s->shape);
  double sum = 0, divisor = ln_elementwise_divisor(options, s->shape);
  double term[LN_ELEMENT_BLOCK];
  float slope[LN_ELEMENT_BLOCK], factor = (float)(s->scale / divisor);
  const float *weights = o->weight == NULL       ? NULL
                         : is_full(o, s->shape) ? o->weight->data
                                                : spread(o->weight, s->scratch, s->shape);
  for (int64_t i = 0; i < n; i += LN_ELEMENT_BLOCK) {
    int count = n - i < LN_ELEMENT_BLOCK ? (int)(n - i) : LN_ELEMENT_BLOCK;
    float *into = s->grad == NULL ? slope : s->grad + i;
    terms(options, term, into, s->y + i, s->target + i, count);
    sum += block_sum(term, into, weights == NULL ? NULL : weights + i, factor, count);
  }
  return sum / divisor;
}
