/* Schedules against PyTorch's, and what they need to know. */
#include "schedule/known.h"

#include "schedule/schedule.h"

enum { UPDATES = 20, EPOCH = 4 };

START_TEST(factors_agree_with_torch) {
  LnError err;
  const LnType *type;
  const KnownFactors *want = known_at(&type, _i);
  const LnScheduleType *schedule = (const LnScheduleType *)(const void *)type;
  LnItem *item = test_item(type, want->options);
  double state[LN_SCHEDULE_MAX_STATES] = {0};
  LnScheduleTime at = {0, UPDATES, EPOCH};
  CK_OK(ln_schedule_check(item, at, &err));
  for (; at.step < UPDATES; at.step++) {
    double got = ln_schedule_factor(item, at, state);
    ck_assert_msg(fabs(got - want->factors[at.step]) < 1e-8, "%s %s, step %d: %.9g, expected %.9g", type->name,
                  want->options, (int)at.step, got, want->factors[at.step]);
    if (at.step % EPOCH == EPOCH - 1 && schedule->observe != NULL)
      schedule->observe(ln_item_options(item), state, want->losses[at.step / EPOCH]);
  }
  ln_item_unref(item);
}
END_TEST

/* Far beyond its end a schedule still gives a factor. */
START_TEST(factors_are_finite) {
  ItemCase it = cases_at("schedule", _i);
  LnItem *item = test_item(it.type, it.example->options);
  const double state[LN_SCHEDULE_MAX_STATES] = {0};
  for (int64_t step = 0; step < INT64_C(1) << 50; step = step * 3 + 1) {
    double factor = ln_schedule_factor(item, (LnScheduleTime){step, 24, 2.5}, state);
    ck_assert_msg(factor >= 0 && factor <= 1, "%s: %g at %lld", it.type->name, factor, (long long)step);
  }
  ln_item_unref(item);
}
END_TEST

START_TEST(schedules_say_what_they_miss) {
  LnError err;
  LnItem *item = test_item(&ln_schedule_cosine.type, "{\"warmup\": 5}");
  CK_FAILS(ln_schedule_check(item, (LnScheduleTime){0}, &err), LN_EARG,
           "cosine: nobody knows how many steps there will be; give option 'steps'");
  CK_FAILS(ln_schedule_check(item, (LnScheduleTime){.steps = 5}, &err), LN_EARG,
           "cosine: a warm-up of 5 leaves nothing of 5 steps");
  CK_OK(ln_schedule_check(item, (LnScheduleTime){.steps = 6}, &err));
  ln_item_unref(item);
  item = test_item(&ln_schedule_step.type, "{\"size\": 2, \"by\": \"epoch\"}");
  CK_FAILS(ln_schedule_check(item, (LnScheduleTime){.steps = 5}, &err), LN_EARG,
           "step: by = 'epoch', but nobody knows how many steps an epoch has; give epoch_steps");
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, factors_agree_with_torch, 0, known_count());
  tcase_add_loop_test(tests, factors_are_finite, 0, cases_count("schedule"));
  tcase_add_test(tests, schedules_say_what_they_miss);
}
