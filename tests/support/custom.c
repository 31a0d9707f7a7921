/* Layers made at run time, for tests: see custom.h. */
#include "support/custom.h"

#include "base/memory.h"
#include "support/support.h"

/* Something to be forgotten. */
static LnStatus save(TestCustom *test, const LnBatchPass *pass, LnError *err) {
  if (!pass->wants_grads) return LN_OK;
  *pass->saved = ln_alloc(1);
  if (*pass->saved == NULL) return ln_fail_memory(err, "saved", 1);
  test->held++;
  return LN_OK;
}

static void forget(void *context, void *saved) {
  ((TestCustom *)context)->held--;
  ln_free(saved);
}

static LnStatus begin_forward(TestCustom *test, const LnBatchPass *pass, LnError *err) {
  test->forwards++;
  ck_assert(ln_tensor_contiguous(pass->x));
  if (test->inside != NULL) LN_TRY(test->inside(test->context, err));
  LN_TRY(save(test, pass, err));
  return test->fail_forward ? ln_fail(err, LN_EARG, "no") : LN_OK;
}

static LnStatus begin_backward(TestCustom *test, const LnBatchPass *pass, LnError *err) {
  test->backwards++;
  ck_assert(pass->wants_grads && *pass->saved != NULL);
  return test->fail_backward ? ln_fail(err, LN_EARG, "no") : LN_OK;
}

static LnShape with_channels(LnShape batch, int64_t channels) {
  batch.d[1] = channels;
  return batch;
}

static LnStatus result(LnTensor **out, LnShape shape, bool wrong, LnError *err) {
  return ln_tensor_new(out, wrong ? LN_SHAPE(2, 7) : shape, err);
}

/* ---- relu ---- */

static LnStatus relu_shape(LnShape *out, void *context, LnShape in, LnError *err) {
  (void)context, (void)err;
  *out = in;
  return LN_OK;
}

static LnStatus relu_forward(LnTensor **y, void *context, const LnBatchPass *pass, LnError *err) {
  TestCustom *test = context;
  LN_TRY(begin_forward(test, pass, err));
  LN_TRY(result(y, pass->x->shape, test->wrong_y, err));
  for (int64_t i = 0; !test->wrong_y && i < ln_shape_count(pass->x->shape); i++)
    (*y)->data[i] = pass->x->data[i] > 0 ? pass->x->data[i] : 0;
  return LN_OK;
}

static LnStatus relu_backward(LnTensor **dx, LnTensor **grads, LnTensor *dy, void *context, const LnBatchPass *pass,
                              LnError *err) {
  TestCustom *test = context;
  (void)grads;
  LN_TRY(begin_backward(test, pass, err));
  if (!pass->wants_dx) return LN_OK;
  LN_TRY(result(dx, pass->x->shape, test->wrong_dx, err));
  for (int64_t i = 0; !test->wrong_dx && i < ln_shape_count(pass->x->shape); i++)
    (*dx)->data[i] = pass->x->data[i] > 0 ? dy->data[i] : 0;
  return LN_OK;
}

LnStatus test_custom_relu(LnItem **out, TestCustom *test, LnError *err) {
  return ln_custom_new(out,
                       &(LnCustom){.name = "my_relu",
                                   .context = test,
                                   .shape = relu_shape,
                                   .forward = relu_forward,
                                   .backward = relu_backward,
                                   .forget = forget},
                       err);
}

/* ---- mix ---- */

static LnStatus mix_shape(LnShape *out, void *context, LnShape in, LnError *err) {
  const TestCustom *test = context;
  (void)err;
  *out = in;
  out->d[0] = test->outputs;
  return LN_OK;
}

/* out[n, a, p] += sum over b of w[a, b] in[n, b, p]; transposed: w[b, a]. */
static void add_product(LnTensor *out, const LnTensor *in, const LnTensor *w, bool transposed) {
  int64_t pixels = in->shape.d[2] * in->shape.d[3], outs = out->shape.d[1], ins = in->shape.d[1];
  for (int64_t n = 0; n < in->shape.d[0]; n++)
    for (int64_t a = 0; a < outs; a++)
      for (int64_t b = 0; b < ins; b++)
        for (int64_t p = 0; p < pixels; p++)
          out->data[(n * outs + a) * pixels + p] +=
              w->data[transposed ? b * outs + a : a * ins + b] * in->data[(n * ins + b) * pixels + p];
}

static LnStatus mix_forward(LnTensor **y, void *context, const LnBatchPass *pass, LnError *err) {
  TestCustom *test = context;
  const LnTensor *w = pass->tensors[0];
  LN_TRY(begin_forward(test, pass, err));
  LN_TRY(result(y, with_channels(pass->x->shape, w->shape.d[0]), test->wrong_y, err));
  if (!test->wrong_y) add_product(*y, pass->x, w, false);
  return LN_OK;
}

static LnStatus mix_with_state(LnTensor **y, void *context, const LnBatchPass *pass, LnError *err) {
  pass->tensors[1]->data[0] += (float)pass->x->shape.d[0];
  return mix_forward(y, context, pass, err);
}

static LnStatus mix_backward(LnTensor **dx, LnTensor **grads, LnTensor *dy, void *context, const LnBatchPass *pass,
                             LnError *err) {
  TestCustom *test = context;
  const LnTensor *x = pass->x, *w = pass->tensors[0];
  int64_t pixels = x->shape.d[2] * x->shape.d[3], outs = w->shape.d[0], ins = w->shape.d[1];
  LN_TRY(begin_backward(test, pass, err));
  LN_TRY(result(&grads[0], w->shape, test->wrong_dw, err));
  if (pass->wants_dx) LN_TRY(result(dx, x->shape, test->wrong_dx, err));
  if (pass->wants_dx && !test->wrong_dx) add_product(*dx, dy, w, true);
  for (int64_t o = 0; o < outs && !test->wrong_dw; o++)
    for (int64_t i = 0; i < ins; i++) {
      double sum = 0;
      for (int64_t n = 0; n < x->shape.d[0]; n++)
        for (int64_t p = 0; p < pixels; p++)
          sum += (double)dy->data[(n * outs + o) * pixels + p] * (double)x->data[(n * ins + i) * pixels + p];
      grads[0]->data[o * ins + i] = (float)sum;
    }
  return LN_OK;
}

LnStatus test_custom_mix(LnItem **out, TestCustom *test, int64_t outputs, int64_t inputs, bool state, LnError *err) {
  const LnShape weight = LN_SHAPE(outputs, inputs), one = LN_SHAPE(1);
  LnCustom mix = {.name = "mix", .n_tensors = 1, .context = test, .shape = mix_shape, .backward = mix_backward,
                  .forward = mix_forward, .forget = forget};
  mix.tensors[0].name = "w", mix.tensors[0].shape = weight, mix.tensors[0].init = LN_INIT_GLOROT_UNIFORM;
  mix.tensors[1].name = "seen", mix.tensors[1].shape = one, mix.tensors[1].role = LN_STATE;
  if (state) mix.n_tensors = 2, mix.forward = mix_with_state;
  test->outputs = outputs;
  return ln_custom_new(out, &mix, err);
}
