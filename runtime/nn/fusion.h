/* What a layer may do along with its own work, so that it need not be done apart: found by the plan, as a pattern in
 * the graph. */
#ifndef LUNET_NN_FUSION_H
#define LUNET_NN_FUSION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"

#define LN_MAX_INPUTS 8 /* of one layer */

typedef struct LnFusion {
  int concatenated;          /* how many inputs the layer reads one after the other, as concat puts them */
  int64_t upsample[LN_MAX_INPUTS][2]; /* nearest-neighbour upsampling of each, before that */
  LnActivation activation;   /* after the layer */
  int64_t pool[2];           /* max pooling in windows that do not overlap, after the activation */
} LnFusion;

/* Nothing but the layer: one input, upsampling 1, linear, pooling 1. */
LnFusion ln_fusion_none(void);
/* Any of the inputs. */
bool ln_fusion_upsamples(const LnFusion *fusion);
bool ln_fusion_pools(const LnFusion *fusion);
/* There is nothing to it but an activation, if that. */
bool ln_fusion_only_activates(const LnFusion *fusion);

#endif
