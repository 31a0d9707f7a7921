/* See checkpoint.h. */
#define _GNU_SOURCE /* memmem */
#include "store/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "store/safetensors.h"

static const char format[] = "lunet.checkpoint";
static const char hash_key[] = "\"lunet.hash\":\"", no_hash[] = "0000000000000000"; /* as the header has them */
enum { DIGITS = sizeof no_hash - 1 };

/* Where the digits stand among the bytes of a file, at the beginning of its header; NULL: nowhere. */
static char *find_digits(char *bytes, size_t n) {
  char *at = memmem(bytes, n, hash_key, sizeof hash_key - 1);
  if (at == NULL || (size_t)(at - bytes) + sizeof hash_key - 1 + DIGITS > n) return NULL;
  return at + sizeof hash_key - 1;
}

LnStatus ln_checkpoint_encode(void **out, size_t *size, const LnNamedTensor *tensors, int n, const char *state,
                              LnError *err) {
  const LnMeta meta[] = {{"format", format}, {"lunet.hash", no_hash}, {"lunet.state", state}};
  char text[DIGITS + 1];
  LN_TRY(ln_safetensors_encode(out, size, tensors, n, meta, 3, err));
  snprintf(text, sizeof text, "%016" PRIx64, ln_hash(0, *out, *size));
  memcpy(find_digits(*out, *size), text, DIGITS);
  return LN_OK;
}

/* Whether the file is whole. */
static LnStatus check_hash(const char *path, LnError *err) {
  void *bytes = NULL;
  size_t n = 0;
  char wanted[DIGITS + 1] = "", text[DIGITS + 1];
  LN_TRY(ln_file_read(&bytes, &n, path, err));
  char *digits = find_digits(bytes, n);
  if (digits != NULL) {
    memcpy(wanted, digits, DIGITS);
    memcpy(digits, no_hash, DIGITS);
  }
  snprintf(text, sizeof text, "%016" PRIx64, ln_hash(0, bytes, n));
  ln_free(bytes);
  if (strcmp(text, wanted) == 0) return LN_OK;
  return ln_fail(err, LN_EFORMAT, "damaged: its bytes are not those that were written");
}

static LnStatus load_state(char **state, const char *path, LnError *err) {
  LnSafetensors *file = NULL;
  LnStatus status = LN_OK;
  LN_TRY(ln_safetensors_open(&file, path, err));
  const char *given = ln_safetensors_meta(file, "format"), *text = ln_safetensors_meta(file, "lunet.state");
  if (given == NULL || strcmp(given, format) != 0 || text == NULL)
    status = ln_fail(err, LN_EFORMAT, "cannot read '%.240s': a safetensors file of another kind: no checkpoint", path);
  else if ((*state = ln_strdup(text)) == NULL)
    status = ln_fail_memory(err, "checkpoint", strlen(text) + 1);
  ln_safetensors_close(file);
  return status;
}

LnStatus ln_checkpoint_load(LnTensorList **out, char **state, const char *path, LnError *err) {
  LnError why;
  char *text = NULL;
  LN_TRY(load_state(&text, path, err));
  LnStatus status = check_hash(path, &why);
  if (status != LN_OK) return ln_free(text), ln_fail(err, status, "cannot read '%.240s': %s", path, why.msg);
  status = ln_safetensors_load(out, path, err);
  if (status != LN_OK) return ln_free(text), status;
  *state = text;
  return LN_OK;
}
