/* What becomes of a sample's terms: their mean or their sum. PyTorch's sum goes over the batch as well; of ours the
 * mean over the samples of a batch is taken, so that the learning rate need not follow the batch's size. */
#ifndef LUNET_LOSS_REDUCTION_H
#define LUNET_LOSS_REDUCTION_H

#include "base/type.h"

typedef enum LnReduction { LN_REDUCE_MEAN, LN_REDUCE_SUM } LnReduction;

extern const char *const ln_reduction_words[]; /* "mean", "sum" */

#define LN_REDUCTION_PARAM(Type, field)                                                                        \
  {.name = "reduction", .kind = LN_PARAM_CHOICE, .offset = offsetof(Type, field), .choices = ln_reduction_words, \
   .help = "of a sample's terms; the batch's loss is the mean over its samples either way, so sum is PyTorch's " \
           "sum divided by the number of samples"}

#endif
