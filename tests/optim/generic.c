/* What holds for every case of every optimizer in optim.def. */
#include <stdio.h>

#include "optim/optim.h"
#include "support/items.h"
#include "support/support.h"
#include "support/formula.h"

enum { N = 67 }; /* no multiple of a vector */

/* Weights and state of one run. */
typedef struct Run {
  float w[N], state[LN_OPTIM_MAX_STATES][N];
} Run;

static Run start(void) {
  Run run = {{0}, {{0}}};
  test_formula_fill(run.w, N, 1, -1, 1);
  return run;
}

/* Steps first, first + 1, ... last on the elements from .. to-1, down the bowl sum a (w - b)^2 / 2. */
static void descend(Run *run, const LnOptimType *optim, LnItem *item, int from, int to, int first, int last) {
  float g[N];
  float *states[LN_OPTIM_MAX_STATES];
  for (int s = 0; s < LN_OPTIM_MAX_STATES; s++) states[s] = run->state[s] + from;
  for (int number = first; number <= last; number++) {
    for (int i = from; i < to; i++) g[i] = test_formula(i, 2, 0.5, 2) * (run->w[i] - test_formula(i, 3, -1, 1));
    optim->step(ln_item_options(item), ln_optim_at(item, number), run->w + from, g + from, states, to - from);
  }
}

static double height(const Run *run) {
  double sum = 0;
  for (int i = 0; i < N; i++) {
    double distance = run->w[i] - test_formula(i, 3, -1, 1);
    sum += test_formula(i, 2, 0.5, 2) * distance * distance / 2;
  }
  return sum;
}

/* Calls body(optim, item) for the cases of type _i. */
static void for_cases(int type, void (*body)(const LnOptimType *optim, LnItem *item)) {
  const LnOptimType *optim = (const LnOptimType *)items_at("optim", type);
  for (const LnCase *c = optim->type.cases; c->options != NULL; c++) {
    LnItem *item = test_item(&optim->type, c->options);
    int n_states = ln_optim_states(item);
    ck_assert_msg(n_states >= 0 && n_states <= LN_OPTIM_MAX_STATES, "%s: %d states", optim->type.name, n_states);
    body(optim, item);
    ln_item_unref(item);
  }
}

static void check_descent(const LnOptimType *optim, LnItem *item) {
  Run run = start();
  double before = height(&run);
  descend(&run, optim, item, 0, N, 1, 4000);
  ck_assert_msg(height(&run) < 0.1 * before, "%s: from %g to %g", optim->type.name, before, height(&run));
}

START_TEST(descends_a_bowl) {
  for_cases(_i, check_descent);
}
END_TEST

static void check_split(const LnOptimType *optim, LnItem *item) {
  for (int cut = 0; cut <= N; cut++) {
    Run whole = start(), split = start();
    descend(&whole, optim, item, 0, N, 1, 3);
    descend(&split, optim, item, cut, N, 1, 3);
    descend(&split, optim, item, 0, cut, 1, 3);
    ck_assert_msg(memcmp(&whole, &split, sizeof whole) == 0, "%s: cut at %d", optim->type.name, cut);
  }
}

START_TEST(any_split_gives_the_same_bits) {
  for_cases(_i, check_split);
}
END_TEST

/* Memory beyond the states asked for is not touched, and a run may stop and go on. */
static void check_resume(const LnOptimType *optim, LnItem *item) {
  Run once = start(), twice = start();
  descend(&once, optim, item, 0, N, 1, 6);
  descend(&twice, optim, item, 0, N, 1, 2);
  Run saved = start();
  memcpy(saved.w, twice.w, sizeof saved.w);
  for (int s = 0; s < ln_optim_states(item); s++)
    memcpy(saved.state[s], twice.state[s], sizeof saved.w);
  descend(&saved, optim, item, 0, N, 3, 6);
  ck_assert_msg(memcmp(&once, &saved, sizeof once) == 0, "%s", optim->type.name);
}

START_TEST(resumes_from_its_states) {
  for_cases(_i, check_resume);
}
END_TEST

