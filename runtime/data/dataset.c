/* Datasets: images with names, see dataset.h. */
#include "data/dataset.h"

#include <string.h>

#include "base/memory.h"

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
