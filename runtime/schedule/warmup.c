/* A warm-up and nothing else, as torch.optim.lr_scheduler.LinearLR. */
#include "schedule/schedule.h"

typedef struct Warmup {
  LnScheduleOptions base;
} Warmup;

static double factor(const void *options, double t, double total, const double *state) {
  (void)options, (void)t, (void)total, (void)state;
  return 1;
}

static const LnParam params[] = {
    {.name = "warmup", .kind = LN_PARAM_INT, .offset = offsetof(Warmup, base.warmup), .min = 1, .max = 0x1p53,
     .help = "over how many the rate grows", .flags = LN_POSITIONAL | LN_REQUIRED},
    {.name = "warmup_start", .kind = LN_PARAM_FLOAT, .offset = offsetof(Warmup, base.warmup_start), .def = 0.01,
     .max = 1, .help = "factor that it begins with"},
    LN_SCHEDULE_BY(Warmup),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"warmup\": 5}"},
    {.options = "{\"warmup\": 2, \"warmup_start\": 0.25, \"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_warmup = {
    .type = {.kind = "schedule",
             .name = "warmup",
             .doc = "The rate grows linearly at first, then stays: s + (1 - s) t / warmup, from s = warmup_start.\n"
                    "The other schedules have the same as an option. The formula is that of PyTorch's LinearLR (whose\n"
                    "start_factor is 1/3 by default).\n"
                    "Source: Goyal et al., Accurate, large minibatch SGD, arXiv:1706.02677, 2017.",
             .size = sizeof(Warmup),
             .params = params,
             .cases = cases},
    .factor = factor,
};
