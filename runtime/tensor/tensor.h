/* Tensors: float32 arrays of up to eight dimensions, reference counted, with strided views that share storage.
 *
 * Images are N,C,H,W with values in [0, 1]; one sample is C,H,W. Functions that make a tensor store it in *out with one
 * reference and leave *out alone on failure; an interrupt is one (base/interrupt.h). Indices are 0-based here; messages count from 1. */
#ifndef LUNET_TENSOR_TENSOR_H
#define LUNET_TENSOR_TENSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/status.h"
#include "base/value.h"
#include "kernels/arithmetic.h"

typedef struct LnStorage LnStorage;
typedef struct LnTape LnTape;   /* tape.h */
typedef struct LnTrail LnTrail; /* what the tensors that a tape follows share */

typedef struct LnTensor {
  int refs;                    /* counted by the Lua thread alone */
  LnShape shape;
  int64_t stride[LN_MAX_DIMS]; /* in floats; may be 0 (broadcast) or negative */
  float *data;                 /* first element */
  LnStorage *storage;          /* shared by views */
  bool mask;                   /* holds 0 and 1 and says which elements are meant: what comparisons give */
  LnTrail *trail;              /* of the tape that follows it (tape.h), and its number there; else NULL */
  int64_t slot;
} LnTensor;

extern const LnObjectClass ln_tensor_object; /* as options of items hold them: contiguous copies, of finite numbers */

LnStatus ln_tensor_new(LnTensor **out, LnShape shape, LnError *err); /* zeros, contiguous */
/* Contiguous, for who writes every element before anyone reads one. */
LnStatus ln_tensor_new_unfilled(LnTensor **out, LnShape shape, LnError *err);
LnTensor *ln_tensor_ref(LnTensor *t);
void ln_tensor_unref(LnTensor *t); /* NULL is legal */
bool ln_tensor_contiguous(const LnTensor *t);
bool ln_tensor_expanded(const LnTensor *t); /* whether several elements are one in memory: see ln_tensor_expand */
bool ln_tensor_unshared(const LnTensor *t); /* whether nobody else has a reference to it or its storage */
/* Whether a tape follows it: then what is computed from it is recorded, and writing to it is an error. */
bool ln_tensor_followed(const LnTensor *t);
/* Whether t may be written to: it is not expanded, and no tape that is open needs its elements. what: the operation. */
LnStatus ln_tensor_check_writable(const LnTensor *t, const char *what, LnError *err);
bool ln_tensor_same_storage(const LnTensor *a, const LnTensor *b);
int64_t ln_tensor_storage_bytes(const LnTensor *t);

/* Views: they share t's storage. */
LnStatus ln_tensor_select(LnTensor **out, LnTensor *t, int dim, int64_t index, LnError *err); /* drops dim */
/* first, first + step, ...: count of them; step may be negative. */
LnStatus ln_tensor_slice(LnTensor **out, LnTensor *t, int dim, int64_t first, int64_t count, int64_t step,
                         LnError *err);
LnStatus ln_tensor_permute(LnTensor **out, LnTensor *t, const int *dims, LnError *err); /* dims: a permutation */
LnStatus ln_tensor_expand(LnTensor **out, LnTensor *t, LnShape shape, LnError *err);    /* broadcast sizes of 1 */
/* A view where the strides allow it, else a copy. One size may be -1: what is left. */
LnStatus ln_tensor_reshape(LnTensor **out, LnTensor *t, LnShape shape, LnError *err);

/* Copies. */
LnStatus ln_tensor_clone(LnTensor **out, const LnTensor *t, LnError *err);       /* contiguous copy */
LnStatus ln_tensor_as_contiguous(LnTensor **out, LnTensor *t, LnError *err);     /* t itself or a copy */
LnStatus ln_tensor_concat(LnTensor **out, LnTensor *const *list, int n, int dim, LnError *err); /* along dim */
/* Into t, which must not be expanded; from broadcasts to its shape and may overlap. These two are never interrupted. */
LnStatus ln_tensor_copy(LnTensor *to, const LnTensor *from, LnError *err);
LnStatus ln_tensor_fill(LnTensor *t, float value, LnError *err);
void ln_tensor_read(float *out, const LnTensor *t);        /* all elements in order, into contiguous memory */
void ln_tensor_write(LnTensor *t, const float *values);

/* Elementwise, with NumPy's broadcasting; the result is new and contiguous. The operations: kernels/arithmetic.def.
 * Errors of shapes name both and the dimension. */
LnStatus ln_tensor_broadcast(LnShape *out, LnShape a, LnShape b, LnError *err);
LnStatus ln_tensor_binary(LnTensor **out, LnBinary op, const LnTensor *a, const LnTensor *b, LnError *err);
LnStatus ln_tensor_unary(LnTensor **out, LnUnary op, const LnTensor *a, LnError *err);
/* Between bounds; of bounds that are the wrong way round, numbers are an error, and of tensors high wins. */
LnStatus ln_tensor_clamp(LnTensor **out, const LnTensor *a, double low, double high, LnError *err);
LnStatus ln_tensor_clamp_to(LnTensor **out, const LnTensor *a, const LnTensor *low, const LnTensor *high,
                            LnError *err);
/* a + weight (b - a). */
LnStatus ln_tensor_lerp(LnTensor **out, const LnTensor *a, const LnTensor *b, const LnTensor *weight, LnError *err);

/* Reductions over one dimension (dim >= 0) or all (dim = -1); reduce.h has more, order.h and statistics.h what needs
 * order. */
typedef enum LnReduce {
  LN_SUM, LN_MEAN, LN_VAR, LN_STD, LN_RMIN, LN_RMAX, /* VAR and STD divide by the number of elements */
  LN_ARGMIN, LN_ARGMAX, /* of the first of equals; from 1, as users count */
  LN_PROD, LN_NORM,     /* NORM: the Euclidean one */
  LN_ANY, LN_ALL, LN_COUNT, /* whether any, all, or how many elements are not 0 */
} LnReduce;
LnStatus ln_tensor_reduce(LnTensor **out, LnReduce op, const LnTensor *a, int dim, bool keep, LnError *err);
double ln_tensor_reduce_all(LnReduce op, const LnTensor *a); /* NaN after an interrupt, and where it is an error */
/* Position (0-based, in element order) of the first NaN or infinity; -1 if all are finite. */
int64_t ln_tensor_find_nonfinite(const LnTensor *a);
/* a: M,K  b: K,N -> M,N through OpenBLAS. */
LnStatus ln_tensor_matmul(LnTensor **out, LnTensor *a, LnTensor *b, LnError *err);

#endif
