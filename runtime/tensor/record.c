/* Recording: see record.h. */
#include "tensor/record.h"

#include <assert.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"

void ln_record_free(LnRecord *record) {
  if (record == NULL) return;
  for (int i = 0; i < record->n_in + record->n_out; i++) {
    LnTensor *t = i < record->n_out ? record->out[i] : record->in[i - record->n_out];
    t->storage->held--;
    ln_tensor_unref(t);
  }
  ln_free(record);
}

static size_t aligned(size_t bytes) {
  return (bytes + LN_ALIGN - 1) / LN_ALIGN * LN_ALIGN;
}

/* A record in one block of memory: the struct, pointers, slots, arguments. */
static LnStatus record_new(LnRecord **made, const LnOperation *op, LnTensor *const *out, int n_out, LnError *err) {
  size_t n_in = (size_t)op->n_in, n = (size_t)n_out, head = aligned(sizeof(LnRecord));
  size_t pointers = (n_in + 2 * n) * sizeof(LnTensor *), slots = (n_in + n) * sizeof(int64_t);
  size_t bytes = head + aligned(pointers + slots) + op->args_size;
  LnRecord *record = ln_calloc(1, bytes);
  if (record == NULL) return ln_fail_memory(err, "record of an operation", bytes);
  char *tail = (char *)record + head;
  *record = (LnRecord){.name = op->name, .adjoint = op->adjoint, .n_in = op->n_in, .n_out = n_out};
  record->out = (LnTensor **)(void *)tail;
  record->in = record->out + n_out;
  record->dout = record->in + op->n_in;
  record->slot = (int64_t *)(void *)(record->dout + n_out);
  record->args = tail + aligned(pointers + slots);
  if (op->args_size > 0) memcpy(record->args, op->args, op->args_size);
  for (int i = 0; i < n_out; i++) record->out[i] = ln_tensor_ref(out[i]);
  for (int i = 0; i < op->n_in; i++) record->in[i] = ln_tensor_ref((LnTensor *)(uintptr_t)op->in[i]);
  for (int i = 0; i < n_out + op->n_in; i++) record->out[i]->storage->held++;
  *made = record;
  return LN_OK;
}

void ln_tape_follow(LnTape *tape, LnTensor *t) {
  assert(t->trail == NULL);
  tape->trail->refs++;
  t->trail = tape->trail;
  t->slot = tape->n_slots++;
}

static LnStatus make_room(LnTape *tape, LnError *err) {
  if (tape->n_records < tape->records_room) return LN_OK;
  int64_t room = tape->records_room > 0 ? 2 * tape->records_room : 16;
  LnRecord **records = ln_realloc(tape->records, (size_t)room * sizeof *records);
  if (records == NULL) return ln_fail_memory(err, "records of a tape", (size_t)room * sizeof *records);
  tape->records = records;
  tape->records_room = room;
  return LN_OK;
}

/* The tape that follows inputs of the operation; NULL: none. */
static LnStatus tape_of(LnTape **tape, const LnOperation *op, LnError *err) {
  *tape = NULL;
  for (int i = 0; i < op->n_in; i++) {
    if (!ln_tensor_followed(op->in[i])) continue;
    if (*tape != NULL && *tape != op->in[i]->trail->tape)
      return ln_fail(err, LN_EARG, "%s: its inputs belong to two gradients, one inside the other; second derivatives are "
                     "not supported: write detach() of what the inner one takes as constant", op->name);
    *tape = op->in[i]->trail->tape;
  }
  return LN_OK;
}

LnStatus ln_tape_record(LnTensor *const *out, int n_out, const LnOperation *op, LnError *err) {
  LnTape *tape;
  LnRecord *record = NULL;
  LN_TRY(tape_of(&tape, op, err));
  if (tape == NULL) return LN_OK;
  for (int i = 0; i < n_out && tape->only_follows; i++) ln_tape_follow(tape, out[i]);
  if (tape->only_follows) return LN_OK;
  LN_TRY(make_room(tape, err));
  LN_TRY(record_new(&record, op, out, n_out, err));
  for (int i = 0; i < n_out; i++) {
    ln_tape_follow(tape, out[i]);
    record->slot[i] = out[i]->slot;
  }
  for (int i = 0; i < op->n_in; i++)
    record->slot[n_out + i] = ln_tensor_followed(op->in[i]) ? op->in[i]->slot : -1;
  tape->records[tape->n_records++] = record;
  return LN_OK;
}

LnStatus ln_tape_finish(LnTensor **out, LnTensor *y, const LnOperation *op, LnError *err) {
  LnStatus status = ln_interrupt_check(err);
  if (status == LN_OK) status = ln_tape_record(&y, 1, op, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  *out = y;
  return LN_OK;
}

LnStatus ln_adjoint_same(LnTensor **din, const LnRecord *of, LnError *err) {
  (void)err;
  din[0] = ln_tensor_ref(of->dout[0]);
  return LN_OK;
}
