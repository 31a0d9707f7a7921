/* Half a cosine from full to low, as torch.optim.lr_scheduler.CosineAnnealingLR. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct Cosine {
  LnScheduleOptions base;
  double low;
} Cosine;

static double factor(const void *options, double t, double total, const double *state) {
  const Cosine *o = options;
  (void)state;
  return o->low + (1 - o->low) * (1 + cos(M_PI * fmin(t, total) / total)) / 2;
}

static const LnParam params[] = {
    {.name = "low", .kind = LN_PARAM_FLOAT, .offset = offsetof(Cosine, low), .def = 0, .max = 1,
     .help = "factor at the end"},
    LN_SCHEDULE_STEPS(Cosine),
    LN_SCHEDULE_BY(Cosine),
    LN_SCHEDULE_WARMUP(Cosine),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"warmup\": 5}"},
    {.options = "{\"low\": 0.1, \"steps\": 12, \"warmup\": 2, \"warmup_start\": 0.25}"},
    {.options = "{\"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_cosine = {
    .type = {.kind = "schedule",
             .name = "cosine",
             .doc = "The rate falls along half a cosine: low + (1 - low) (1 + cos(pi t / T)) / 2 over T = steps.\n"
                    "Afterwards it stays at low, as in Keras's CosineDecay (PyTorch's CosineAnnealingLR goes up again).\n"
                    "Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR 2017.",
             .size = sizeof(Cosine),
             .params = params,
             .cases = cases},
    .ends = true,
    .factor = factor,
};
