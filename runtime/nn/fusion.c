/* What a layer takes on: see fusion.h. */
#include "nn/fusion.h"

LnFusion ln_fusion_none(void) {
  LnFusion none = {.joined = 1, .activation = LN_ACT_LINEAR, .pool = {1, 1}};
  for (int i = 0; i < LN_MAX_INPUTS; i++) none.enlarge[i][0] = none.enlarge[i][1] = 1;
  return none;
}

bool ln_fusion_enlarges(const LnFusion *fusion) {
  for (int i = 0; i < fusion->joined; i++)
    if (fusion->enlarge[i][0] > 1 || fusion->enlarge[i][1] > 1) return true;
  return false;
}

bool ln_fusion_pools(const LnFusion *fusion) {
  return fusion->pool[0] > 1 || fusion->pool[1] > 1;
}

bool ln_fusion_only_activates(const LnFusion *fusion) {
  return fusion->joined == 1 && !ln_fusion_enlarges(fusion) && !ln_fusion_pools(fusion);
}
