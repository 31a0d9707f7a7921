/* Online dictionary learning: numbers of NumPy and scikit-learn, printed by tests/reference/online_dictionary.py. */
#include <math.h>

#include "filter/learn.h"
#include "support/formula.h"
#include "support/support.h"

enum { ATOMS = 7, LENGTH = 6, SIGNALS = 40, STEPS = 4, MOST = 3 };

static const double bound = 0.05;

static const double after_one[] = {
  -0.696014589, -0.298782368, 0.413971267, -0.332127315, 0.168984424, 0.340670352, 0.596277828, -0.377839039,
  0.107129824, -0.353830967, -0.345699071, -0.495489064, 0.624738297, -0.547268394, -0.336776124, 0.402701514,
  0.16915016, 0.0774656078, 0.361648576, 0.521445265, 0.368176234, -0.475744876, 0.365894514, 0.318652508, 0.442380965,
  -0.18509827, -0.36611427, -0.541824476, -0.523682168, 0.261115451, -0.218236026, -0.579175295, -0.171944995,
  -0.530299446, -0.548531184, 0.0725256589, 0.109446808, -0.254166525, -0.754058172, -0.486963705, 0.212783476,
  -0.269084726};
static const double after_all[] = {
  -0.674510931, -0.355278397, 0.371410311, -0.276651115, 0.141610481, 0.429275294, 0.569509041, -0.388927818,
  0.140219282, -0.314053058, -0.421579577, -0.47788544, 0.590839556, -0.621853765, -0.298300973, 0.36167926,
  0.202968865, 0.0566991714, 0.32625052, 0.470189837, 0.468168737, -0.462479885, 0.385742809, 0.301023238, 0.325004126,
  -0.0207094132, -0.392458135, -0.587476046, -0.616279032, 0.122442239, -0.24540055, -0.653508336, -0.142947281,
  -0.471315115, -0.501899911, 0.135018672, 0.0950208616, -0.255937004, -0.770117052, -0.483668265, 0.158611437,
  -0.270729448};

/* Seven atoms of unit length. */
static void begin(float *atom) {
  test_formula_fill(atom, ATOMS * LENGTH, 1, -1, 1);
  for (int k = 0; k < ATOMS; k++) {
    double square = 0;
    for (int j = 0; j < LENGTH; j++) square += (double)atom[k * LENGTH + j] * (double)atom[k * LENGTH + j];
    for (int j = 0; j < LENGTH; j++) atom[k * LENGTH + j] = (float)((double)atom[k * LENGTH + j] / sqrt(square));
  }
}

static void learn(float *atom, int64_t steps) {
  float gram[ATOMS * ATOMS], x[SIGNALS * LENGTH];
  LnDictionary dictionary = {ATOMS, LENGTH, atom, gram};
  LnSignals signals = {x, SIGNALS, MOST, bound};
  LnError err;
  begin(atom);
  test_formula_fill(x, SIGNALS * LENGTH, 2, -1, 1);
  CK_OK(ln_learn_online(&dictionary, &signals, steps, (LnRng){1, 0}, &err)); /* all signals are one batch */
}

/* One step shows how atoms are updated, several how older codes count less. */
START_TEST(the_dictionary_is_numpys) {
  float atom[ATOMS * LENGTH];
  learn(atom, 1);
  ck_assert_near("after one step", atom, after_one, ATOMS * LENGTH, 1e-5);
  learn(atom, STEPS);
  ck_assert_near("after all steps", atom, after_all, ATOMS * LENGTH, 1e-5);
}
END_TEST

TESTS {
  tcase_add_test(tests, the_dictionary_is_numpys);
}
