/* Settings of updates that hold for a whole run: see update.h. */
#include <math.h>

#include "model/update_parts.h"

static LnStatus check_number(const char *name, double value, bool legal, const char *wanted, LnError *err) {
  if (legal) return LN_OK;
  return ln_fail(err, LN_EARG, "trainer: option '%s' must be %s, got %g", name, wanted, value);
}

static LnStatus check_penalty(LnPenalty p, LnError *err) {
  LN_TRY(check_number("weight_penalty", p.l1, p.l1 >= 0 && isfinite(p.l1), "a finite l1 of at least 0", err));
  return check_number("weight_penalty", p.l2, p.l2 >= 0 && isfinite(p.l2), "a finite l2 of at least 0", err);
}

static LnStatus check(const LnUpdate *u, const LnUpdateOptions *o, LnError *err) {
  if (u->ranges != NULL || u->options.rate_patterns != NULL)
    return ln_fail(err, LN_EARG, "trainer: its options were given already");
  if (o->clip_norm > 0 && o->clip_value > 0)
    return ln_fail(err, LN_EARG, "trainer: gradients are clipped by norm or by value, not by both");
  if (o->swa && o->ema > 0)
    return ln_fail(err, LN_EARG, "trainer: the average is a running one (ema) or that of all (swa), not both");
  LN_TRY(check_number("clip", o->clip_norm, o->clip_norm >= 0 && isfinite(o->clip_norm), "a norm above 0", err));
  LN_TRY(check_number("clip", o->clip_value, o->clip_value >= 0 && isfinite(o->clip_value), "a value above 0", err));
  LN_TRY(check_number("accumulate", (double)o->accumulate, o->accumulate >= 0, "at least 1", err));
  LN_TRY(check_number("ema", o->ema, o->ema >= 0 && o->ema < 1, "above 0 and below 1", err));
  LN_TRY(check_number("from", (double)o->average_from, o->average_from >= 0, "at least 0", err));
  LN_TRY(check_number("every", (double)o->average_every, o->average_every >= 0, "at least 0", err));
  for (int k = 0; k < o->n_rates; k++)
    LN_TRY(check_number("rates", o->rate_factors[k], o->rate_factors[k] >= 0 && isfinite(o->rate_factors[k]),
                        "factors of at least 0", err));
  for (int k = 0; k < o->n_penalties; k++) LN_TRY(check_penalty(o->penalties[k], err));
  if (o->schedule == NULL) return LN_OK;
  return ln_schedule_check(o->schedule, (LnScheduleTime){0, o->steps, o->epoch_steps}, err);
}

LnStatus ln_update_configure(LnUpdate *u, const LnUpdateOptions *o, LnError *err) {
  LN_TRY(check(u, o, err));
  ln_update_drop_options(u);
  LnStatus status = ln_update_copy_options(u, o, err);
  bool named = o->n_rates > 0 || o->n_penalties > 0;
  if (status == LN_OK && named && ln_network_built(u->net)) status = ln_update_prepare(u, err);
  if (status != LN_OK) ln_update_drop_options(u);
  return status;
}

/* ---- The rate ---- */

double ln_update_rate(const LnUpdate *u) {
  return u->updates == 0 ? u->lr : u->rate;
}

bool ln_update_due(const LnUpdate *u) {
  return u->options.accumulate <= 1 || u->gathered + 1 >= u->options.accumulate;
}

LnStatus ln_update_set_factor(LnUpdate *u, double factor, LnError *err) {
  if (!(factor >= 0) || !isfinite(factor))
    return ln_fail(err, LN_EARG, "schedule: expected a factor of at least 0 for update %lld, got %g",
                   (long long)u->updates + 1, factor);
  u->factor = factor;
  return LN_OK;
}

void ln_update_observe(LnUpdate *u, double loss) {
  LnItem *schedule = u->options.schedule;
  if (schedule == NULL) return;
  const LnScheduleType *type = (const LnScheduleType *)(const void *)ln_item_type(schedule);
  if (type->observe != NULL) type->observe(ln_item_options(schedule), u->schedule_state, loss);
}
