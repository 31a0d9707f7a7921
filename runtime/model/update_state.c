/* What an update's next step depends on, by name: see update.h. */
#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "model/update_parts.h"

/* ---- Tensors: by parameter, then by array ---- */

int ln_update_state_tensors(const LnUpdate *u) {
  return u->n_ranges * u->n_arrays;
}

static const char *parameter_name(const LnUpdate *u, int range) {
  return ln_network_tensor_name(u->net, u->ranges[range].tensor);
}

LnStateName ln_update_state_tensor_name(const LnUpdate *u, int index) {
  LnStateName name;
  snprintf(name.text, sizeof name.text, "%s.%s", parameter_name(u, index / u->n_arrays),
           u->array_names[index % u->n_arrays]);
  return name;
}

LnStatus ln_update_state_tensor(LnTensor **out, LnUpdate *u, int index, LnError *err) {
  const LnParameterRange *range = &u->ranges[index / u->n_arrays];
  LnTensor *part = NULL, *shaped = NULL;
  LN_TRY(ln_tensor_slice(&part, u->arrays[index % u->n_arrays], 0, range->offset, range->size, 1, err));
  LnStatus status = ln_tensor_reshape(&shaped, part, u->net->parameters.tensors[range->tensor]->shape, err);
  if (status == LN_OK) status = ln_network_wrap_like(out, u->net, range->tensor, shaped, err);
  ln_tensor_unref(part), ln_tensor_unref(shaped);
  return status;
}

/* ---- Numbers ---- */

/* Where a number is kept: as a count, or else as any number. */
typedef struct Number {
  const char *prefix, *name; /* the prefix may be "" */
  int64_t *count;
  double *value;
  bool free; /* may be below 0 */
} Number;

enum { N_COMMON = 6 };

static const char *const *schedule_states(const LnUpdate *u) {
  static const char *const none[] = {NULL};
  LnItem *schedule = u->options.schedule;
  if (schedule == NULL) return none;
  const LnScheduleType *type = (const LnScheduleType *)(const void *)ln_item_type(schedule);
  return type->states == NULL ? none : type->states;
}

static int count_schedule_states(const LnUpdate *u) {
  int n = 0;
  while (schedule_states(u)[n] != NULL) n++;
  return n;
}

static Number number_at(const LnUpdate *update, int index) {
  LnUpdate *u = (LnUpdate *)(uintptr_t)update; /* readers and writers look here */
  const Number common[N_COMMON] = {{"", "steps", .count = &u->steps},       {"", "updates", .count = &u->updates},
                                   {"", "gathered", .count = &u->gathered}, {"", "averaged", .count = &u->averaged},
                                   {"", "lr", .value = &u->lr},             {"", "weight_decay", .value = &u->weight_decay}};
  if (index < N_COMMON) return common[index];
  index -= N_COMMON;
  if (index < u->n_ranges) return (Number){parameter_name(u, index), ".updates", .count = &u->range_updates[index]};
  index -= u->n_ranges;
  return (Number){"schedule.", schedule_states(u)[index], .value = &u->schedule_state[index], .free = true};
}

int ln_update_state_numbers(const LnUpdate *u) {
  return N_COMMON + u->n_ranges + count_schedule_states(u);
}

LnStateName ln_update_state_number_name(const LnUpdate *u, int index) {
  Number number = number_at(u, index);
  LnStateName name;
  snprintf(name.text, sizeof name.text, "%s%s", number.prefix, number.name);
  return name;
}

bool ln_update_state_number_counts(const LnUpdate *u, int index) {
  return number_at(u, index).count != NULL;
}

double ln_update_state_number(const LnUpdate *u, int index) {
  Number number = number_at(u, index);
  return number.count != NULL ? (double)*number.count : *number.value;
}

LnStatus ln_update_check_state_number(const LnUpdate *u, int index, double value, LnError *err) {
  Number number = number_at(u, index);
  bool legal = number.count != NULL ? value >= 0 && value <= 0x1p53 && value == floor(value)
                                    : isfinite(value) && (value >= 0 || number.free);
  if (legal) return LN_OK;
  return ln_fail(err, LN_EARG, "trainer: %s must be a %s%s, got %g", ln_update_state_number_name(u, index).text,
                 number.count != NULL ? "whole number" : "number", number.free ? "" : " of at least 0", value);
}

void ln_update_set_state_number(LnUpdate *u, int index, double value) {
  Number number = number_at(u, index);
  if (number.count != NULL) *number.count = (int64_t)value;
  else *number.value = value;
}
