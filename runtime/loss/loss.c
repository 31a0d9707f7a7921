/* The list of losses. */
#include "loss/loss.h"

static const LnType *const types[] = {
#define X(name) &ln_loss_##name.type,
#include "loss/loss.def"
#undef X
    NULL};

const LnKind ln_loss_kind = {
    .name = "loss",
    .noun = "loss",
    .plural = "losses",
    .doc = "what training minimises",
    .example = "local loss = %s\n"
               "loss(noisy, clean)",
    .use = "as the option `loss` of ln.fit and ln.trainer; losses add and scale: "
           "0.8 * ln.loss.mae{} + 0.2 * ln.loss.mse{}",
    .types = types,
};
