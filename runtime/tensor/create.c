/* Making tensors: see create.h. */
#include "tensor/create.h"

#include <inttypes.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/rng.h"
#include "tensor/layout.h"
#include "tensor/storage.h"

enum { EXACT = 1 << 24 }; /* whole numbers up to here are exact in float32 */

LnStatus ln_tensor_eye(LnTensor **out, int64_t rows, int64_t columns, int64_t offset, LnError *err) {
  LnTensor *y, *line;
  LN_TRY(ln_tensor_new(&y, LN_SHAPE(rows, columns), err));
  LnStatus status = ln_tensor_diagonal(&line, y, offset, 0, 1, err);
  if (status == LN_OK) {
    status = ln_tensor_fill(line, 1, err);
    ln_tensor_unref(line);
  }
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tensor_finish(out, y, err);
}

LnStatus ln_tensor_randperm(LnTensor **out, int64_t n, uint64_t seed, LnError *err) {
  LnTensor *y;
  if (n < 0 || n > EXACT)
    return ln_fail(err, LN_EARG, "randperm: the number of positions must be 0..2^24, which float32 holds exactly, got %"
                   PRId64, n);
  int64_t *order = ln_alloc((size_t)n * sizeof *order);
  if (order == NULL) return ln_fail_memory(err, "randperm", (size_t)n * sizeof *order);
  LnStatus status = ln_tensor_new_unfilled(&y, LN_SHAPE(n), err);
  if (status == LN_OK) {
    ln_rng_permutation(order, n, (LnRng){.seed = seed});
    for (int64_t i = 0; i < n; i++) y->data[i] = (float)(order[i] + 1);
    *out = y;
  }
  ln_free(order);
  return status;
}

LnStatus ln_tensor_randint(LnTensor **out, LnShape shape, int64_t low, int64_t high, uint64_t seed, LnError *err) {
  LnTensor *y;
  if (low > high || low < -EXACT || high > EXACT)
    return ln_fail(err, LN_EARG, "randint: the numbers must be from low to high, between -2^24 and 2^24, which float32 "
                   "holds exactly; got %" PRId64 " and %" PRId64, low, high);
  LN_TRY(ln_tensor_new_unfilled(&y, shape, err));
  for (int64_t i = 0, n = ln_shape_count(shape); i < n && !ln_interrupted(); i++)
    y->data[i] = (float)(low + ln_rng_below((LnRng){.seed = seed}, (uint64_t)i, high - low + 1));
  return ln_tensor_finish(out, y, err);
}
