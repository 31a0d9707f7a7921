/* Exponential decay, as torch.optim.lr_scheduler.ExponentialLR. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct Exponential {
  LnScheduleOptions base;
  double gamma;
} Exponential;

static double factor(const void *options, double t, double total, const double *state) {
  (void)total, (void)state;
  return pow(((const Exponential *)options)->gamma, t);
}

static const LnParam params[] = {
    {.name = "gamma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Exponential, gamma), .min = 0.001, .max = 1,
     .help = "what the rate is multiplied by each time", .flags = LN_POSITIONAL | LN_REQUIRED},
    LN_SCHEDULE_BY(Exponential),
    LN_SCHEDULE_WARMUP(Exponential),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"gamma\": 0.9}"},
    {.options = "{\"gamma\": 0.7, \"warmup\": 3, \"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_exponential = {
    .type = {.kind = "schedule",
             .name = "exponential",
             .doc = "The rate falls to the same share of itself every time: gamma^t. PyTorch's ExponentialLR; with\n"
                    "gamma = rate^(1 / steps) Keras's ExponentialDecay.",
             .size = sizeof(Exponential),
             .params = params,
             .cases = cases},
    .factor = factor,
};
