/* Losses whose elements do not see each other: a term and its slope for every element, which are weighted and reduced
 * here. Their options begin with LnElementwise. */
#ifndef LUNET_LOSS_ELEMENTWISE_H
#define LUNET_LOSS_ELEMENTWISE_H

#include "loss/loss.h"
#include "loss/reduction.h"

typedef struct LnElementwise {
  int reduction;    /* LnReduction */
  LnTensor *weight; /* factors of the terms, broadcast over a sample; NULL: all 1 */
} LnElementwise;

/* The entries of an option table: Type has a member `elements`, its first. */
#define LN_ELEMENTWISE_PARAMS(Type)                                                                              \
  LN_REDUCTION_PARAM(Type, elements.reduction),                                                                  \
      {.name = "weight", .kind = LN_PARAM_OBJECT, .offset = offsetof(Type, elements.weight),                     \
       .object = &ln_tensor_object,                                                                              \
       .help = "factors of a sample's terms, e.g. 1,H,W, broadcast to it; a mean divides by the number of terms, " \
               "not by the weights' sum"}

/* Options of a loss that has none of its own. */
typedef struct LnElementwiseOnly {
  LnElementwise elements;
} LnElementwiseOnly;
extern const LnParam ln_elementwise_params[];

enum { LN_ELEMENT_BLOCK = 256 }; /* terms at a time: they stay in the first cache */

/* The terms of n <= LN_ELEMENT_BLOCK elements, and their derivatives with respect to y. */
typedef void LnElementTerms(const void *options, double *term, float *slope, const float *y, const float *target,
                            int n);

double ln_elementwise_eval(const void *options, const LnLossSample *sample, LnElementTerms *terms);
/* What a mean divides by: the number of elements; of a sum 1. */
double ln_elementwise_divisor(const void *options, LnShape sample);

/* What such a type states as well: LN_ELEMENTWISE in its descriptor. */
int64_t ln_elementwise_scratch(const void *options, LnShape sample);
LnStatus ln_elementwise_check_sample(const void *options, LnShape sample, LnError *err);
#define LN_ELEMENTWISE .scratch = ln_elementwise_scratch, .check_sample = ln_elementwise_check_sample

#endif
