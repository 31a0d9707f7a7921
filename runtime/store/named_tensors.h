/* Tensors with names: what files of several tensors hold. */
#ifndef LUNET_STORE_NAMED_TENSORS_H
#define LUNET_STORE_NAMED_TENSORS_H

#include "tensor/tensor.h"

typedef struct LnNamedTensor {
  const char *name;
  LnTensor *tensor;
} LnNamedTensor;

/* Those that were read from a file. It owns the names, and a reference to each tensor. */
typedef struct LnTensorList {
  int count;
  LnNamedTensor *entries;
} LnTensorList;

LnStatus ln_tensor_list_new(LnTensorList **out, int most, LnError *err); /* empty, with room for `most` */
/* Takes over the reference, on failure too. */
LnStatus ln_tensor_list_add(LnTensorList *list, const char *name, LnTensor *t, LnError *err);
void ln_tensor_list_free(LnTensorList *list); /* NULL is legal */

#endif
