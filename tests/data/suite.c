/* See suite.h. */
#include "data/suite.h"

#include <stdio.h>

#include "base/memory.h"

LnDataset load_set(const LnSourceType *source, const char *json) {
  LnError err;
  LnDataset set = {0};
  LnItem *item = test_item(&source->type, json);
  CK_OK(source->load(ln_item_options(item), &set, &err));
  ln_item_unref(item);
  for (int64_t i = 0; i < set.images->shape.d[0]; i++) ck_assert_ptr_nonnull(set.names[i]);
  bool in_range = true; /* an assertion for each pixel takes long */
  for (int64_t i = 0; i < ln_shape_count(set.images->shape); i++)
    in_range = in_range && set.images->data[i] >= 0 && set.images->data[i] <= 1;
  ck_assert(in_range);
  return set;
}

void check_load_fails(const LnSourceType *source, const char *json, LnStatus status, const char *text) {
  LnError err;
  LnDataset set = {0};
  int64_t live = ln_memory_live();
  LnItem *item = test_item(&source->type, json);
  CK_FAILS(source->load(ln_item_options(item), &set, &err), status, text);
  ln_item_unref(item);
  ck_assert_ptr_null(set.images);
  ck_assert_ptr_null(set.names);
  ck_assert_int_eq(ln_memory_live(), live);
}

const char *with_path(const char *path, const char *more) {
  static char texts[8][2048];
  static int at;
  char *text = texts[at++ % 8];
  snprintf(text, sizeof texts[0], more[0] == '\0' ? "{\"path\": \"%s\"%s}" : "{\"path\": \"%s\", %s}", path, more);
  return text;
}
