/* The value and gradient of any loss: see evaluate.h. */
#include "loss/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"
#include "base/memory.h"
#include "tensor/record.h"
#include "tensor/tape.h"

static const LnLossType *type_of(LnItem *loss) {
  return (const LnLossType *)ln_item_type(loss);
}

LnActivationCode ln_loss_absorbs(LnItem *loss) {
  for (int i = 0; i < ln_loss_terms(loss); i++) {
    LnActivationCode code = type_of(ln_loss_term(loss, i).loss)->absorbs;
    if (code != LN_ACT_linear) return code;
  }
  return LN_ACT_linear;
}

bool ln_loss_has_batch_terms(LnItem *loss) {
  for (int i = 0; i < ln_loss_terms(loss); i++)
    if (type_of(ln_loss_term(loss, i).loss)->eval_batch != NULL) return true;
  return false;
}

LnStatus ln_loss_check_sample(LnItem *loss, LnShape sample, LnError *err) {
  for (int i = 0; i < ln_loss_terms(loss); i++) {
    LnItem *term = ln_loss_term(loss, i).loss;
    if (type_of(term)->check_sample == NULL) continue;
    LnStatus status = type_of(term)->check_sample(ln_item_options(term), sample, err);
    if (status != LN_OK) return ln_error_prefix(err, status, "%s: ", ln_item_name(term));
  }
  return LN_OK;
}

/* Floats rounded up so that what follows them is aligned as they are. */
static int64_t aligned(int64_t floats) {
  return (floats + 15) / 16 * 16;
}

/* Of a sum two parts, what comes out of the absorbed activation and the gradient of a term, come first; then what a
 * term itself needs. */
static int64_t parts_of_sum(LnItem *loss, LnShape sample) {
  return type_of(loss) == &ln_loss_sum ? 2 * aligned(ln_shape_count(sample)) : 0;
}

int64_t ln_loss_scratch(LnItem *loss, LnShape sample) {
  int64_t most = 0;
  for (int i = 0; i < ln_loss_terms(loss); i++) {
    LnItem *term = ln_loss_term(loss, i).loss;
    int64_t needs = type_of(term)->scratch == NULL ? 0 : type_of(term)->scratch(ln_item_options(term), sample);
    if (needs > most) most = needs;
  }
  return parts_of_sum(loss, sample) + aligned(most);
}

/* A term of which the network gives no logits, or that takes them. */
static double eval_as_given(LnItem *loss, bool logits, const LnLossSample *sample) {
  const LnLossType *type = type_of(loss);
  return (logits ? type->eval_logits : type->eval)(ln_item_options(loss), sample);
}

typedef struct Work {
  const float *y;
  LnActivation absorbed; /* linear: y is what the terms take */
  float *active;         /* what comes out of it; NULL: not worked out yet */
} Work;

/* s: of the term, but for what it takes as y. */
static double eval_term(Work *w, LnItem *loss, float *room, LnLossSample s) {
  int64_t n = ln_shape_count(s.shape);
  bool logits = w->absorbed.code != LN_ACT_linear, takes = type_of(loss)->absorbs == w->absorbed.code;
  s.y = w->y;
  if (!logits || takes) return eval_as_given(loss, logits, &s);
  if (w->active == NULL) {
    w->active = memcpy(room, w->y, (size_t)n * sizeof *room);
    ln_kernels()->activate(w->active, n, w->absorbed);
  }
  s.y = w->active;
  double value = eval_as_given(loss, false, &s);
  if (s.grad != NULL) ln_kernels()->activate_grad(s.grad, w->active, n, w->absorbed);
  return value;
}

double ln_loss_eval(LnItem *loss, bool logits, float *grad, float *scratch, const float *y, const float *target,
                    LnShape sample, double scale) {
  LnLossSample s = {.y = y, .target = target, .shape = sample, .grad = grad, .scale = scale, .scratch = scratch};
  if (type_of(loss)->eval != NULL) return eval_as_given(loss, logits, &s);
  int64_t n = ln_shape_count(sample);
  float *grad_of_term = scratch + aligned(n);
  Work w = {.y = y};
  s.scratch = scratch + parts_of_sum(loss, sample);
  if (logits) w.absorbed.code = ln_loss_absorbs(loss);
  double sum = 0;
  bool first = true;
  for (int i = 0; i < ln_loss_terms(loss); i++) {
    LnLossTerm term = ln_loss_term(loss, i);
    if (type_of(term.loss)->eval == NULL) continue;
    s.grad = grad == NULL || first ? grad : grad_of_term, s.scale = scale * term.factor;
    sum += term.factor * eval_term(&w, term.loss, scratch, s);
    if (s.grad != grad) ln_kernels()->add(grad, s.grad, n);
    first = false;
  }
  if (grad != NULL && first) memset(grad, 0, (size_t)n * sizeof *grad);
  return sum;
}

