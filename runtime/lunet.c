/* The list of all kinds. */
#include "lunet.h"

const LnKind *const ln_kinds[] = {&ln_nn_kind,     &ln_loss_kind,   &ln_optim_kind, &ln_noise_kind,
                                  &ln_metric_kind, &ln_filter_kind, &ln_data_kind,  NULL};
