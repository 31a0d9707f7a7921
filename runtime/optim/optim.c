/* The list of optimizers. */
#include "optim/optim.h"

static const LnType *const types[] = {
#define X(name) &ln_optim_##name.type,
#include "optim/optim.def"
#undef X
    NULL};

static double number_of(LnItem *optim, const char *option) {
  const LnParam *param = ln_param_find(ln_item_type(optim)->params, option);
  return param == NULL ? 0 : ln_param_get(ln_item_options(optim), param).number;
}

LnOptimStep ln_optim_at(LnItem *optim, int64_t number) {
  double lr = number_of(optim, "lr"), weight_decay = number_of(optim, "weight_decay");
  return (LnOptimStep){.number = number, .lr = lr, .weight_decay = weight_decay};
}

int ln_optim_states(LnItem *optim) {
  const char *names[LN_OPTIM_MAX_STATES];
  return ((const LnOptimType *)(const void *)ln_item_type(optim))->states(ln_item_options(optim), names);
}

const LnKind ln_optim_kind = {
    .name = "optim",
    .noun = "optimizer",
    .plural = "optimizers",
    .doc = "how training updates the parameters",
    .example = "local optimizer = %s\n"
               "ln.fit(net, { input = noisy, target = clean, epochs = 2,\n"
               "  loss = ln.loss.mse{}, optimizer = optimizer })",
    .use = "as the option `optimizer` of ln.fit and ln.trainer",
    .types = types,
};
