/* Tapes: see tape.h. Recording is in record.c. */
#include "tensor/tape.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "tensor/record.h"
#include "tensor/walk.h"

LnStatus ln_tape_new(LnTape **out, LnError *err) {
  LnTape *tape = ln_calloc(1, sizeof *tape);
  LnTrail *trail = ln_calloc(1, sizeof *trail);
  if (tape == NULL || trail == NULL) {
    ln_free(tape), ln_free(trail);
    return ln_fail_memory(err, "tape", sizeof *tape + sizeof *trail);
  }
  *trail = (LnTrail){.refs = 1, .tape = tape};
  tape->trail = trail;
  *out = tape;
  return LN_OK;
}

void ln_tape_only_follow(LnTape *tape) {
  tape->only_follows = true;
}

void ln_tape_free(LnTape *tape) {
  if (tape == NULL) return;
  tape->trail->tape = NULL;
  for (int64_t i = tape->n_records - 1; i >= 0; i--) ln_record_free(tape->records[i]);
  for (int64_t i = 0; tape->grads != NULL && i < tape->n_slots; i++) ln_tensor_unref(tape->grads[i]);
  ln_trail_unref(tape->trail);
  ln_free(tape->records);
  ln_free(tape->grads);
  ln_free(tape);
}

LnStatus ln_tape_watch(LnTensor **out, LnTape *tape, LnTensor *t, LnError *err) {
  if (ln_tensor_followed(t))
    return ln_fail(err, LN_EARG, "a gradient inside another was asked for the tensor %s that the outer one follows; second "
                   "derivatives are not supported: give the inner one its detach()", LN_SHAPE_TEXT(t->shape));
  LN_TRY(ln_tensor_view_of(out, t, err));
  ln_tape_follow(tape, *out);
  return LN_OK;
}

LnStatus ln_tensor_detach(LnTensor **out, LnTensor *t, LnError *err) {
  return ln_tensor_view_of(out, t, err);
}

bool ln_tape_follows(const LnTape *tape, const LnTensor *t) {
  return ln_tensor_followed(t) && t->trail->tape == tape;
}

/* *t = its sums over what broadcasting from `shape` has repeated. */
static LnStatus sum_to(LnTensor **t, LnShape shape, LnError *err) {
  LnTensor *sum;
  while ((*t)->shape.n > shape.n) {
    LN_TRY(ln_tensor_reduce(&sum, LN_SUM, *t, 0, false, err));
    ln_tensor_unref(*t);
    *t = sum;
  }
  for (int i = 0; i < shape.n; i++) {
    if ((*t)->shape.d[i] == shape.d[i] || shape.d[i] != 1) continue;
    LN_TRY(ln_tensor_reduce(&sum, LN_SUM, *t, i, true, err));
    ln_tensor_unref(*t);
    *t = sum;
  }
  if (ln_shape_equal((*t)->shape, shape)) return LN_OK;
  LN_TRY(ln_tensor_expand(&sum, *t, shape, err));
  ln_tensor_unref(*t);
  *t = sum;
  return LN_OK;
}

/* Whether nobody else sees these elements. */
static bool alone(const LnTensor *t) {
  return t->refs == 1 && t->storage->refs == 1 && ln_tensor_contiguous(t);
}

/* to += more, of one shape; `to` is alone. */
static void add_into(LnTensor *to, const LnTensor *more) {
  const LnKernels *kernels = ln_kernels();
  LnWalk walk = ln_walk(to->shape, 2, (const LnTensor *[]){to, more});
  while (ln_walk_on(&walk)) {
    if (walk.step[1] == 1)
      kernels->add(walk.row[0], walk.row[1], walk.length);
    else
      for (int64_t i = 0; i < walk.length; i++) walk.row[0][i] += walk.row[1][i * walk.step[1]];
  }
}

/* Adds a gradient to that of a slot; takes the reference, also on failure. */
static LnStatus add_gradient(LnTensor **grad, LnTensor *more, LnShape shape, LnError *err) {
  LnTensor *sum = NULL;
  LnStatus status = sum_to(&more, shape, err);
  if (status == LN_OK && *grad != NULL) {
    LnTensor *to = alone(*grad) ? *grad : alone(more) ? more : NULL, *from = to == more ? *grad : more;
    if (to != NULL) {
      add_into(to, from);
      sum = ln_tensor_ref(to);
      status = ln_interrupt_check(err);
    } else {
      status = ln_tensor_binary(&sum, LN_ADD, *grad, more, err);
    }
    ln_tensor_unref(more);
    more = sum;
  }
  if (status != LN_OK) return ln_tensor_unref(more), status;
  ln_tensor_unref(*grad);
  *grad = more;
  return LN_OK;
}

