/* A batch at work: its tensors, checked against the network and each other. */
#include <inttypes.h>
#include <stdio.h>

#include "model/trainer_parts.h"

/* "input", or "input 2" of several. */
typedef struct EndName {
  char text[32];
} EndName;

static EndName name_end(const char *what, int index, int count) {
  EndName name;
  if (count > 1)
    snprintf(name.text, sizeof name.text, "%s %d", what, index + 1);
  else
    snprintf(name.text, sizeof name.text, "%s", what);
  return name;
}

static LnStatus check_count(const LnTrainerBatch *b, const char *name, const LnTensor *t, LnError *err) {
  if (t->shape.d[0] == b->n) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "%s has %" PRId64 " samples and %s %" PRId64, name_end("input", 0, b->n_inputs).text,
                 b->n, name, t->shape.d[0]);
}

static LnStatus check_inputs(LnTrainerBatch *b, LnShape *samples, LnTensor *const *input, LnError *err) {
  for (int i = 0; i < b->n_inputs; i++) {
    EndName name = name_end("input", i, b->n_inputs);
    LN_TRY(ln_sample_shape(&samples[i], name.text, input[i]->shape, err));
    LN_TRY(check_count(b, name.text, input[i], err));
    b->in_size[i] = ln_shape_count(samples[i]);
  }
  return LN_OK;
}

static LnStatus check_target(const LnTrainerBatch *b, int i, LnShape *sample, const LnTensor *target, LnError *err) {
  EndName name = name_end("target", i, b->trainer->n_ends);
  LN_TRY(ln_sample_shape(sample, name.text, target->shape, err));
  return check_count(b, name.text, target, err);
}

/* The samples of the targets against what the network, which is built, gives. */
static LnStatus check_outputs(LnTrainerBatch *b, const LnShape *targets, LnError *err) {
  for (int i = 0; i < b->trainer->n_ends; i++) {
    b->out[i] = ln_network_output_shape_of(b->trainer->net, i);
    b->out_size[i] = ln_shape_count(b->out[i]);
    if (!ln_shape_equal(targets[i], b->out[i]))
      return ln_fail(err, LN_ESHAPE, "%s samples are %s, but the network gives %s",
                     name_end("target", i, b->trainer->n_ends).text, LN_SHAPE_TEXT(targets[i]),
                     LN_SHAPE_TEXT(b->out[i]));
  }
  return LN_OK;
}

LnStatus ln_trainer_check_batch(LnTrainerBatch *b, LnTensor *const *input, LnTensor *const *target, LnError *err) {
  LnNetwork *net = b->trainer->net;
  LnShape samples[LN_MAX_ENDS], targets[LN_MAX_ENDS];
  b->n_inputs = ln_network_inputs(net);
  b->n = input[0]->shape.n > 0 ? input[0]->shape.d[0] : 0;
  LN_TRY(check_inputs(b, samples, input, err));
  for (int i = 0; i < b->trainer->n_ends; i++) LN_TRY(check_target(b, i, &targets[i], target[i], err));
  if (b->n < 1) return ln_fail(err, LN_ESHAPE, "a batch needs at least one sample");
  LN_TRY(ln_network_build_all(net, samples, 0, err));
  return check_outputs(b, targets, err);
}

LnStatus ln_trainer_begin_batch(LnTrainerBatch *b, LnError *err) {
  LN_TRY(ln_network_begin(b->trainer->net, "trainer", err));
  b->trainer->refs++; /* what is called meanwhile may give it up */
  b->begun = true;
  return LN_OK;
}

LnStatus ln_trainer_take_tensors(LnTrainerBatch *b, LnTensor *const *input, LnTensor *const *target, LnTensor **d_input,
                                 LnError *err) {
  for (int i = 0; i < b->n_inputs; i++) {
    LN_TRY(ln_tensor_as_contiguous(&b->input[i], input[i], err));
    if (d_input != NULL) LN_TRY(ln_tensor_new(&d_input[i], input[i]->shape, err));
  }
  for (int i = 0; i < b->trainer->n_ends; i++) LN_TRY(ln_tensor_as_contiguous(&b->target[i], target[i], err));
  b->d_input = d_input;
  return LN_OK;
}

void ln_trainer_end_batch(LnTrainerBatch *b) {
  if (b->begun && b->trainer->plan != NULL) ln_plan_end_batch(b->trainer->plan);
  if (b->begun) ln_network_end(b->trainer->net);
  for (int i = 0; i < LN_MAX_ENDS; i++) {
    ln_tensor_unref(b->input[i]);
    ln_tensor_unref(b->target[i]);
  }
  if (b->begun) ln_trainer_unref(b->trainer);
}
