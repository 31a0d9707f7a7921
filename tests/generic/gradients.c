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

#define TOLERANCE 1e-3
#define SAMPLES 2

typedef struct Check {
  LnNetwork *net;
  LnTrainer *trainer;
  LnTensor *x, *target;
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

/* Compare the gradient with respect to `at` with finite differences; those after the first are of at most max_step. */
static void check_tensor(const Check *check, const char *name, LnTensor *at, const LnTensor *gradient,
                         double max_step) {
  int64_t n = ln_shape_count(at->shape);
  ck_assert_str_eq(LN_SHAPE_TEXT(gradient->shape), LN_SHAPE_TEXT(at->shape));
  float *start = malloc((size_t)n * sizeof *start), *g = malloc((size_t)n * sizeof *g);
  LnTensor *sign = test_random(LN_SHAPE(n), 11, -1, 1);
  double projection = 0, squares = 0, difference = 0, error = INFINITY;
  ln_tensor_read(start, at);
  ln_tensor_read(g, gradient);
  for (int64_t i = 0; i < n; i++) {
    sign->data[i] = sign->data[i] < 0 ? -1 : 1;
    projection += (double)g[i] * (double)sign->data[i];
    squares += (double)g[i] * (double)g[i];
  }
  double scale = fmax(sqrt(squares), 1e-4);
  double h = 1e-2;
  for (int attempt = 0; attempt < 5 && error > TOLERANCE; attempt++, h = fmin(h / 3, max_step)) {
    difference = (loss_at(check, at, start, sign->data, h) - loss_at(check, at, start, sign->data, -h)) / (2 * h);
    error = fabs(projection - difference) / scale;
  }
  ck_assert_msg(error <= TOLERANCE, "%s: gradient %.9g, by finite differences %.9g, norm %.3g", name, projection,
                difference, scale);
  ln_tensor_write(at, start);
  ln_tensor_unref(sign);
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

START_TEST(agrees_with_finite_differences) {
  ItemCase it = cases_at("nn", _i);
  LnError err;
  LnTensor *gradients[16] = {NULL}, *d_input = NULL;
  double apart, loss;
  Check check = {.net = net_of_case(it, 3)};
  ck_assert_int_le(ln_network_tensors(check.net), 16);
  check.x = net_spread(SAMPLES, it.example->inputs[0], 4, &apart);
  check.target = test_random(net_batch(SAMPLES, ln_network_output_shape(check.net)), 5, -1, 1);
  check.trainer = net_trainer(check.net, &ln_loss_mse.type, &ln_optim_sgd.type);
  CK_OK(ln_trainer_gradients(check.trainer, &loss, gradients, &d_input, check.x, check.target, &err));
  check_all(&check, it.type->name, gradients, d_input, apart);
  ln_trainer_unref(check.trainer), ln_network_unref(check.net), ln_tensor_unref(check.x), ln_tensor_unref(check.target);
}
END_TEST

TESTS {
  tcase_add_loop_test(tests, agrees_with_finite_differences, 0, cases_count("nn"));
}
