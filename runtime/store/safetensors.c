/* Reading safetensors: see safetensors.h. The rules are those of the reference implementation,
 * safetensors/src/tensor.rs: header of at most 100 MB, starting with '{'; data laid out without holes or overlaps, up
 * to the end of the file. */
#include "store/safetensors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/memory.h"
#include "store/dtype.h"

#define MAX_HEADER 100000000

typedef struct Entry {
  const char *name;    /* owned by the header */
  LnShape shape;
  LnDtype type;
  int64_t begin, end;  /* bytes within the data */
} Entry;

struct LnSafetensors {
  int fd;
  int64_t data_at;     /* where the data begins, behind the header */
  int64_t data_size;
  json_t *header;
  Entry *entries;      /* in the order of their data */
  const Entry **named; /* in the order of their names */
  int count;
};

/* Sizes from JSON; their product must be what `bytes` hold. */
static LnStatus read_shape(Entry *entry, const json_t *shape, LnError *err) {
  int64_t count = 1, bytes = entry->end - entry->begin;
  size_t dims = json_array_size(shape);
  if (!json_is_array(shape)) return ln_fail(err, LN_EFORMAT, "'shape' must be a list");
  if (dims > LN_MAX_DIMS)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: %zu dimensions; at most %d are read", dims, LN_MAX_DIMS);
  entry->shape.n = (int)dims;
  for (size_t i = 0; i < dims; i++) {
    const json_t *size = json_array_get(shape, i);
    if (!json_is_integer(size) || json_integer_value(size) < 0)
      return ln_fail(err, LN_EFORMAT, "size %zu of its shape is not a whole number of at least 0", i + 1);
    entry->shape.d[i] = json_integer_value(size);
    if (__builtin_mul_overflow(count, entry->shape.d[i], &count) || count > INT64_MAX / 8)
      return ln_fail(err, LN_EFORMAT, "its shape has too many elements");
  }
  if (count * entry->type.bytes != bytes)
    return ln_fail(err, LN_EFORMAT, "shape %s needs %" PRId64 " bytes, but its offsets span %" PRId64,
                   LN_SHAPE_TEXT(entry->shape), count * entry->type.bytes, bytes);
  return LN_OK;
}

static const struct {
  const char *name;
  LnDtypeKind kind;
  int bytes;
} dtypes[] = {{"F32", LN_DTYPE_FLOAT, 4},    {"F16", LN_DTYPE_FLOAT, 2},  {"BF16", LN_DTYPE_BFLOAT, 2},
              {"F64", LN_DTYPE_FLOAT, 8},    {"BOOL", LN_DTYPE_BOOL, 1},  {"I8", LN_DTYPE_SIGNED, 1},
              {"I16", LN_DTYPE_SIGNED, 2},   {"I32", LN_DTYPE_SIGNED, 4}, {"I64", LN_DTYPE_SIGNED, 8},
              {"U8", LN_DTYPE_UNSIGNED, 1},  {"U16", LN_DTYPE_UNSIGNED, 2}, {"U32", LN_DTYPE_UNSIGNED, 4},
              {"U64", LN_DTYPE_UNSIGNED, 8}};

static LnStatus read_dtype(LnDtype *out, const char *name, LnError *err) {
  static const char *const others[] = {"F8_E5M2", "F8_E4M3", "F8_E8M0", "F6_E2M3", "F6_E3M2", "F4", "C64"};
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
    if (strcmp(name, dtypes[i].name) == 0) {
      *out = (LnDtype){dtypes[i].kind, dtypes[i].bytes, false};
      return LN_OK;
    }
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (strcmp(name, others[i]) == 0)
      return ln_fail(err, LN_EUNSUPPORTED, "not supported: dtype %s; F16, BF16, F32, F64, BOOL and whole numbers are "
                     "read", name);
  return ln_fail(err, LN_EFORMAT, "there is no dtype '%s'", LN_ESCAPED(name));
}

static LnStatus read_entry(Entry *entry, const json_t *value, int64_t data_size, LnError *err) {
  if (!json_is_object(value)) return ln_fail(err, LN_EFORMAT, "its description is not a JSON object");
  const char *dtype = json_string_value(json_object_get(value, "dtype"));
  const json_t *offsets = json_object_get(value, "data_offsets");
  if (dtype == NULL) return ln_fail(err, LN_EFORMAT, "'dtype' is missing");
  LN_TRY(read_dtype(&entry->type, dtype, err));
  if (json_object_get(value, "shape") == NULL) return ln_fail(err, LN_EFORMAT, "'shape' is missing");
  const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
  if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end))
    return ln_fail(err, LN_EFORMAT, "'data_offsets' must be two whole numbers");
  entry->begin = json_integer_value(begin);
  entry->end = json_integer_value(end);
  if (entry->begin < 0 || entry->end < entry->begin || entry->end > data_size)
    return ln_fail(err, LN_EFORMAT,
                   "its bytes %" PRId64 " to %" PRId64 " are not within the file's %" PRId64 " bytes of data",
                   entry->begin, entry->end, data_size);
  return read_shape(entry, json_object_get(value, "shape"), err);
}

