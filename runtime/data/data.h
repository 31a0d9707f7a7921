/* Data sources: one file an item, listed in data.def. A source gives a dataset: images with names. */
#ifndef LUNET_DATA_DATA_H
#define LUNET_DATA_DATA_H

#include "base/type.h"
#include "tensor/tensor.h"

/* A loaded dataset. */
typedef struct LnDataset {
  LnTensor *images; /* N,C,H,W in [0, 1] */
  char **names;     /* N of them, e.g. the file name without its ending */
} LnDataset;

/* Black images N,C,H,W, names still NULL. */
LnStatus ln_dataset_new(LnDataset *out, LnShape shape, LnError *err);
LnStatus ln_dataset_set_name(LnDataset *set, int64_t index, const char *name, LnError *err);
void ln_dataset_free(LnDataset *set); /* what it holds */

typedef struct LnSourceType {
  LnType type;
  /* Fill *out (zeroed before). On failure nothing is left in it. */
  LnStatus (*load)(const void *options, LnDataset *out, LnError *err);
} LnSourceType;

#define X(name) extern const LnSourceType ln_data_##name;
#include "data/data.def"
#undef X

extern const LnKind ln_data_kind;

#endif
