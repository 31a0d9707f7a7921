/* NIfTI volumes, compressed or not. */
#include "fuzz/fuzz.h"
#include "lunet.h"

const char *const fuzz_covers = "runtime/data/nifti.c runtime/data/volume.c "
                                "runtime/data/volume_header.c";

static LnStatus set_number(LnItem *item, const char *name, int64_t number, LnError *err) {
  return ln_item_set(item, name, (LnValue){.kind = LN_INTEGER, .integer = number}, err);
}

/* The last byte chooses: slices with neighbours or without, resized or, of one plane, as they are. */
static LnStatus choose_options(LnItem *item, const char *path, uint8_t choice, LnError *err) {
  LN_TRY(ln_item_set(item, "path", (LnValue){.kind = LN_TEXT, .text = path}, err));
  LN_TRY(set_number(item, "neighbours", choice & 1, err));
  LN_TRY(set_number(item, "size", choice & 2 ? 0 : 8, err));
  if (choice & 4) LN_TRY(ln_item_set(item, "plane", (LnValue){.kind = LN_TEXT, .text = "axial"}, err));
  return ln_item_check(item, err);
}

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  LnError err = {LN_OK, ""};
  LnItem *item = NULL;
  LnDataset set = {0};
  if (ln_item_new(&item, &ln_data_nifti.type, &err) != LN_OK) return 0;
  LnStatus status = choose_options(item, fuzz_file(bytes, n), n > 0 ? bytes[n - 1] : 0, &err);
  if (status == LN_OK) status = ln_data_nifti.load(ln_item_options(item), &set, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status == LN_OK) {
    hash = fuzz_hash_tensor(hash, ln_tensor_ref(set.images));
    ln_dataset_free(&set);
  }
  ln_item_unref(item);
  return hash;
}
