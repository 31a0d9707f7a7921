/* Datasets: images with names, see dataset.h. */
#include "data/dataset.h"

#include <string.h>

#include "base/memory.h"

static LnStatus new_texts(char ***out, int64_t count, LnError *err) {
  *out = ln_calloc((size_t)count, sizeof **out);
  return *out == NULL ? ln_fail_memory(err, "names of images", (size_t)count * sizeof **out) : LN_OK;
}

LnStatus ln_dataset_new(LnDataset *out, LnShape shape, LnError *err) {
  LnDataset set = {.count = shape.d[0]};
  LnStatus status = new_texts(&set.names, set.count, err);
  if (status == LN_OK) status = ln_tensor_new(&set.images, shape, err);
  if (status != LN_OK) return ln_dataset_free(&set), status;
  *out = set;
  return LN_OK;
}

LnStatus ln_dataset_new_unread(LnDataset *out, int64_t count, LnError *err) {
  LnDataset set = {.count = count};
  LnStatus status = new_texts(&set.names, count, err);
  if (status == LN_OK) status = new_texts(&set.files, count, err);
  if (status != LN_OK) return ln_dataset_free(&set), status;
  *out = set;
  return LN_OK;
}

static LnStatus set_text(char **to, const char *text, LnError *err) {
  *to = ln_strdup(text);
  return *to == NULL ? ln_fail_memory(err, text, strlen(text) + 1) : LN_OK;
}

LnStatus ln_dataset_set_name(LnDataset *set, int64_t index, const char *name, LnError *err) {
  return set_text(&set->names[index], name, err);
}

LnStatus ln_dataset_set_file(LnDataset *set, int64_t index, const char *file, LnError *err) {
  return set_text(&set->files[index], file, err);
}

static void free_texts(char **texts, int64_t count) {
  for (int64_t i = 0; texts != NULL && i < count; i++) ln_free(texts[i]);
  ln_free(texts);
}

void ln_dataset_free(LnDataset *set) {
  free_texts(set->names, set->count);
  free_texts(set->files, set->count);
  ln_tensor_unref(set->images);
  *set = (LnDataset){0};
}