/* ---- Whole batches ---- */

/* For training, which tells from the message which term it was. */
static LnStatus check_finite(LnItem *loss, double value, const LnTensor *grad, LnError *err) {
  const char *name = ln_item_name(loss);
  if (!isfinite(value))
    return ln_fail(err, LN_ENUMERIC, "the loss %s is %s", name, isnan(value) ? "NaN" : "infinite");
  if (ln_all_finite(grad->data, ln_shape_count(grad->shape))) return LN_OK;
  return ln_fail(err, LN_ENUMERIC,
                 "the loss %s is %g, but its gradient is not finite, as happens at sqrt(0), log(0) or 0 / 0", name,
                 value);
}

/* One loss with `eval_batch`. */
static LnStatus eval_whole(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err) {
  LN_TRY(type_of(loss)->eval_batch(loss, value, grad, y, target, err));
  LnStatus status = grad == NULL ? LN_OK : check_finite(loss, *value, *grad, err);
  if (status != LN_OK) ln_tensor_unref(*grad), *grad = NULL;
  return status;
}

/* *value and, unless it is NULL, grad += the term's. */
static LnStatus add_batch_term(LnLossTerm term, double *value, LnTensor *grad, LnTensor *y, LnTensor *target,
                               LnError *err) {
  double of_term = 0;
  LnTensor *grad_of_term = NULL;
  LN_TRY(eval_whole(term.loss, &of_term, grad == NULL ? NULL : &grad_of_term, y, target, err));
  *value += term.factor * of_term;
  if (grad != NULL)
    ln_kernels()->add_scaled(grad->data, grad_of_term->data, (float)term.factor, ln_shape_count(y->shape));
  ln_tensor_unref(grad_of_term);
  return LN_OK;
}

/* y: what the terms take. */
static LnStatus add_batch_terms(LnItem *loss, double *value, LnTensor *grad, LnTensor *y, LnTensor *target,
                                LnError *err) {
  for (int i = 0; i < ln_loss_terms(loss); i++) {
    LnLossTerm term = ln_loss_term(loss, i);
    if (type_of(term.loss)->eval_batch != NULL) LN_TRY(add_batch_term(term, value, grad, y, target, err));
  }
  return LN_OK;
}

/* *grad: NULL where none is wanted. */
static LnStatus eval_active(LnItem *loss, LnActivation absorbed, double *value, LnTensor *grad, LnTensor *logits,
                            LnTensor *target, LnError *err) {
  LnTensor *y = NULL;
  int64_t n = ln_shape_count(logits->shape);
  LN_TRY(ln_tensor_clone(&y, logits, err));
  ln_kernels()->activate(y->data, n, absorbed);
  LnStatus status = add_batch_terms(loss, value, grad, y, target, err);
  if (status == LN_OK && grad != NULL) ln_kernels()->activate_grad(grad->data, y->data, n, absorbed);
  ln_tensor_unref(y);
  return status;
}

LnStatus ln_loss_eval_batch(LnItem *loss, bool logits, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                            LnError *err) {
  LnTensor *sum = NULL;
  if (type_of(loss)->eval_batch != NULL) return eval_whole(loss, value, grad, y, target, err);
  *value = 0;
  if (grad != NULL) LN_TRY(ln_tensor_new(&sum, y->shape, err));
  LnActivation absorbed = {.code = ln_loss_absorbs(loss)};
  LnStatus status = logits ? eval_active(loss, absorbed, value, sum, y, target, err)
                           : add_batch_terms(loss, value, sum, y, target, err);
  if (status != LN_OK) return ln_tensor_unref(sum), status;
  if (grad != NULL) *grad = sum;
  return LN_OK;
}

/* ---- Tensors ---- */

