/* What a layer does along with its own work: see fusion.h. */
#include "nn/fusion.h"

LnFusion ln_fusion_none(void) {
  LnFusion none = {.concatenated = 1, .pool = {1, 1}};
  for (int i = 0; i < LN_MAX_INPUTS; i++) none.upsample[i][0] = none.upsample[i][1] = 1;
  return none;
}

bool ln_fusion_upsamples(const LnFusion *fusion) {
  for (int i = 0; i < fusion->concatenated; i++)
    if (fusion->upsample[i][0] > 1 || fusion->upsample[i][1] > 1) return true;
  return false;
}

bool ln_fusion_pools(const LnFusion *fusion) {
  return fusion->pool[0] > 1 || fusion->pool[1] > 1;
}

bool ln_fusion_only_activates(const LnFusion *fusion) {
  return fusion->concatenated == 1 && !ln_fusion_upsamples(fusion) && !ln_fusion_pools(fusion);
}