static LnStatus check_metadata(const json_t *metadata, LnError *err) {
  const char *key;
  json_t *value;
  if (!json_is_object(metadata)) return ln_fail(err, LN_EFORMAT, "'__metadata__' is not a JSON object");
  json_object_foreach((json_t *)(uintptr_t)metadata, key, value)
    if (!json_is_string(value)) return ln_fail(err, LN_EFORMAT, "metadata '%.60s' is not a string", LN_ESCAPED(key));
  return LN_OK;
}

static int by_place(const void *a, const void *b) {
  const Entry *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

/* One after the other from the first byte to the last. */
static LnStatus check_layout(const LnSafetensors *file, LnError *err) {
  int64_t at = 0;
  for (int i = 0; i < file->count; i++) {
    const Entry *entry = &file->entries[i];
    if (entry->begin < at)
      return ln_fail(err, LN_EFORMAT, "tensors '%s' and '%s' overlap", LN_ESCAPED(entry[-1].name),
                     LN_ESCAPED(entry->name));
    if (entry->begin > at)
      return ln_fail(err, LN_EFORMAT, "%" PRId64 " bytes before tensor '%s' belong to no tensor", entry->begin - at,
                     LN_ESCAPED(entry->name));
    at = entry->end;
  }
  if (at < file->data_size)
    return ln_fail(err, LN_EFORMAT, "%" PRId64 " bytes at the end belong to no tensor", file->data_size - at);
  return LN_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(const Entry *const *)a)->name, (*(const Entry *const *)b)->name);
}

static void sort_entries(LnSafetensors *file) {
  if (file->count == 0) return;
  qsort(file->entries, (size_t)file->count, sizeof *file->entries, by_place);
  for (int i = 0; i < file->count; i++) file->named[i] = &file->entries[i];
  qsort(file->named, (size_t)file->count, sizeof *file->named, by_name);
}

static LnStatus read_entries(LnSafetensors *file, LnError *err) {
  const char *name;
  json_t *value;
  size_t most = json_object_size(file->header);
  file->entries = ln_calloc(most, sizeof *file->entries);
  file->named = ln_calloc(most, sizeof *file->named);
  if (file->entries == NULL || file->named == NULL)
    return ln_fail_memory(err, "list of tensors", most * sizeof *file->entries);
  json_object_foreach(file->header, name, value) {
    if (strcmp(name, "__metadata__") == 0) {
      LN_TRY(check_metadata(value, err));
      continue;
    }
    Entry *entry = &file->entries[file->count++];
    entry->name = name;
    LN_TRY(ln_error_prefix(err, read_entry(entry, value, file->data_size, err), "tensor '%s': ", LN_ESCAPED(name)));
  }
  sort_entries(file);
  return check_layout(file, err);
}

/* The header's length. What begins with text, or is too short for a header, is a file of another kind. */
static LnStatus read_length(uint64_t *length, int fd, int64_t size, LnError *err) {
  char first = '\0';
  const char *message = "not a safetensors file: %s";
  if (size < (int64_t)sizeof *length) return ln_fail(err, LN_EFORMAT, message, "too short for a header");
  LN_TRY(ln_file_read_at(length, sizeof *length, fd, 0, err));
  if (*length > MAX_HEADER) return ln_fail(err, LN_EFORMAT, message, "it does not begin with the length of a header");
  if (*length > 0 && size > (int64_t)sizeof *length) LN_TRY(ln_file_read_at(&first, 1, fd, sizeof *length, err));
  if (first != '{') return ln_fail(err, LN_EFORMAT, message, "its header does not start with '{'");
  if ((int64_t)*length > size - (int64_t)sizeof *length)
    return ln_fail(err, LN_EFORMAT, "damaged: cut short: a header of %" PRIu64 " bytes, but %" PRId64 " in all",
                   *length, size);
  return LN_OK;
}

static LnStatus parse_header(LnSafetensors *file, const char *text, size_t length, LnError *err) {
  LN_TRY(ln_json_parse(&file->header, text, length, "header", err));
  return read_entries(file, err);
}

