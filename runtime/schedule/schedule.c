/* The list of schedules, and what they have in common: length and warm-up. */
#include "schedule/schedule.h"

#include <inttypes.h>
#include <math.h>

static const LnType *const types[] = {
#define X(name) &ln_schedule_##name.type,
#include "schedule/schedule.def"
#undef X
    NULL};

const LnKind ln_schedule_kind = {
    .name = "schedule",
    .noun = "schedule",
    .plural = "schedules",
    .doc = "how the learning rate changes in training",
    .example = "local schedule = %s\n"
               "for step = 1, 9, 2 do print(step, schedule(step, 10, 5)) end",
    .use = "as the option `schedule` of ln.fit and ln.trainer",
    .types = types,
};

static const LnScheduleType *type_of(LnItem *schedule) {
  return (const LnScheduleType *)(const void *)ln_item_type(schedule);
}

static double unit_of(const LnScheduleOptions *o, LnScheduleTime at) {
  return o->by == 1 ? at.epoch_steps : 1;
}

/* Steps or epochs that it lasts; 0: nobody knows. An epoch of which the last batches make no update counts whole. */
static double length_of(const LnScheduleOptions *o, LnScheduleTime at) {
  return o->steps > 0 ? (double)o->steps : ceil((double)at.steps / unit_of(o, at) - 1e-6);
}

LnStatus ln_schedule_check(LnItem *schedule, LnScheduleTime at, LnError *err) {
  const LnScheduleOptions *o = ln_item_options(schedule);
  const char *name = ln_item_name(schedule);
  if (o->by == 1 && !(at.epoch_steps > 0))
    return ln_fail(err, LN_EARG, "%s: by = 'epoch', but nobody knows how many steps an epoch has; give epoch_steps", name);
  if (!type_of(schedule)->ends) return LN_OK;
  double length = length_of(o, at);
  if (length == 0)
    return ln_fail(err, LN_EARG, "%s: nobody knows how many steps there will be; give option 'steps'", name);
  if (length <= (double)o->warmup)
    return ln_fail(err, LN_EARG, "%s: a warm-up of %" PRId64 " leaves nothing of %g %ss", name, o->warmup, length,
                   ln_schedule_units[o->by]);
  return LN_OK;
}

double ln_schedule_factor(LnItem *schedule, LnScheduleTime at, const double *state) {
  const LnScheduleOptions *o = ln_item_options(schedule);
  double t = floor((double)at.step / unit_of(o, at) + 1e-6), warmup = (double)o->warmup;
  if (t < warmup) return o->warmup_start + (1 - o->warmup_start) * t / warmup;
  double length = type_of(schedule)->ends ? length_of(o, at) - warmup : 0;
  return type_of(schedule)->factor(o, t - warmup, length, state);
}
