/* .npy files: one array of NumPy's. Format: numpy/lib/format.py,
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * Read are versions 1.0, 2.0 and 3.0; bool, int8 to int64, uint8 to uint64, float16, float32 and float64 of either byte
 * order, in C or Fortran order, of up to LN_MAX_DIMS dimensions. An array of bool becomes a mask. "not supported" are
 * complex numbers, text, dates, objects (which are pickled), structures, and more than one array in a file. Written is
 * version 1.0, the same bytes that numpy.save writes: float32, or bool for a mask. */
#ifndef LUNET_STORE_NPY_H
#define LUNET_STORE_NPY_H

#include <stddef.h>

#include "store/dtype.h"

/* The bytes, ln_alloc'ed, and how many. */
LnStatus ln_npy_encode(void **out, size_t *n, const LnTensor *t, LnError *err);
/* The array in n bytes of a file, of which `source` gives one after the other. n may be a claim, so `most` is how many
 * there can be. taken: bytes of memory that arrays of the same file take already. Messages do not name the file. */
LnStatus ln_npy_decode(LnTensor **out, LnByteSource source, int64_t n, double most, double taken, LnError *err);

LnStatus ln_npy_save(const char *path, const LnTensor *t, LnError *err);
LnStatus ln_npy_load(LnTensor **out, const char *path, LnError *err);

#endif
