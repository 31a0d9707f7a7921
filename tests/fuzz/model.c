/* safetensors files and model files. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "fuzz/fuzz.h"
#include "lunet.h"

const char *const fuzz_covers = "runtime/store/safetensors.c runtime/store/model_file.c";

static const char *saved; /* what networks are saved to */

static void remove_file(void) {
  unlink(saved);
}

/* Every tensor, by number and by name; and all at once, which fails where one does. */
static uint64_t read_tensors(const char *path) {
  LnError err = {LN_OK, ""};
  LnSafetensors *file = NULL;
  LnTensorList *list = NULL;
  LnStatus status = ln_safetensors_open(&file, path, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status != LN_OK) return hash;
  bool all = ln_safetensors_load(&list, path, &err) == LN_OK, each = true;
  ln_tensor_list_free(list);
  for (int i = 0; i < ln_safetensors_count(file); i++) {
    LnTensor *t = NULL, *named = NULL;
    status = ln_safetensors_tensor(&t, file, i, &err);
    if (status != LN_OK) {
      hash ^= fuzz_hash_status(status, &err);
      each = false;
      continue;
    }
    hash = fuzz_hash_tensor(hash, t);
    if (ln_safetensors_get(&named, file, ln_safetensors_name(file, i), &err) != LN_OK) abort();
    ln_tensor_unref(named);
  }
  if (all && !each) abort();
  ln_safetensors_close(file);
  return hash;
}

/* Saved and loaded again, a network has the same architecture. Gives the reference back. */
static void check_round_trip(LnNetwork *net, const char *record) {
  static char path[] = "/tmp/lunet-fuzz-XXXXXX";
  LnError err;
  LnNetwork *again = NULL;
  char *text = NULL, *second = NULL;
  if (path[sizeof path - 2] == 'X') {
    close(mkstemp(path));
    atexit(remove_file);
    saved = path;
  }
  if (ln_model_save(path, net, record, &err) != LN_OK || ln_model_load(&again, NULL, path, NULL, &err) != LN_OK) abort();
  if (ln_network_to_json(&text, net, &err) != LN_OK || ln_network_to_json(&second, again, &err) != LN_OK) abort();
  if (strcmp(text, second) != 0) abort();
  ln_network_unref(net), ln_network_unref(again);
  ln_free(text), ln_free(second);
}

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  LnError err = {LN_OK, ""};
  LnNetwork *net = NULL;
  char *record = NULL;
  const char *path = fuzz_file(bytes, n);
  uint64_t hash = read_tensors(path);
  LnStatus status = ln_model_load(&net, &record, path, NULL, &err);
  hash ^= fuzz_hash_status(status, &err);
  if (status == LN_OK) check_round_trip(net, record);
  ln_free(record);
  return hash;
}
