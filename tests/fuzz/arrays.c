/* .npy, .npz and .safetensors files of tensors. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "fuzz/fuzz.h"
#include "lunet.h"
#include "store/npz.h"

const char *const fuzz_covers = "runtime/store/npy.c runtime/store/npy_header.c runtime/store/npz.c "
                                "runtime/store/dtype.c";

static char saved[] = "/tmp/lunet-fuzz-XXXXXX"; /* what arrays are saved to */

static void remove_file(void) {
  unlink(saved);
}

static void check_equal(const LnTensor *a, const LnTensor *b) {
  if (!ln_shape_equal(a->shape, b->shape) || a->mask != b->mask) abort();
  if (memcmp(a->data, b->data, (size_t)ln_shape_count(a->shape) * sizeof(float)) != 0) abort();
}

/* What was read is written, and comes back. */
static void check_round_trip(const LnTensorList *list, bool one) {
  LnError err;
  LnTensorList *again = NULL;
  LnTensorFormat format;
  if (saved[sizeof saved - 2] == 'X') {
    close(mkstemp(saved));
    atexit(remove_file);
  }
  LnStatus status = one ? ln_npy_save(saved, list->entries[0].tensor, &err)
                        : ln_npz_save(saved, list->entries, list->count, &err);
  if (status == LN_EARG) return; /* a name that is not UTF-8 */
  if (status != LN_OK || ln_tensor_file_load(&again, &format, saved, &err) != LN_OK) abort();
  if (again->count != list->count) abort();
  for (int i = 0; i < list->count; i++)
    for (int k = 0; k < list->count; k++)
      if (strcmp(again->entries[i].name, list->entries[k].name) == 0)
        check_equal(again->entries[i].tensor, list->entries[k].tensor);
  ln_tensor_list_free(again);
}

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  LnError err = {LN_OK, ""};
  LnTensorList *list = NULL;
  LnTensorFormat format = LN_TENSOR_FORMAT_NONE;
  LnStatus status = ln_tensor_file_load(&list, &format, fuzz_file(bytes, n), &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status != LN_OK) return hash;
  int64_t count = 0;
  for (int i = 0; i < list->count; i++) {
    hash = fuzz_hash_text(hash, list->entries[i].name);
    hash = fuzz_hash_tensor(hash, ln_tensor_ref(list->entries[i].tensor));
    count += ln_shape_count(list->entries[i].tensor->shape);
  }
  if (list->count > 0 && count < 10000) check_round_trip(list, format == LN_TENSOR_FORMAT_NPY);
  ln_tensor_list_free(list);
  return hash;
}
