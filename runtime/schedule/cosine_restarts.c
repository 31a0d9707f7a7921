/* Half cosines one after the other, as torch.optim.lr_scheduler.CosineAnnealingWarmRestarts. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct Restarts {
  LnScheduleOptions base;
  int64_t first, growth;
  double low;
} Restarts;

/* Cycle k begins at first (growth^k - 1) / (growth - 1) and is first growth^k long. */
static double factor(const void *options, double t, double total, const double *state) {
  const Restarts *o = options;
  double begin = 0, length = (double)o->first;
  (void)total, (void)state;
  if (o->growth == 1) {
    begin = floor(t / length) * length;
  } else {
    while (t >= begin + length) begin += length, length *= (double)o->growth;
  }
  return o->low + (1 - o->low) * (1 + cos(M_PI * (t - begin) / length)) / 2;
}

static const LnParam params[] = {
    {.name = "first", .kind = LN_PARAM_INT, .offset = offsetof(Restarts, first), .min = 1, .max = 0x1p53,
     .help = "length of the first cycle", .flags = LN_POSITIONAL | LN_REQUIRED},
    {.name = "growth", .kind = LN_PARAM_INT, .offset = offsetof(Restarts, growth), .def = 1, .min = 1, .max = 100,
     .help = "each cycle is this times as long as the one before"},
    {.name = "low", .kind = LN_PARAM_FLOAT, .offset = offsetof(Restarts, low), .def = 0, .max = 1,
     .help = "factor that a cycle ends at"},
    LN_SCHEDULE_BY(Restarts),
    LN_SCHEDULE_WARMUP(Restarts),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"first\": 5}"},
    {.options = "{\"first\": 2, \"growth\": 2, \"low\": 0.1, \"warmup\": 3, \"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_cosine_restarts = {
    .type = {.kind = "schedule",
             .name = "cosine_restarts",
             .doc = "The rate falls along half a cosine again and again, each cycle `growth` times as long.\n"
                    "In a cycle of length T: low + (1 - low) (1 + cos(pi t / T)) / 2. PyTorch's\n"
                    "CosineAnnealingWarmRestarts (T_0 = first, T_mult = growth).\n"
                    "Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017.",
             .size = sizeof(Restarts),
             .params = params,
             .cases = cases},
    .factor = factor,
};