/* From zero state and without weight decay, nothing pushes a weight whose gradient is 0. */
static void check_rest(const LnOptimType *optim, LnItem *item) {
  LnError err;
  float g[N] = {0};
  Run run = start(), rested = start();
  float *const states[LN_OPTIM_MAX_STATES] = {rested.state[0], rested.state[1], rested.state[2], rested.state[3]};
  CK_OK(ln_item_set(item, "weight_decay", (LnValue){.kind = LN_NUMBER, .number = 0}, &err));
  for (int number = 1; number <= 3; number++)
    optim->step(ln_item_options(item), ln_optim_at(item, number), rested.w, g, states, N);
  ck_assert_msg(memcmp(run.w, rested.w, sizeof run.w) == 0, "%s", optim->type.name);
}

START_TEST(zero_gradient_moves_nothing) {
  for_cases(_i, check_rest);
}
END_TEST

/* State that decays must end at 0 and not among the denormal numbers, which are slow. */
static void check_decay(const LnOptimType *optim, LnItem *item) {
  float g[N] = {0};
  Run run = {{0}, {{0}}};
  float *const states[LN_OPTIM_MAX_STATES] = {run.state[0], run.state[1], run.state[2], run.state[3]};
  int used = ln_optim_states(item);
  for (int s = 0; s < used; s++) test_formula_fill(run.state[s], N, 1, 0, 1e-28);
  for (int number = 1; number <= 10000; number++)
    optim->step(ln_item_options(item), ln_optim_at(item, number), run.w, g, states, N);
  for (int s = 0; s < used; s++)
    for (int i = 0; i < N; i++)
      ck_assert_msg(run.state[s][i] == 0 || fabsf(run.state[s][i]) >= 1e-38f, "%s: state %d holds %g",
                    optim->type.name, s + 1, (double)run.state[s][i]);
}

START_TEST(forgets_down_to_zero) {
  for_cases(_i, check_decay);
}
END_TEST

/* Tiny gradients with a tinier eps: the running means of their squares are denormal numbers, which must not be taken
 * for 0 while something is divided by their roots. One weight from 0, from the formulas in double. */
static const struct {
  const LnOptimType *type;
  const char *options;
  float gradients[4];
  double w;
} tiny[] = {
    {&ln_optim_adam, "{\"lr\": 0.01, \"eps\": 1e-20}", {1e-15f, 1e-15f}, -0.0340616},
    {&ln_optim_adam, "{\"lr\": 0.01, \"eps\": 1e-20}", {1e-18f, 1e-18f, 1e-18f, 1e-18f}, -0.0396039},
    {&ln_optim_adam, "{\"lr\": 0.01, \"eps\": 1e-20}", {1e-18f, 0, 0, 0}, -0.0257590},
    {&ln_optim_rmsprop, "{\"lr\": 0.01, \"eps\": 1e-20}", {1e-15f, 1e-15f}, -0.0545628},
    {&ln_optim_rmsprop, "{\"lr\": 0.01, \"eps\": 1e-20}", {1e-18f, 1e-18f, 0, 0}, -0.0530805},
    {&ln_optim_rmsprop, "{\"lr\": 0.01, \"eps\": 1e-20, \"momentum\": 0.5}", {1e-18f, 0, 0, 0}, -0.0574752},
};

START_TEST(tiny_gradients_count) {
  LnItem *item = test_item(&tiny[_i].type->type, tiny[_i].options);
  float w = 0, state[LN_OPTIM_MAX_STATES] = {0};
  float *const states[LN_OPTIM_MAX_STATES] = {&state[0], &state[1], &state[2], &state[3]};
  for (int k = 0; k < 4; k++)
    tiny[_i].type->step(ln_item_options(item), ln_optim_at(item, k + 1), &w, &tiny[_i].gradients[k], states, 1);
  ck_assert_msg(fabs(w - tiny[_i].w) < 2e-4 * fabs(tiny[_i].w), "%s: %.7g, expected %.7g", tiny[_i].type->type.name,
                (double)w, tiny[_i].w);
  ln_item_unref(item);
}
END_TEST

START_TEST(rate_comes_first_and_is_checked) {
  LnError err;
  const LnType *type = items_at("optim", _i);
  const LnParam *first = ln_param_positional(type->params);
  ck_assert_msg(first != NULL && strcmp(first->name, "lr") == 0, "%s", type->name);
  LnItem *item = NULL;
  CK_FAILS(ln_item_from_json(&item, type, "{\"lr\": -1}", &err), LN_EARG, "option 'lr' must be a number of at least 0");
  CK_FAILS(ln_item_from_json(&item, type, "{\"learning\": 1}", &err), LN_EARG, type->name);
  ck_assert_ptr_null(item);
}
END_TEST

