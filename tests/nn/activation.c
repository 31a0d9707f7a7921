/* Activations, number by number, on every instruction set: values and derivatives by PyTorch; far out, at infinity and
 * at NaN; the range that each states; and that those whose derivative is worked out of the output never fall. */
#include "nn/activation.h"
#include "support/support.h"

enum { N = 14 };

static const float points[N] = {-80, -20, -3, -1, -0.3f, -0.01f, -1e-5f, 0, 1e-5f, 0.01f, 0.3f, 1, 3, 20};

/* y = f(x) and dy/dx at the points: y = torch.nn.functional.<name>(x, a, b) (gelu's a is 1 with approximate='tanh');
 * y.sum().backward(); x.grad, in float64; what float32 cannot hold is 0. */
static const struct {
  LnActivationCode code;
  float a, b;
  double y[N], dy[N];
} rows[] = {
    {LN_ACT_relu, 0, 0,
     {0, 0, 0, 0, 0, 0, 0, 0, 1e-05, 0.01, 0.3, 1, 3, 20},
     {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}},
    {LN_ACT_leaky_relu, 0.2f, 0,
     {-16, -4, -0.6, -0.2, -0.06, -0.002, -2e-06, 0, 1e-05, 0.01, 0.3, 1, 3, 20},
     {0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 1, 1, 1, 1, 1, 1}},
    {LN_ACT_sigmoid, 0, 0,
     {1.80485139e-35, 2.06115362e-09, 0.0474258732, 0.268941421, 0.425557483, 0.497500021, 0.4999975, 0.5,
      0.5000025, 0.502499979, 0.574442517, 0.731058579, 0.952574127, 0.999999998},
     {1.80485139e-35, 2.06115361e-09, 0.0451766597, 0.196611933, 0.244458312, 0.24999375, 0.25, 0.25, 0.25,
      0.24999375, 0.244458312, 0.196611933, 0.0451766597, 2.06115369e-09}},
    {LN_ACT_tanh, 0, 0,
     {-1, -1, -0.995054754, -0.761594156, -0.291312612, -0.00999966668, -1e-05, 0, 1e-05, 0.00999966668,
      0.291312612, 0.761594156, 0.995054754, 1},
     {0, 0, 0.00986603717, 0.419974342, 0.915136962, 0.999900007, 1, 1, 1, 0.999900007, 0.915136962, 0.419974342,
      0.00986603717, 0}},
    {LN_ACT_elu, 1, 0,
     {-1, -0.999999998, -0.950212932, -0.632120559, -0.259181779, -0.00995016625, -9.99995e-06, 0, 1e-05, 0.01,
      0.3, 1, 3, 20},
     {1.80485139e-35, 2.06115362e-09, 0.0497870684, 0.367879441, 0.740818221, 0.990049834, 0.99999, 1, 1, 1, 1, 1,
      1, 1}},
    {LN_ACT_elu, 0.5f, 0,
     {-0.5, -0.499999999, -0.475106466, -0.316060279, -0.12959089, -0.00497508313, -4.999975e-06, 0, 1e-05, 0.01,
      0.3, 1, 3, 20},
     {9.02425694e-36, 1.03057681e-09, 0.0248935342, 0.183939721, 0.37040911, 0.495024917, 0.499995, 0.5, 1, 1, 1,
      1, 1, 1}},
    {LN_ACT_silu, 0, 0,
     {-1.44388111e-33, -4.12230724e-08, -0.14227762, -0.268941421, -0.127667245, -0.00497500021, -4.999975e-06, 0,
      5.000025e-06, 0.00502499979, 0.172332755, 0.731058579, 2.85772238, 20},
     {-1.4258326e-33, -3.91619187e-08, -0.088104106, 0.0723294881, 0.35221999, 0.495000083, 0.499995, 0.5,
      0.500005, 0.504999917, 0.64778001, 0.927670512, 1.08810411, 1.00000004}},
    {LN_ACT_gelu, 0, 0,
     {0, 0, -0.00404969409, -0.158655254, -0.114626577, -0.00496010633, -4.99995998e-06, 0, 5.00003977e-06,
      0.00503989345, 0.185373435, 0.841344746, 2.99595031, 20},
     {0, 0, -0.0119456472, -0.0833154706, 0.267672224, 0.492021421, 0.499992021, 0.5, 0.500007979, 0.507978579,
      0.732327776, 1.08331547, 1.01194565, 1}},
    {LN_ACT_gelu, 1, 0,
     {0, 0, -0.00363739208, -0.158808009, -0.11462908, -0.00496010633, -4.99995998e-06, 0, 5.00003977e-06,
      0.00503989345, 0.185370932, 0.841191991, 2.99636261, 20},
     {0, 0, -0.0115841666, -0.0829640838, 0.26770454, 0.492021422, 0.499992021, 0.5, 0.500007979, 0.507978578,
      0.73229546, 1.08296408, 1.01158417, 1}},
    {LN_ACT_softplus, 1, 20,
     {1.80485139e-35, 2.06115362e-09, 0.0485873516, 0.313261688, 0.554355239, 0.688159681, 0.693142181,
      0.693147181, 0.693152181, 0.69815968, 0.854355251, 1.31326169, 3.04858735, 20},
     {1.80485139e-35, 2.06115362e-09, 0.0474258732, 0.268941421, 0.42555748, 0.497500021, 0.4999975, 0.5,
      0.5000025, 0.502499979, 0.57444252, 0.731058579, 0.952574127, 0.999999998}},
    {LN_ACT_softplus, 2, 1,
     {0, 2.12417713e-18, 0.00123784257, 0.0634640055, 0.218743971, 0.34159859, 0.34656859, 0.34657359,
      0.34657859, 0.35159859, 0.518743983, 1, 3, 20},
     {0, 4.24835426e-18, 0.00247262316, 0.119202922, 0.354343688, 0.495000167, 0.499995, 0.5, 0.500005,
      0.504999833, 0.645656312, 1, 1, 1}},
    {LN_ACT_hardtanh, -1, 1,
     {-1, -1, -1, -1, -0.300000012, -0.00999999978, -9.99999975e-06, 0, 9.99999975e-06, 0.00999999978,
      0.300000012, 1, 1, 1},
     {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}},
    {LN_ACT_hardtanh, -0.5f, 2,
     {-0.5, -0.5, -0.5, -0.5, -0.300000012, -0.00999999978, -9.99999975e-06, 0, 9.99999975e-06, 0.00999999978,
      0.300000012, 1, 2, 2},
     {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0}},
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

static int words(void) {
  int n = 0;
  while (ln_activation_names[n] != NULL) n++;
  return n;
}

START_TEST(every_activation_has_numbers) {
  bool found = _i == LN_ACT_linear;
  for (int r = 0; r < N_ROWS; r++) found = found || (int)rows[r].code == _i;
  ck_assert_msg(found, "%s: no numbers from elsewhere; add a row here", ln_activation_names[_i]);
}
END_TEST

static void check_row(const LnKernels *kernels, int row) {
  LnActivation activation = {rows[row].code, rows[row].a, rows[row].b};
  float y[N], dy[N];
  memcpy(y, points, sizeof y);
  kernels->activate(y, N, activation);
  for (int i = 0; i < N; i++) dy[i] = 2;
  kernels->activate_grad(dy, ln_activation_needs_input(activation) ? points : y, N, activation);
  for (int i = 0; i < N; i++) {
    double want = rows[row].y[i], slope = 2 * rows[row].dy[i];
    const char *name = ln_activation_names[activation.code];
    ck_assert_msg(fabs((double)y[i] - want) <= 1e-6 * fabs(want), "%s of %g: %.9g, expected %.9g", name,
                  (double)points[i], (double)y[i], want);
    ck_assert_msg(fabs((double)dy[i] - slope) <= 2e-6, "slope of %s at %g, twice: %.9g, expected %.9g", name,
                  (double)points[i], (double)dy[i], slope);
  }
}

START_TEST(gives_the_numbers_of_others) {
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    check_row(ln_kernels(), _i);
  }
}
END_TEST

