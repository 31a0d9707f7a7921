/* See named_tensors.h. */
#include "store/named_tensors.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

LnStatus ln_tensor_list_new(LnTensorList **out, int most, LnError *err) {
  LnTensorList *list = ln_calloc(1, sizeof *list);
  LnNamedTensor *entries = ln_calloc((size_t)most, sizeof *entries);
  if (list == NULL || entries == NULL) {
    ln_free(list), ln_free(entries);
    return ln_fail_memory(err, "list of tensors", (size_t)most * sizeof *entries);
  }
  list->entries = entries;
  *out = list;
  return LN_OK;
}

LnStatus ln_tensor_list_add(LnTensorList *list, const char *name, LnTensor *t, LnError *err) {
  char *copy = ln_strdup(name);
  if (copy == NULL) return ln_tensor_unref(t), ln_fail_memory(err, "name of a tensor", strlen(name) + 1);
  list->entries[list->count++] = (LnNamedTensor){copy, t};
  return LN_OK;
}

void ln_tensor_list_free(LnTensorList *list) {
  if (list == NULL) return;
  for (int i = 0; i < list->count; i++) {
    ln_free((char *)(uintptr_t)list->entries[i].name);
    ln_tensor_unref(list->entries[i].tensor);
  }
  ln_free(list->entries);
  ln_free(list);
}
