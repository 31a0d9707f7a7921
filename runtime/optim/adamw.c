/* AdamW, as torch.optim.AdamW. */
#include "optim/adam.h"

static void step(const void *options, LnOptimStep at, float *w, const float *g, float *const *state, int64_t n) {
  ln_adam_step(options, true, at, w, g, state, n);
}

static const LnParam params[] = {
    {.name = "lr", .kind = LN_PARAM_FLOAT, .offset = offsetof(LnAdam, lr), .def = 1e-3, .max = DBL_MAX,
     .help = "learning rate", .flags = LN_POSITIONAL},
    LN_OPTIM_BETAS(LnAdam),
    LN_OPTIM_EPS(LnAdam, 1e-8),
    LN_OPTIM_SHRINK(LnAdam, 1e-2),
    LN_ADAM_AMSGRAD,
    LN_OPTIM_MAXIMIZE(LnAdam),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"lr\": 0.05}"},
    {.options = "{\"lr\": 0.05, \"beta1\": 0.5, \"beta2\": 0.9, \"eps\": 1e-6, \"weight_decay\": 0.1}"},
    {.options = "{\"lr\": 0.05, \"amsgrad\": true}"},
    {0}};

const LnOptimType ln_optim_adamw = {
    .type = {.kind = "optim",
             .name = "adamw",
             .doc = "Adam with decoupled weight decay: w = (1 - lr weight_decay) w, then the step of adam.\n"
                    "Formulas, defaults: PyTorch's. In the paper the schedule's factor alone multiplies the decay,\n"
                    "not lr. Keras: weight_decay 0.004, eps 1e-7, which is added to sqrt(v) (see adam).\n"
                    "Source: Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019,\n"
                    "arXiv:1711.05101.",
             .size = sizeof(LnAdam),
             .params = params,
             .cases = cases},
    .states = ln_adam_states,
    .step = step,
};