/* One number, in any lane and behind the last whole vector. */
static float value_of(LnActivationCode code, float x) {
  enum { MOST = 37 };
  float y[MOST];
  LnActivation activation = ln_activation_by_word(code);
  for (int i = 0; i < MOST; i++) y[i] = x;
  ln_kernels()->activate(y, MOST, activation);
  for (int i = 1; i < MOST; i++) ck_assert(y[i] == y[0] || (isnan(y[i]) && isnan(y[0])));
  return y[0];
}

/* torch.sigmoid and the others in float32; from -88.4 on ours is 0, where theirs is below 4.2e-39 and then 0 too. */
START_TEST(far_out) {
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    ck_assert_double_eq_tol((double)value_of(LN_ACT_sigmoid, -80), 1.80485e-35, 1e-40);
    ck_assert_double_eq_tol((double)value_of(LN_ACT_sigmoid, -88), 6.0546e-39, 1e-43);
    ck_assert_double_le((double)value_of(LN_ACT_sigmoid, -88.5f), 3.7e-39);
    ck_assert(value_of(LN_ACT_sigmoid, -100) == 0 && value_of(LN_ACT_sigmoid, -104) == 0);
    ck_assert(value_of(LN_ACT_sigmoid, -3e38f) == 0 && value_of(LN_ACT_sigmoid, -INFINITY) == 0);
    ck_assert(value_of(LN_ACT_sigmoid, 100) == 1 && value_of(LN_ACT_sigmoid, INFINITY) == 1);
    ck_assert(value_of(LN_ACT_tanh, -INFINITY) == -1 && value_of(LN_ACT_tanh, INFINITY) == 1);
    ck_assert(value_of(LN_ACT_relu, -INFINITY) == 0 && value_of(LN_ACT_leaky_relu, -INFINITY) == -INFINITY);
    ck_assert(value_of(LN_ACT_elu, -INFINITY) == -1 && value_of(LN_ACT_elu, INFINITY) == INFINITY);
    ck_assert(value_of(LN_ACT_gelu, -1000) == 0 && value_of(LN_ACT_gelu, INFINITY) == INFINITY);
    ck_assert(value_of(LN_ACT_softplus, -INFINITY) == 0 && value_of(LN_ACT_softplus, INFINITY) == INFINITY);
    ck_assert(value_of(LN_ACT_hardtanh, -INFINITY) == -1 && value_of(LN_ACT_hardtanh, INFINITY) == 1);
    ck_assert(value_of(LN_ACT_silu, -1000) == 0 && value_of(LN_ACT_silu, INFINITY) == INFINITY);
  }
}
END_TEST

