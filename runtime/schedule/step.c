/* Steps down, as torch.optim.lr_scheduler.StepLR. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct Step {
  LnScheduleOptions base;
  int64_t size;
  double gamma;
} Step;

static double factor(const void *options, double t, double total, const double *state) {
  const Step *o = options;
  (void)total, (void)state;
  return pow(o->gamma, floor(t / (double)o->size));
}

static const LnParam params[] = {
    {.name = "size", .kind = LN_PARAM_INT, .offset = offsetof(Step, size), .min = 1, .max = 0x1p53,
     .help = "after how many the rate falls", .flags = LN_POSITIONAL | LN_REQUIRED},
    {.name = "gamma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Step, gamma), .def = 0.1, .max = 1,
     .help = "what it is multiplied by each time"},
    LN_SCHEDULE_BY(Step),
    LN_SCHEDULE_WARMUP(Step),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"size\": 4}"},
    {.options = "{\"size\": 2, \"gamma\": 0.5, \"warmup\": 3, \"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_step = {
    .type = {.kind = "schedule",
             .name = "step",
             .doc = "The rate falls to a share of itself again and again: gamma^floor(t / size). PyTorch's StepLR.",
             .size = sizeof(Step),
             .params = params,
             .cases = cases},
    .factor = factor,
};
