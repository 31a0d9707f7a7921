/* Tensors as options of items: see ln_tensor_object. */
#include <stdio.h>

#include "tensor/storage.h"
#include "tensor/tensor.h"

static LnStatus copy(void **out, const void *object, LnError *err) {
  const LnTensor *t = object;
  LnTensor *made = NULL;
  int64_t bad = ln_tensor_find_nonfinite(t);
  if (bad >= 0) return ln_fail(err, LN_ENUMERIC, "element %lld of the tensor is NaN or infinite", (long long)bad + 1);
  LN_TRY(ln_tensor_clone_as(&made, t, t->shape, err));
  *out = made;
  return LN_OK;
}

static void release(void *object) {
  ln_tensor_unref(object);
}

static void describe(const void *object, char *text, size_t size) {
  const LnTensor *t = object;
  snprintf(text, size, "a tensor of %s", LN_SHAPE_TEXT(t->shape));
}

const LnObjectClass ln_tensor_object = {.noun = "a tensor", .copy = copy, .release = release, .describe = describe};
