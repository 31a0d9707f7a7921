/* The list of optimizers. */
#include "optim/optim.h"

static const LnType *const types[] = {
#define X(name) &ln_optim_##name.type,
#include "optim/optim.def"
#undef X
    NULL};

const LnKind ln_optim_kind = {
    .name = "optim",
    .noun = "optimizer",
    .plural = "optimizers",
    .doc = "how training updates the parameters",
    .use = "as the option `optimizer` of ln.fit and ln.trainer",
    .types = types,
};
