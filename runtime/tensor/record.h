/* Inside tensor/: what an operation tells the tape that follows its inputs (tape.h).
 *
 * Where an operation ended with ln_tensor_finish it ends with
 *
 *   return ln_tape_finish(out, y, &(LnOperation){"matmul", matmul_adjoint, LN_INPUTS(a, b)}, err);
 *
 * and its adjoint, beside it, gives the gradient of each input out of that of the output:
 *
 *   static LnStatus matmul_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
 *     if (ln_wanted(of, 0)) LN_TRY(product_transposed(&din[0], of->dout[0], of->in[1], err));
 *     ...
 *
 * A gradient may have any shape that the input's broadcasts to: the tape adds up what was repeated. */
#ifndef LUNET_TENSOR_RECORD_H
#define LUNET_TENSOR_RECORD_H

#include <stddef.h>

#include "tensor/storage.h"

typedef struct LnRecord LnRecord;

/* din[i]: NULL when called; becomes a tensor with a reference, or stays NULL for a gradient of zero. On failure the tape
 * frees those that were made. No tape follows anything meanwhile. */
typedef LnStatus LnAdjoint(LnTensor **din, const LnRecord *of, LnError *err);

typedef struct LnOperation {
  const char *name;          /* as users call it, for messages */
  LnAdjoint *adjoint;        /* NULL: the derivative is zero wherever there is one */
  const LnTensor *const *in;
  int n_in;
  const void *args;          /* what the adjoint must know besides; copied */
  size_t args_size;
} LnOperation;
#define LN_INPUTS(...)                      \
  .in = (const LnTensor *[]){__VA_ARGS__}, \
  .n_in = (int)(sizeof((const LnTensor *[]){__VA_ARGS__}) / sizeof(const LnTensor *))
#define LN_ARGS(variable) .args = &(variable), .args_size = sizeof(variable)

/* An operation that was recorded. */
struct LnRecord {
  const char *name;
  LnAdjoint *adjoint;
  int n_in, n_out;
  LnTensor **in, **out;  /* a reference each */
  LnTensor **dout;       /* while its adjoint is called: of each output */
  int64_t *slot;         /* of the outputs, then of the inputs; -1: not followed */
  void *args;
};

static inline bool ln_wanted(const LnRecord *of, int input) {
  return of->slot[of->n_out + input] >= 0;
}

/* The end of an operation that may have been stopped: *out = y, recorded if an input is followed. y is freed on
 * failure. */
LnStatus ln_tape_finish(LnTensor **out, LnTensor *y, const LnOperation *op, LnError *err);
/* The same for several outputs: records them; on failure they are left to the caller. */
LnStatus ln_tape_record(LnTensor *const *out, int n_out, const LnOperation *op, LnError *err);
/* An adjoint for what hands its elements on in the same shape and order. */
LnStatus ln_adjoint_same(LnTensor **din, const LnRecord *of, LnError *err);

/* The tape's own. */
struct LnTape {
  LnTrail *trail;
  LnRecord **records;
  int64_t n_records, records_room;
  int64_t n_slots;
  bool only_follows;
  LnTensor **grads; /* by slot, once backward has begun */
};
void ln_tape_follow(LnTape *tape, LnTensor *t); /* gives it a slot */
void ln_record_free(LnRecord *record);

#endif