/* The shape of a sample; *n: how many there are. */
static LnShape sample_of(int64_t *n, LnShape batch) {
  if (batch.n < 2) return *n = 1, batch;
  LnShape sample = {.n = batch.n - 1};
  memcpy(sample.d, batch.d + 1, (size_t)sample.n * sizeof sample.d[0]);
  return *n = batch.d[0], sample;
}

/* The terms with `eval`, sample by sample. grad: NULL where none is wanted. */
static LnStatus add_samples(LnItem *loss, double *value, LnTensor *grad, const LnTensor *y, const LnTensor *target,
                            LnError *err) {
  int64_t n;
  LnShape sample = sample_of(&n, y->shape);
  LN_TRY(ln_loss_check_sample(loss, sample, err));
  int64_t size = ln_shape_count(sample), bytes = ln_loss_scratch(loss, sample) * (int64_t)sizeof(float);
  float *scratch = ln_alloc((size_t)bytes);
  if (scratch == NULL) return ln_fail_memory(err, ln_item_name(loss), (size_t)bytes);
  double sum = 0;
  for (int64_t s = 0; s < n; s++)
    sum += ln_loss_eval(loss, false, grad == NULL ? NULL : grad->data + s * size, scratch, y->data + s * size,
                        target->data + s * size, sample, 1.0 / (double)n);
  *value += sum / (double)n;
  ln_free(scratch);
  return LN_OK;
}

static LnStatus apply_contiguous(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                                 LnError *err) {
  LnTensor *sum = NULL;
  *value = 0;
  if (grad != NULL) LN_TRY(ln_tensor_new(&sum, y->shape, err));
  LnStatus status = add_samples(loss, value, sum, y, target, err);
  if (status == LN_OK) status = add_batch_terms(loss, value, sum, y, target, err);
  if (status != LN_OK) return ln_tensor_unref(sum), status;
  if (grad != NULL) *grad = sum;
  return LN_OK;
}

LnStatus ln_loss_apply(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err) {
  const char *name = ln_item_name(loss);
  LnTensor *y_plain = NULL, *target_plain = NULL;
  if (!ln_shape_equal(y->shape, target->shape))
    return ln_fail(err, LN_ESHAPE, "%s: expected two tensors of one shape, got %s and %s", name,
                   LN_SHAPE_TEXT(y->shape), LN_SHAPE_TEXT(target->shape));
  if (ln_shape_count(y->shape) == 0) return ln_fail(err, LN_ESHAPE, "%s: the tensors are empty", name);
  LN_TRY(ln_tensor_as_contiguous(&y_plain, y, err));
  LnStatus status = ln_tensor_as_contiguous(&target_plain, target, err);
  if (status == LN_OK) status = apply_contiguous(loss, value, grad, y_plain, target_plain, err);
  ln_tensor_unref(y_plain);
  ln_tensor_unref(target_plain);
  return status;
}

static LnStatus loss_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  return ln_tensor_binary(&din[0], LN_MUL, of->dout[0], of->in[1], err);
}

/* *grad: NULL where none is wanted. */
static LnStatus apply_detached(LnItem *loss, double *value, LnTensor **grad, LnTensor *y, LnTensor *target,
                               LnError *err) {
  LnTensor *detached = NULL;
  LN_TRY(ln_tensor_detach(&detached, y, err));
  LnStatus status = ln_loss_apply(loss, value, grad, detached, target, err);
  ln_tensor_unref(detached);
  return status;
}

LnStatus ln_loss_tensor(LnTensor **out, LnItem *loss, LnTensor *y, LnTensor *target, LnError *err) {
  LnTensor *grad = NULL, *made = NULL;
  double value = 0;
  const char *name = ln_item_name(loss);
  if (ln_tensor_followed(target))
    return ln_fail(err, LN_EARG, "%s: no gradient passes the target; give it the tensor's detach()", name);
  LN_TRY(apply_detached(loss, &value, ln_tensor_followed(y) ? &grad : NULL, y, target, err));
  LnStatus status = ln_tensor_new(&made, (LnShape){.n = 0}, err);
  if (status == LN_OK) {
    made->data[0] = (float)value;
    const LnTensor *inputs[] = {y, grad};
    LnOperation op = {.name = "loss", .adjoint = loss_adjoint, .in = inputs, .n_in = grad == NULL ? 1 : 2};
    status = ln_tape_finish(out, made, &op, err);
  }
  ln_tensor_unref(grad);
  return status;
}