START_TEST(sgd_options_go_together) {
  LnError err;
  LnItem *item = NULL;
  CK_FAILS(ln_item_from_json(&item, &ln_optim_sgd.type, "{\"nesterov\": true}", &err), LN_EARG,
           "sgd: option 'nesterov' needs a momentum above 0");
  CK_FAILS(ln_item_from_json(&item, &ln_optim_sgd.type, "{\"dampening\": 0.5}", &err), LN_EARG,
           "sgd: option 'dampening' needs a momentum above 0");
  CK_FAILS(ln_item_from_json(&item, &ln_optim_sgd.type,
                             "{\"nesterov\": true, \"momentum\": 0.5, \"dampening\": 0.25}", &err),
           LN_EARG, "sgd: option 'nesterov' goes with a dampening of 0, got 0.25");
}
END_TEST

/* Where all gradients are alike, mean g^2 - (mean g)^2 falls below 0 by rounding. */
START_TEST(centered_rmsprop_stays_finite) {
  LnItem *item = test_item(&ln_optim_rmsprop.type, "{\"centered\": true, \"eps\": 1e-3}");
  float w[N] = {0}, g[N], state[LN_OPTIM_MAX_STATES][N] = {{0}};
  float *const states[LN_OPTIM_MAX_STATES] = {state[0], state[1], state[2], state[3]};
  test_formula_fill(g, N, 1, -1, 1);
  for (int number = 1; number <= 1000; number++)
    ln_optim_rmsprop.step(ln_item_options(item), ln_optim_at(item, number), w, g, states, N);
  for (int i = 0; i < N; i++) ck_assert_msg(isfinite(w[i]), "weight %d is %g", i + 1, (double)w[i]);
  ln_item_unref(item);
}
END_TEST

/* Nadam works the product of all momentums so far out of the number of the step. */
START_TEST(momentum_of_nadam_is_a_product) {
  static const double decays[] = {0, 1e-12, 4e-3, 1, 50};
  static const double beta1 = 0.9;
  for (size_t d = 0; d < sizeof decays / sizeof *decays; d++) {
    char text[96];
    snprintf(text, sizeof text, "{\"lr\": 1, \"beta2\": 0, \"eps\": 1e-30, \"momentum_decay\": %.17g}", decays[d]);
    LnItem *item = test_item(&ln_optim_nadam.type, text);
    double product = 1;
    for (int number = 1; number <= 1000; number++) {
      double mu = beta1 * (1 - 0.5 * pow(0.96, number * decays[d]));
      double next = beta1 * (1 - 0.5 * pow(0.96, (number + 1) * decays[d]));
      float w = 0, mean = 0, square = 0, *const states[LN_OPTIM_MAX_STATES] = {&mean, &square};
      product *= mu;
      double want = -((1 - mu) / (1 - product) + 0.1 * next / (1 - product * next));
      ln_optim_nadam.step(ln_item_options(item), ln_optim_at(item, number), &w, &(float){1}, states, 1);
      ck_assert_msg(fabs(w - want) < 1e-6 * fabs(want), "decay %g, step %d: %.9g, expected %.9g", decays[d], number,
                    (double)w, want);
    }
    ln_item_unref(item);
  }
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, descends_a_bowl, 0, items_count("optim"));
  tcase_add_loop_test(tests, any_split_gives_the_same_bits, 0, items_count("optim"));
  tcase_add_loop_test(tests, resumes_from_its_states, 0, items_count("optim"));
  tcase_add_loop_test(tests, zero_gradient_moves_nothing, 0, items_count("optim"));
  tcase_add_loop_test(tests, forgets_down_to_zero, 0, items_count("optim"));
  tcase_add_loop_test(tests, tiny_gradients_count, 0, (int)(sizeof tiny / sizeof *tiny));
  tcase_add_loop_test(tests, rate_comes_first_and_is_checked, 0, items_count("optim"));
  tcase_add_test(tests, sgd_options_go_together);
  tcase_add_test(tests, centered_rmsprop_stays_finite);
  tcase_add_test(tests, momentum_of_nadam_is_a_product);
}