START_TEST(nan_stays_nan) {
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    ck_assert_msg(isnan(value_of((LnActivationCode)_i, NAN)), "%s, %s", ln_activation_names[_i], *isa);
  }
}
END_TEST

START_TEST(keeps_what_it_states) {
  enum { STEPS = 20000 };
  LnActivation activation = ln_activation_by_word(_i);
  LnRange range = ln_activation_range(activation);
  float y[STEPS];
  for (int i = 0; i < STEPS; i++) y[i] = (float)(i - STEPS / 2) * 0.01f;
  ln_kernels()->activate(y, STEPS, activation);
  for (int i = 0; i < STEPS; i++) {
    double slack = 2e-7 * fabs((double)y[i]);
    ck_assert_msg((double)y[i] >= range.low - slack && (double)y[i] <= range.high + slack,
                  "%s: %.9g is outside %g to %g", ln_activation_names[_i], (double)y[i], range.low, range.high);
    ck_assert_msg(i == 0 || ln_activation_needs_input(activation) || (double)y[i] >= (double)y[i - 1] - slack,
                  "%s falls from %.9g to %.9g", ln_activation_names[_i], (double)y[i - 1], (double)y[i]);
  }
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, every_activation_has_numbers, 0, words());
  tcase_add_loop_test(tests, gives_the_numbers_of_others, 0, N_ROWS);
  tcase_add_test(tests, far_out);
  tcase_add_loop_test(tests, nan_stays_nan, 0, words());
  tcase_add_loop_test(tests, keeps_what_it_states, 0, words());
}