static LnStatus read_header(LnSafetensors *file, int64_t size, LnError *err) {
  uint64_t length = 0;
  LN_TRY(read_length(&length, file->fd, size, err));
  file->data_at = (int64_t)(sizeof length + length);
  file->data_size = size - file->data_at;
  char *text = ln_alloc((size_t)length);
  if (text == NULL) return ln_fail_memory(err, "header", (size_t)length);
  LnStatus status = ln_file_read_at(text, (int64_t)length, file->fd, sizeof length, err);
  if (status == LN_OK && (status = parse_header(file, text, (size_t)length, err)) == LN_EFORMAT)
    ln_error_prefix(err, status, "damaged: ");
  ln_free(text);
  return status;
}

LnStatus ln_safetensors_open(LnSafetensors **out, const char *path, LnError *err) {
  LnError why;
  int64_t size = 0;
  LnSafetensors *file = ln_calloc(1, sizeof *file);
  if (file == NULL) return ln_fail_memory(err, path, sizeof *file);
  file->fd = -1;
  LnStatus status = ln_file_open(&file->fd, &size, path, err);
  if (status == LN_OK && (status = read_header(file, size, &why)) != LN_OK)
    ln_fail(err, status, "cannot read '%.240s': %s", path, why.msg);
  if (status != LN_OK) return ln_safetensors_close(file), status;
  *out = file;
  return LN_OK;
}

void ln_safetensors_close(LnSafetensors *file) {
  if (file == NULL) return;
  if (file->fd >= 0) close(file->fd);
  json_decref(file->header);
  ln_free(file->named);
  ln_free(file->entries);
  ln_free(file);
}

int ln_safetensors_count(const LnSafetensors *file) {
  return file->count;
}

const char *ln_safetensors_name(const LnSafetensors *file, int index) {
  return file->entries[index].name;
}

const char *ln_safetensors_meta(const LnSafetensors *file, const char *key) {
  return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

LnShape ln_safetensors_shape(const LnSafetensors *file, int index) {
  return file->entries[index].shape;
}

LnStatus ln_safetensors_find(int *index, const LnSafetensors *file, const char *name, LnError *err) {
  const Entry wanted = {.name = name}, *key = &wanted;
  const Entry **found =
      file->count == 0 ? NULL : bsearch(&key, file->named, (size_t)file->count, sizeof *file->named, by_name);
  if (found == NULL) return ln_fail(err, LN_EFORMAT, "it has no tensor '%s'", LN_ESCAPED(name));
  *index = (int)(*found - file->entries);
  return LN_OK;
}

LnStatus ln_safetensors_tensor(LnTensor **out, const LnSafetensors *file, int index, LnError *err) {
  const Entry *entry = &file->entries[index];
  LnFileBytes bytes = {file->fd, file->data_at + entry->begin};
  return ln_dtype_read(out, entry->shape, false, entry->type, ln_file_bytes(&bytes), err);
}

LnStatus ln_safetensors_get(LnTensor **out, const LnSafetensors *file, const char *name, LnError *err) {
  int index = 0;
  LN_TRY(ln_safetensors_find(&index, file, name, err));
  return ln_safetensors_tensor(out, file, index, err);
}

/* ---- All of a file ---- */

/* Small numbers take more memory than in the file. */
static LnStatus check_total(const LnSafetensors *file, LnError *err) {
  double bytes = 0;
  for (int i = 0; i < file->count; i++) bytes += (double)ln_shape_count(file->entries[i].shape) * sizeof(float);
  return ln_limit_bytes("its tensors", bytes, err);
}

static LnStatus read_all(LnTensorList *list, const LnSafetensors *file, LnError *err) {
  for (int i = 0; i < file->count; i++) {
    LnTensor *t = NULL;
    const char *name = file->entries[i].name;
    LN_TRY(ln_error_prefix(err, ln_safetensors_tensor(&t, file, i, err), "tensor '%s': ", LN_ESCAPED(name)));
    LN_TRY(ln_tensor_list_add(list, name, t, err));
  }
  return LN_OK;
}

LnStatus ln_safetensors_load(LnTensorList **out, const char *path, LnError *err) {
  LnError why;
  LnSafetensors *file = NULL;
  LnTensorList *list = NULL;
  LN_TRY(ln_safetensors_open(&file, path, err));
  LnStatus status = check_total(file, &why);
  if (status == LN_OK) status = ln_tensor_list_new(&list, file->count, &why);
  if (status == LN_OK) status = read_all(list, file, &why);
  ln_safetensors_close(file);
  if (status != LN_OK) {
    ln_tensor_list_free(list);
    return ln_fail(err, status, "cannot read '%.240s': %s", path, why.msg);
  }
  *out = list;
  return LN_OK;
}
