/* Polynomial decay, linear by default, as torch.optim.lr_scheduler.PolynomialLR. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct Polynomial {
  LnScheduleOptions base;
  double power, low;
} Polynomial;

static double factor(const void *options, double t, double total, const double *state) {
  const Polynomial *o = options;
  (void)state;
  return o->low + (1 - o->low) * pow(1 - fmin(t, total) / total, o->power);
}

static const LnParam params[] = {
    {.name = "power", .kind = LN_PARAM_FLOAT, .offset = offsetof(Polynomial, power), .def = 1, .max = 100,
     .help = "the exponent; 1: linear", .flags = LN_POSITIONAL | LN_ABOVE_MIN},
    {.name = "low", .kind = LN_PARAM_FLOAT, .offset = offsetof(Polynomial, low), .def = 0, .max = 1,
     .help = "factor at the end"},
    LN_SCHEDULE_STEPS(Polynomial),
    LN_SCHEDULE_BY(Polynomial),
    LN_SCHEDULE_WARMUP(Polynomial),
    {0}};

static const LnCase cases[] = {
    {.options = "{}"},
    {.options = "{\"power\": 2, \"low\": 0.1, \"steps\": 12, \"warmup\": 2}"},
    {.options = "{\"warmup\": 1, \"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_polynomial = {
    .type = {.kind = "schedule",
             .name = "polynomial",
             .doc = "The rate falls as a power of what is left: low + (1 - low) (1 - t / T)^power over T = steps.\n"
                    "Linear by default. Afterwards it stays at low. PyTorch's PolynomialLR, Keras's PolynomialDecay.",
             .size = sizeof(Polynomial),
             .params = params,
             .cases = cases},
    .ends = true,
    .factor = factor,
};
