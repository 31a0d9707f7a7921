/* Twenty steps of every optimizer under all of its options against PyTorch. */
#include "optim/known.h"
#include "optim/optim.h"
#include "support/formula.h"

enum { N = 8, STEPS = 20 };

START_TEST(twenty_steps_agree_with_torch) {
  const LnType *type;
  const KnownSteps *want = known_at(&type, _i);
  const LnOptimType *optim = (const LnOptimType *)type;
  LnItem *item = test_item(type, want->options);
  float w[N], a[N], b[N], g[N], state[LN_OPTIM_MAX_STATES][N] = {{0}}, *states[LN_OPTIM_MAX_STATES];
  for (int s = 0; s < LN_OPTIM_MAX_STATES; s++) states[s] = state[s];
  test_formula_fill(w, N, 1, -1, 1);
  test_formula_fill(a, N, 2, 0.1, 2);
  test_formula_fill(b, N, 3, -1, 1);
  for (int number = 1; number <= STEPS; number++) {
    for (int i = 0; i < N; i++) g[i] = a[i] * (w[i] - b[i]);
    optim->step(ln_item_options(item), ln_optim_at(item, number), w, g, states, N);
  }
  ck_assert_near(want->options, w, want->weights, N, 2e-6);
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, twenty_steps_agree_with_torch, 0, known_count());
}