/* Call a record's adjoint and hand on what it gives. */
static LnStatus pass_back(LnTape *tape, const LnRecord *record, LnTensor **din, LnError *err) {
  LN_TRY(record->adjoint(din, record, err));
  for (int i = 0; i < record->n_in; i++) {
    LnTensor *more = din[i];
    din[i] = NULL;
    if (more == NULL || !ln_wanted(record, i))
      ln_tensor_unref(more);
    else
      LN_TRY(add_gradient(&tape->grads[record->slot[record->n_out + i]], more, record->in[i]->shape, err));
  }
  return LN_OK;
}

/* The gradients of a record's outputs, zeros where only others were reached; false if none was. */
static LnStatus take_output_gradients(LnTape *tape, LnRecord *record, bool *reached, LnError *err) {
  *reached = false;
  for (int k = 0; k < record->n_out; k++) {
    record->dout[k] = tape->grads[record->slot[k]];
    tape->grads[record->slot[k]] = NULL;
    *reached |= record->dout[k] != NULL;
  }
  for (int k = 0; *reached && k < record->n_out; k++)
    if (record->dout[k] == NULL) LN_TRY(ln_tensor_new(&record->dout[k], record->out[k]->shape, err));
  return LN_OK;
}

static LnStatus differentiate(LnTape *tape, LnRecord *record, LnError *err) {
  enum { FEW = 8 };
  LnTensor *few[FEW] = {NULL}, **din = few;
  bool reached;
  LnStatus status = take_output_gradients(tape, record, &reached, err);
  if (status == LN_OK && record->n_in > FEW) {
    din = ln_calloc((size_t)record->n_in, sizeof *din);
    if (din == NULL) status = ln_fail_memory(err, record->name, (size_t)record->n_in * sizeof *din);
  }
  if (status == LN_OK && reached && record->adjoint != NULL) status = pass_back(tape, record, din, err);
  for (int i = 0; din != NULL && i < record->n_in; i++) ln_tensor_unref(din[i]);
  if (din != few) ln_free(din);
  for (int k = 0; k < record->n_out; k++) ln_tensor_unref(record->dout[k]);
  return status;
}

/* The gradient of y itself. */
static LnStatus seed(LnTensor **out, const LnTensor *y, LnTensor *dy, LnError *err) {
  if (dy != NULL && !ln_shape_equal(dy->shape, y->shape))
    return ln_fail(err, LN_ESHAPE, "the gradient of a result of shape %s has shape %s", LN_SHAPE_TEXT(y->shape),
                   LN_SHAPE_TEXT(dy->shape));
  if (dy == NULL && ln_shape_count(y->shape) != 1)
    return ln_fail(err, LN_ESHAPE, "a gradient is of one number, the result has shape %s", LN_SHAPE_TEXT(y->shape));
  if (dy != NULL) return *out = ln_tensor_ref(dy), LN_OK;
  LN_TRY(ln_tensor_new(out, y->shape, err));
  (*out)->data[0] = 1;
  return LN_OK;
}

LnStatus ln_tape_backward(LnTape *tape, const LnTensor *y, LnTensor *dy, LnError *err) {
  if (tape->grads != NULL) return ln_fail(err, LN_EARG, "a tape gives its gradients once");
  if (!ln_tape_follows(tape, y))
    return ln_fail(err, LN_EARG, "the result, %s, does not derive from what is watched", LN_SHAPE_TEXT(y->shape));
  LnTensor *first = NULL;
  LN_TRY(seed(&first, y, dy, err));
  tape->grads = ln_calloc((size_t)tape->n_slots, sizeof *tape->grads);
  if (tape->grads == NULL) {
    ln_tensor_unref(first);
    return ln_fail_memory(err, "gradients", (size_t)tape->n_slots * sizeof *tape->grads);
  }
  tape->grads[y->slot] = first;
  tape->trail->tape = NULL; /* from here on nothing is recorded */
  while (tape->n_records > 0) {
    LnRecord *record = tape->records[tape->n_records - 1];
    LN_TRY(differentiate(tape, record, err));
    tape->n_records--;
    ln_record_free(record);
  }
  return LN_OK;
}

bool ln_tape_reached(const LnTape *tape, const LnTensor *watched) {
  return tape->grads != NULL && tape->grads[watched->slot] != NULL;
}

LnStatus ln_tape_gradient(LnTensor **out, LnTape *tape, const LnTensor *watched, LnError *err) {
  if (!ln_tape_reached(tape, watched)) return ln_tensor_new(out, watched->shape, err);
  LnTensor *grad = tape->grads[watched->slot];
  if (!alone(grad)) return ln_tensor_clone(out, grad, err);
  *out = ln_tensor_ref(grad);
  return LN_OK;
}
