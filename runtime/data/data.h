/* Data sources: one file an item, listed in data.def. A source gives a dataset: images with names. */
#ifndef LUNET_DATA_DATA_H
#define LUNET_DATA_DATA_H

#include "base/type.h"
#include "data/dataset.h"

typedef struct LnSourceType {
  LnType type;
  /* Fill *out (zeroed before). On failure nothing is left in it. */
  LnStatus (*load)(const void *options, LnDataset *out, LnError *err);
  /* One of the files of a dataset that load gave without images: C,H,W, of whatever size. NULL for sources that always
   * give images. */
  LnStatus (*read)(const void *options, LnTensor **out, const char *file, LnError *err);
} LnSourceType;

#define X(name) extern const LnSourceType ln_data_##name;
#include "data/data.def"
#undef X

extern const LnKind ln_data_kind;

#endif
