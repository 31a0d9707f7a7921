/* NIfTI volumes, compressed or not. */
#include "fuzz/fuzz.h"
#include "lunet.h"

const char *const fuzz_covers = "runtime/data/nifti.c runtime/data/volume.c "
                                "runtime/data/volume_header.c";

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  LnError err = {LN_OK, ""};
  LnItem *item = NULL;
  LnDataset set = {0};
  const char *path = fuzz_file(bytes, n);
  if (ln_item_new(&item, &ln_data_nifti.type, &err) != LN_OK) return 0;
  LnStatus status = ln_item_set(item, "path", (LnValue){.kind = LN_TEXT, .text = path}, &err);
  if (status == LN_OK)
    status = ln_item_set(item, "size", (LnValue){.kind = LN_INTEGER, .integer = 8}, &err);
  if (status == LN_OK) status = ln_item_check(item, &err);
  if (status == LN_OK) status = ln_data_nifti.load(ln_item_options(item), &set, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status == LN_OK) {
    hash = fuzz_hash_tensor(hash, ln_tensor_ref(set.images));
    ln_dataset_free(&set);
  }
  ln_item_unref(item);
  return hash;
}
