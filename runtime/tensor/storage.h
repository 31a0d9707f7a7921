/* Inside tensor/: the shared block of floats, and making views of it. */
#ifndef LUNET_TENSOR_STORAGE_H
#define LUNET_TENSOR_STORAGE_H

#include "tensor/tensor.h"

struct LnStorage {
  int refs;
  int held;     /* by records of tapes, which need the elements as they are */
  int64_t bytes;
  float *data;
};

/* What the tensors that one tape follows share; it outlives the tape. */
struct LnTrail {
  int refs;
  LnTape *tape; /* NULL: it follows no more */
};
void ln_trail_unref(LnTrail *trail); /* NULL is legal */

/* Is this a shape a tensor can have? count: how many elements it has. what: the operation, for messages. */
LnStatus ln_tensor_check_shape(int64_t *count, LnShape shape, const char *what, LnError *err);

/* Does the tensor have this dimension (0-based)? */
LnStatus ln_tensor_check_dim(const LnTensor *t, int dim, const char *what, LnError *err);

/* The strides of a contiguous tensor of t's shape. */
void ln_tensor_set_contiguous(LnTensor *t);

/* A second tensor over t's storage, with t's shape, strides and data, for the caller to narrow. */
LnStatus ln_tensor_view_of(LnTensor **out, LnTensor *t, LnError *err);

/* Whether values may be written into a tensor: no tape follows them, which would lose them there. */
LnStatus ln_tensor_check_values(const LnTensor *values, const char *what, LnError *err);

/* A contiguous copy of t, broadcast to a shape that it fits; no tape is told. */
LnStatus ln_tensor_clone_as(LnTensor **out, const LnTensor *t, LnShape shape, LnError *err);

/* t itself if it is contiguous, else a copy that is; for reading alone, and no tape is told. */
LnStatus ln_tensor_packed(LnTensor **out, const LnTensor *t, LnError *err);

/* The end of work that may stop: *out = y, or, after an interrupt, y is freed. */
LnStatus ln_tensor_finish(LnTensor **out, LnTensor *y, LnError *err);

#endif
