/* Writing safetensors: see safetensors.h. Tensors lie in the order in which they are given, first F32, then BOOL. */
#include <string.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "store/dtype.h"
#include "store/safetensors.h"

static LnStatus check_name(const json_t *header, const char *name, int index, LnError *err) {
  if (!ln_json_takes(name)) return ln_fail(err, LN_EARG, "the name of tensor %d is not UTF-8 text", index + 1);
  if (strcmp(name, "__metadata__") == 0) return ln_fail(err, LN_EARG, "no tensor can have the name '__metadata__'");
  if (json_object_get(header, name) != NULL)
    return ln_fail(err, LN_EARG, "two tensors have the name '%s'", LN_ESCAPED(name));
  return LN_OK;
}

/* Whether a tensor belongs to the first or the second half of the file. */
static bool in_half(const LnTensor *t, bool second) {
  return (ln_dtype_of(t).kind == LN_DTYPE_BOOL) == second;
}

static int64_t bytes_of(const LnTensor *t) {
  return ln_shape_count(t->shape) * ln_dtype_of(t).bytes;
}

static json_t *describe(const LnTensor *t, int64_t begin) {
  json_t *shape = json_array();
  bool complete = shape != NULL;
  for (int i = 0; complete && i < t->shape.n; i++)
    complete = json_array_append_new(shape, json_integer(t->shape.d[i])) == 0;
  if (!complete) return json_decref(shape), NULL;
  return json_pack("{s:s, s:o, s:[II]}", "dtype", ln_dtype_of(t).kind == LN_DTYPE_BOOL ? "BOOL" : "F32", "shape", shape,
                   "data_offsets", (json_int_t)begin, (json_int_t)(begin + bytes_of(t)));
}

static LnStatus add_metadata(json_t *header, const LnMeta *meta, int n_meta, LnError *err) {
  if (n_meta == 0) return LN_OK;
  json_t *object = json_object();
  if (json_object_set_new(header, "__metadata__", object) != 0) return ln_fail_memory(err, "metadata", 0);
  for (int i = 0; i < n_meta; i++) {
    if (!ln_json_takes(meta[i].key) || !ln_json_takes(meta[i].value))
      return ln_fail(err, LN_EARG, "metadata '%s' is not UTF-8 text", LN_ESCAPED(meta[i].key));
    if (json_object_set_new(object, meta[i].key, json_string(meta[i].value)) != 0)
      return ln_fail_memory(err, "metadata", strlen(meta[i].value));
  }
  return LN_OK;
}

static LnStatus add_tensors(json_t *header, int64_t *data_size, const LnNamedTensor *tensors, int n, bool second,
                            LnError *err) {
  for (int i = 0; i < n; i++) {
    const LnTensor *t = tensors[i].tensor;
    if (!in_half(t, second)) continue;
    LN_TRY(check_name(header, tensors[i].name, i, err));
    if (json_object_set_new(header, tensors[i].name, describe(t, *data_size)) != 0)
      return ln_fail_memory(err, "header", 0);
    *data_size += bytes_of(t);
  }
  return LN_OK;
}

/* The header's text, and how many bytes of data it describes. */
static LnStatus make_header(char **out, int64_t *data_size, const LnNamedTensor *tensors, int n, const LnMeta *meta,
                            int n_meta, LnError *err) {
  json_t *header = json_object();
  LnStatus status = header == NULL ? ln_fail_memory(err, "header", 0) : add_metadata(header, meta, n_meta, err);
  *data_size = 0;
  if (status == LN_OK) status = add_tensors(header, data_size, tensors, n, false, err);
  if (status == LN_OK) status = add_tensors(header, data_size, tensors, n, true, err);
  if (status == LN_OK) status = ln_json_print(out, header, err);
  json_decref(header);
  return status;
}

static char *write_half(char *to, const LnNamedTensor *tensors, int n, bool second) {
  for (int i = 0; i < n; i++) {
    const LnTensor *t = tensors[i].tensor;
    if (!in_half(t, second)) continue;
    ln_dtype_write(to, t, ln_dtype_of(t));
    to += bytes_of(t);
  }
  return to;
}

LnStatus ln_safetensors_encode(void **out, size_t *size, const LnNamedTensor *tensors, int n, const LnMeta *meta,
                               int n_meta, LnError *err) {
  char *header = NULL;
  int64_t data_size = 0;
  LN_TRY(make_header(&header, &data_size, tensors, n, meta, n_meta, err));
  size_t length = strlen(header);
  uint64_t padded = (length + 7) / 8 * 8; /* spaces, so that the data starts at a multiple of 8 */
  *size = sizeof padded + padded + (size_t)data_size;
  char *bytes = ln_alloc(*size);
  if (bytes == NULL) return ln_free(header), ln_fail_memory(err, "the bytes of a file", *size);
  memcpy(bytes, &padded, sizeof padded);
  memset(bytes + sizeof padded, ' ', padded);
  memcpy(bytes + sizeof padded, header, length);
  ln_free(header);
  char *data = write_half(bytes + sizeof padded + padded, tensors, n, false);
  write_half(data, tensors, n, true);
  *out = bytes;
  return LN_OK;
}

LnStatus ln_safetensors_save(const char *path, const LnNamedTensor *tensors, int n, const LnMeta *meta, int n_meta,
                             LnError *err) {
  LnError why;
  void *bytes = NULL;
  size_t size = 0;
  LnStatus status = ln_safetensors_encode(&bytes, &size, tensors, n, meta, n_meta, &why);
  if (status != LN_OK) return ln_fail(err, status, "cannot write '%.240s': %s", path, why.msg);
  status = ln_file_write(path, bytes, size, err);
  ln_free(bytes);
  return status;
}
