/* The list of all kinds. */
#include "lunet.h"

#include <string.h>

const LnKind *const ln_kinds[] = {&ln_nn_kind,     &ln_loss_kind,   &ln_optim_kind,  &ln_schedule_kind,
                                  &ln_noise_kind,  &ln_metric_kind, &ln_filter_kind, &ln_augment_kind,
                                  &ln_data_kind,   NULL};

const LnKind *ln_kind_find(const char *name) {
  for (int i = 0; ln_kinds[i] != NULL; i++)
    if (strcmp(ln_kinds[i]->name, name) == 0) return ln_kinds[i];
  return NULL;
}
