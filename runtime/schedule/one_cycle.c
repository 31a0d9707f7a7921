/* Up and far down, as torch.optim.lr_scheduler.OneCycleLR. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct OneCycle {
  LnScheduleOptions base;
  double rise, start, last;
  int shape;
} OneCycle;

static double between(const OneCycle *o, double from, double to, double share) {
  return o->shape == 1 ? from + (to - from) * share : to + (from - to) * (1 + cos(M_PI * share)) / 2;
}

/* The peak lies at t = rise T - 1, the end at T - 1. */
static double factor(const void *options, double t, double total, const double *state) {
  const OneCycle *o = options;
  double peak = fmax(o->rise * total - 1, 0), end = fmax(total - 1, peak);
  (void)state;
  t = fmin(t, end);
  if (t <= peak && peak > 0) return between(o, o->start, 1, t / peak);
  return end == peak ? 1 : between(o, 1, o->last, (t - peak) / (end - peak));
}

static const char *const shapes[] = {"cosine", "linear", NULL};

static const LnParam params[] = {
    {.name = "rise", .kind = LN_PARAM_FLOAT, .offset = offsetof(OneCycle, rise), .def = 0.3, .max = 1,
     .help = "share of the run in which the rate grows"},
    {.name = "start", .kind = LN_PARAM_FLOAT, .offset = offsetof(OneCycle, start), .def = 0.04, .max = 1,
     .help = "factor at the start"},
    {.name = "last", .kind = LN_PARAM_FLOAT, .offset = offsetof(OneCycle, last), .def = 4e-6, .max = 1,
     .help = "factor at the end"},
    {.name = "shape", .kind = LN_PARAM_CHOICE, .offset = offsetof(OneCycle, shape), .choices = shapes,
     .help = "how it gets from one to the next"},
    LN_SCHEDULE_STEPS(OneCycle),
    LN_SCHEDULE_BY(OneCycle),
    {0}};

static const LnCase cases[] = {
    {.options = "{}"},
    {.options = "{\"rise\": 0.5, \"start\": 0.1, \"last\": 0.01, \"shape\": \"linear\", \"steps\": 16}"},
    {.options = "{\"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_one_cycle = {
    .type = {.kind = "schedule",
             .name = "one_cycle",
             .doc = "The rate grows to its full value and then falls far below where it began.\n"
                    "PyTorch's OneCycleLR, the optimizer's lr being its max_lr: start = 1 / div_factor, last = start /\n"
                    "final_div_factor, rise = pct_start. The momentum does not change (PyTorch: cycle_momentum = False).\n"
                    "Source: Smith and Topin, Super-convergence, arXiv:1708.07120, 2017.",
             .size = sizeof(OneCycle),
             .params = params,
             .cases = cases},
    .ends = true,
    .factor = factor,
};
