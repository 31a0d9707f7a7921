/* The list of data sources, and sets. */
#include "data/data.h"

#include "base/memory.h"

static const LnType *const types[] = {
#define X(name) &ln_data_##name.type,
#include "data/data.def"
#undef X
    NULL};

const LnKind ln_data_kind = {"data", "where pictures come from", types};

void ln_dataset_free(LnDataset *set) {
  int64_t n = set->images == NULL ? 0 : set->images->shape.d[0];
  for (int64_t i = 0; set->names != NULL && i < n; i++) ln_free(set->names[i]);
  ln_free(set->names);
  ln_tensor_unref(set->images);
  *set = (LnDataset){0};
}
