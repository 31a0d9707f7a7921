/* Five steps of every optimizer under several options against PyTorch. */
#include "optim/reference.h"

#include "optim/optim.h"
#include "support/support.h"
#include "support/formula.h"

enum { N = 8, STEPS = 5, N_REFERENCES = sizeof reference / sizeof reference[0] };

static const LnOptimType *find_type(const char *name) {
  for (const LnType *const *t = ln_optim_kind.types; *t != NULL; t++)
    if (strcmp((*t)->name, name) == 0) return (const LnOptimType *)*t;
  ck_abort_msg("no optimizer '%s'", name);
  return NULL;
}

START_TEST(five_steps_agree_with_torch) {
  const LnOptimType *optim = find_type(reference[_i].type);
  LnItem *item = test_item(&optim->type, reference[_i].options);
  float w[N], a[N], b[N], g[N], state[LN_OPTIM_MAX_STATES][N] = {{0}};
  float *const states[LN_OPTIM_MAX_STATES] = {state[0], state[1], state[2]};
  test_formula_fill(w, N, 1, -1, 1);
  test_formula_fill(a, N, 2, 0.1, 2);
  test_formula_fill(b, N, 3, -1, 1);
  for (int number = 1; number <= STEPS; number++) {
    for (int i = 0; i < N; i++) g[i] = a[i] * (w[i] - b[i]);
    optim->step(ln_item_options(item), w, g, states, N, number);
  }
  ck_assert_near(reference[_i].options, w, reference[_i].weights, N, 4e-7);
  ln_item_unref(item);
}
END_TEST

START_TEST(every_optimizer_has_a_reference) {
  for (const LnType *const *t = ln_optim_kind.types; *t != NULL; t++) {
    int n = 0;
    for (int i = 0; i < N_REFERENCES; i++) n += strcmp(reference[i].type, (*t)->name) == 0;
    ck_assert_msg(n > 0, "%s has no reference", (*t)->name);
  }
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, five_steps_agree_with_torch, 0, N_REFERENCES);
  tcase_add_test(tests, every_optimizer_has_a_reference);
}
