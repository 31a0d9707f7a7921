/* The list of data sources, and datasets. */
#include "data/data.h"

#include <string.h>

#include "base/memory.h"

static const LnType *const types[] = {
#define X(name) &ln_data_##name.type,
#include "data/data.def"
#undef X
    NULL};

const LnKind ln_data_kind = {"data", "where images come from", types};

LnStatus ln_dataset_new(LnDataset *out, LnShape shape, LnError *err) {
  LnDataset set = {0};
  LN_TRY(ln_tensor_new(&set.images, shape, err));
  set.names = ln_calloc((size_t)shape.d[0], sizeof *set.names);
  if (set.names == NULL) {
    ln_dataset_free(&set);
    return ln_fail_memory(err, "names of images", (size_t)shape.d[0] * sizeof *set.names);
  }
  *out = set;
  return LN_OK;
}

LnStatus ln_dataset_set_name(LnDataset *set, int64_t index, const char *name, LnError *err) {
  set->names[index] = ln_strdup(name);
  return set->names[index] == NULL ? ln_fail_memory(err, name, strlen(name) + 1) : LN_OK;
}

void ln_dataset_free(LnDataset *set) {
  int64_t n = set->images == NULL ? 0 : set->images->shape.d[0];
  for (int64_t i = 0; set->names != NULL && i < n; i++) ln_free(set->names[i]);
  ln_free(set->names);
  ln_tensor_unref(set->images);
  *set = (LnDataset){0};
}
