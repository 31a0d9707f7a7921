/* Gradient check of every layer case by random projection.
 *
 * L is the mean squared error against random targets, so the output is projected on random numbers: a plain sum would
 * hide errors where outputs sum to a constant. For each weight tensor, and for the input, with v random signs:
 *
 *   (L(w + h v) - L(w - h v)) / 2h  =  <dL/dw, v>
 *
 * L is summed in double from float32 outputs. |<dL/dw, v>| is about the norm of the gradient, which is the scale that
 * errors are held against. h starts at 1e-2 and shrinks: where a kink (a ReLU inside a convolution, say) lies within
 * a step, a smaller one passes it by. */
#include "generic.h"

#define SAMPLES 2

typedef struct Check {
  LnNetwork *net;
  LnTrainer *trainer;
  LnTensor *x, *target;
  double tolerance;
} Check;

/* As in training, which for some layers is another function than prediction: but for the gradients thrown away. */
static double loss_of(const Check *check) {
  LnError err;
  LnTensor *gradients[16] = {NULL};
  double loss;
  ln_network_weights_changed(check->net);
  CK_OK(ln_trainer_gradients(check->trainer, &loss, gradients, NULL, check->x, check->target, &err));
  for (int i = 0; i < ln_network_tensors(check->net); i++) ln_tensor_unref(gradients[i]);
  return loss;
}

/* at[i] = start[i] + h * sign[i], where `at` is the network's own tensor or the input. */
static double loss_at(const Check *check, LnTensor *at, const float *start, const float *sign, double h) {
  int64_t n = ln_shape_count(at->shape);
  float *moved = malloc((size_t)n * sizeof *moved);
  ck_assert_ptr_nonnull(moved);
  for (int64_t i = 0; i < n; i++) moved[i] = (float)((double)start[i] + h * (double)sign[i]);
  ln_tensor_write(at, moved);
  free(moved);
  return loss_of(check);
}

/* n random signs. */
static LnTensor *direction(int64_t n, uint64_t seed) {
  LnTensor *sign = test_random(LN_SHAPE(n), seed, -1, 1);
  for (int64_t i = 0; i < n; i++) sign->data[i] = sign->data[i] < 0 ? -1 : 1;
  return sign;
}

/* The derivative along a direction by finite differences, as near to `want` as a step gives it; steps after the first
 * are of at most max_step. */
static double slope_along(const Check *check, LnTensor *at, const float *start, const float *sign, double want,
                          double accepted, double max_step) {
  double slope = INFINITY, h = 1e-2;
  for (int attempt = 0; attempt < 7 && !(fabs(want - slope) <= accepted); attempt++, h = fmin(h / 3, max_step))
    slope = (loss_at(check, at, start, sign, h) - loss_at(check, at, start, sign, -h)) / (2 * h);
  return slope;
}

/* Compare the gradient with respect to `at` with finite differences. A wrong one is wrong along any direction; where a
 * right one fails, because a kink inside the layer lies very near, another direction is taken. */
static void check_tensor(const Check *check, const char *name, LnTensor *at, const LnTensor *gradient,
                         double max_step) {
  int64_t n = ln_shape_count(at->shape);
  ck_assert_str_eq(LN_SHAPE_TEXT(gradient->shape), LN_SHAPE_TEXT(at->shape));
  float *start = malloc((size_t)n * sizeof *start), *g = malloc((size_t)n * sizeof *g);
  double squares = 0, along = 0, slope = INFINITY;
  ln_tensor_read(start, at);
  ln_tensor_read(g, gradient);
  for (int64_t i = 0; i < n; i++) squares += (double)g[i] * (double)g[i];
  double scale = fmax(sqrt(squares), 1e-4), accepted = check->tolerance * scale;
  for (uint64_t seed = 11; seed < 14 && !(fabs(along - slope) <= accepted); seed++) {
    LnTensor *sign = direction(n, seed);
    along = 0;
    for (int64_t i = 0; i < n; i++) along += (double)g[i] * (double)sign->data[i];
    slope = slope_along(check, at, start, sign->data, along, accepted, max_step);
    ln_tensor_unref(sign);
  }
  ck_assert_msg(fabs(along - slope) <= accepted, "%s: gradient %.9g, by finite differences %.9g, norm %.3g", name,
                along, slope, scale);
  ln_tensor_write(at, start);
  free(start), free(g);
}

static void check_all(const Check *check, const char *name, LnTensor **gradients, LnTensor *d_input, double apart) {
  LnError err;
  for (int i = 0; i < ln_network_tensors(check->net); i++) {
    if (!ln_network_tensor_trained(check->net, i)) {
      ck_assert_ptr_null(gradients[i]);
      continue;
    }
    LnTensor *tensor = NULL;
    ck_assert_ptr_nonnull(gradients[i]);
    CK_OK(ln_network_tensor(&tensor, check->net, i, &err));
    check_tensor(check, ln_network_tensor_name(check->net, i), tensor, gradients[i], 1e-2);
    ln_tensor_unref(tensor), ln_tensor_unref(gradients[i]);
  }
  check_tensor(check, name, check->x, d_input, apart / 2.5);
  ln_tensor_unref(d_input);
}

void check_gradients(ItemCase it) {
  LnError err;
  LnTensor *gradients[16] = {NULL}, *d_input = NULL;
  double apart, loss;
  Check check = {.net = net_of_case(it, 3), .tolerance = case_tolerance(it.example)};
  ck_assert_int_le(ln_network_tensors(check.net), 16);
  check.x = net_spread(SAMPLES, it.example, 4, &apart);
  check.target = test_random(test_batch(SAMPLES, ln_network_output_shape(check.net)), 5, -1, 1);
  check.trainer = test_trainer(check.net, test_item(&ln_loss_mse.type, "{}"), test_item(&ln_optim_sgd.type, "{}"));
  CK_OK(ln_trainer_gradients(check.trainer, &loss, gradients, &d_input, check.x, check.target, &err));
  check_all(&check, it.type->name, gradients, d_input, apart);
  ln_trainer_unref(check.trainer), ln_network_unref(check.net), ln_tensor_unref(check.x), ln_tensor_unref(check.target);
}

START_TEST(agrees_with_finite_differences) {
  check_gradients(cases_at("nn", _i));
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_finite_differences, 0, cases_count("nn"));
}
