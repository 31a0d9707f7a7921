/* Schedules of the learning rate: one file an item, listed in schedule.def. A schedule is a factor on the rate of each
 * update, so that the rate itself can still be set. */
#ifndef LUNET_SCHEDULE_SCHEDULE_H
#define LUNET_SCHEDULE_SCHEDULE_H

#include "base/type.h"

enum { LN_SCHEDULE_MAX_STATES = 5 };

/* How far a run is, in updates. */
typedef struct LnScheduleTime {
  int64_t step;       /* updates before this one: 0, 1, ... */
  int64_t steps;      /* of the run; 0: nobody knows */
  double epoch_steps; /* of an epoch; 0: nobody knows */
} LnScheduleTime;

/* What the options of every schedule begin with. Those that are no options of a type stay 0. */
typedef struct LnScheduleOptions {
  int by;              /* what is counted: 0 steps, 1 epochs */
  int64_t steps;       /* how many the schedule lasts, warm-up included; 0: as many as the run */
  int64_t warmup;      /* in how many the rate grows to its full value first */
  double warmup_start; /* from this factor */
} LnScheduleOptions;

typedef struct LnScheduleType {
  LnType type;
  bool ends; /* the factor depends on how long the schedule lasts */
  /* t: steps or epochs behind the warm-up, 0, 1, ...; total: how many there are, for those that end. */
  double (*factor)(const void *options, double t, double total, const double *state);
  /* Of those that follow a loss: names of numbers that they keep, 0 at first; ends in NULL. */
  const char *const *states;
  void (*observe)(const void *options, double *state, double loss);
} LnScheduleType;

/* Whether the schedule knows all that it needs of such a run. */
LnStatus ln_schedule_check(LnItem *schedule, LnScheduleTime at, LnError *err);
/* The factor at that time, which ln_schedule_check finds good. state: LN_SCHEDULE_MAX_STATES numbers. */
double ln_schedule_factor(LnItem *schedule, LnScheduleTime at, const double *state);

/* Rows of option tables, for options structs whose first member is `LnScheduleOptions base`. */
extern const char *const ln_schedule_units[];
#define LN_SCHEDULE_BY(Type)                                                                   \
  {.name = "by", .kind = LN_PARAM_CHOICE, .offset = offsetof(Type, base.by), .def = 0,          \
   .choices = ln_schedule_units, .help = "what is counted, here and in the other options: updates or epochs"}
#define LN_SCHEDULE_STEPS(Type)                                                                \
  {.name = "steps", .kind = LN_PARAM_INT, .offset = offsetof(Type, base.steps), .def = 0, .max = 0x1p53, \
   .help = "how long it lasts, warm-up included; 0: as long as the run"}
#define LN_SCHEDULE_WARMUP(Type)                                                               \
  {.name = "warmup", .kind = LN_PARAM_INT, .offset = offsetof(Type, base.warmup), .def = 0, .max = 0x1p53, \
   .help = "over how many the rate grows, linearly, before the schedule begins"},              \
  {.name = "warmup_start", .kind = LN_PARAM_FLOAT, .offset = offsetof(Type, base.warmup_start), .def = 0.01, .max = 1, \
   .help = "factor that the warm-up begins with"}

#define X(name) extern const LnScheduleType ln_schedule_##name;
#include "schedule/schedule.def"
#undef X

extern const LnKind ln_schedule_kind;

#endif
