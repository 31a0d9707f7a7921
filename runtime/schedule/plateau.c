/* Down where the loss stays, as torch.optim.lr_scheduler.ReduceLROnPlateau. */
#include <math.h>

#include "schedule/schedule.h"

typedef struct Plateau {
  LnScheduleOptions base;
  double factor, threshold, low;
  int64_t patience, cooldown;
} Plateau;

enum { SEEN, BEST, BAD, REST, CUTS };
static const char *const states[] = {"seen", "best", "bad", "rest", "cuts", NULL};

static void observe(const void *options, double *state, double loss) {
  const Plateau *o = options;
  bool better = state[SEEN] == 0 ? !isnan(loss) : loss < state[BEST] * (1 - o->threshold);
  if (better) state[BEST] = loss, state[SEEN] = 1;
  state[BAD] = better ? 0 : state[BAD] + 1;
  if (state[REST] > 0) state[REST]--, state[BAD] = 0;
  if (state[BAD] > (double)o->patience) state[CUTS]++, state[REST] = (double)o->cooldown, state[BAD] = 0;
}

static double factor(const void *options, double t, double total, const double *state) {
  const Plateau *o = options;
  (void)t, (void)total;
  return fmax(pow(o->factor, state[CUTS]), o->low);
}

static const LnParam params[] = {
    {.name = "factor", .kind = LN_PARAM_FLOAT, .offset = offsetof(Plateau, factor), .def = 0.1, .max = 1,
     .help = "what the rate is multiplied by", .flags = LN_POSITIONAL | LN_BELOW_MAX},
    {.name = "patience", .kind = LN_PARAM_INT, .offset = offsetof(Plateau, patience), .def = 10, .max = 0x1p53,
     .help = "epochs without a better loss that it waits; one more, and the rate falls"},
    {.name = "threshold", .kind = LN_PARAM_FLOAT, .offset = offsetof(Plateau, threshold), .def = 1e-4, .max = 1,
     .help = "better: below the best times 1 less this"},
    {.name = "cooldown", .kind = LN_PARAM_INT, .offset = offsetof(Plateau, cooldown), .max = 0x1p53,
     .help = "epochs after a fall in which none is counted"},
    {.name = "low", .kind = LN_PARAM_FLOAT, .offset = offsetof(Plateau, low), .max = 1,
     .help = "the least factor"},
    LN_SCHEDULE_BY(Plateau),
    LN_SCHEDULE_WARMUP(Plateau),
    {0}};

static const LnCase cases[] = {
    {.options = "{\"patience\": 1}"},
    {.options = "{\"factor\": 0.5, \"patience\": 0, \"threshold\": 0.1, \"cooldown\": 2, \"low\": 0.2}"},
    {.options = "{\"warmup\": 3, \"by\": \"epoch\"}"},
    {0}};

const LnScheduleType ln_schedule_plateau = {
    .type = {.kind = "schedule",
             .name = "plateau",
             .doc = "The rate falls where the loss stays: by `factor` after more than `patience` epochs without a best.\n"
                    "ln.fit shows it the validation loss of each epoch, or the training loss if there is no validation;\n"
                    "trainer:observe(loss) does so in loops of one's own. PyTorch's ReduceLROnPlateau (mode min, threshold\n"
                    "rel); Keras's takes min_delta, an absolute one, for the threshold.",
             .size = sizeof(Plateau),
             .params = params,
             .cases = cases},
    .factor = factor,
    .states = states,
    .observe = observe,
};
