/* See tensor_file.h. */
#include "store/tensor_file.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "store/npy.h"
#include "store/npz.h"
#include "store/safetensors.h"

static const struct {
  const char *ending, *magic; /* magic: what the file begins with; NULL: nothing of its own */
  LnTensorFormat format;
} formats[] = {{".npy", "\x93NUMPY", LN_TENSOR_FORMAT_NPY},
               {".npz", "PK\3\4", LN_TENSOR_FORMAT_NPZ},
               {".npz", "PK\5\6", LN_TENSOR_FORMAT_NPZ}, /* a zip file without members */
               {".safetensors", NULL, LN_TENSOR_FORMAT_SAFETENSORS}};
enum { FORMATS = sizeof formats / sizeof *formats, LONGEST_MAGIC = 6 };

LnTensorFormat ln_tensor_format_of_path(const char *path) {
  size_t n = strlen(path);
  for (int i = 0; i < FORMATS; i++) {
    size_t length = strlen(formats[i].ending);
    if (n >= length && strcasecmp(path + n - length, formats[i].ending) == 0) return formats[i].format;
  }
  return LN_TENSOR_FORMAT_NONE;
}

LnStatus ln_tensor_format_of_file(LnTensorFormat *out, const char *path, LnError *err) {
  char first[LONGEST_MAGIC] = {0};
  int fd = -1;
  int64_t size = 0;
  LN_TRY(ln_file_open(&fd, &size, path, err));
  LnStatus status = ln_file_read_at(first, size < LONGEST_MAGIC ? size : LONGEST_MAGIC, fd, 0, err);
  close(fd);
  if (status != LN_OK) return ln_error_prefix(err, status, "cannot read '%.240s': ", path);
  *out = LN_TENSOR_FORMAT_SAFETENSORS;
  for (int i = 0; i < FORMATS; i++)
    if (formats[i].magic != NULL && memcmp(first, formats[i].magic, strlen(formats[i].magic)) == 0)
      *out = formats[i].format;
  return LN_OK;
}

LnStatus ln_tensor_file_save(const char *path, const LnNamedTensor *tensors, int n, LnError *err) {
  switch (ln_tensor_format_of_path(path)) {
    case LN_TENSOR_FORMAT_NPZ: return ln_npz_save(path, tensors, n, err);
    case LN_TENSOR_FORMAT_SAFETENSORS: return ln_safetensors_save(path, tensors, n, NULL, 0, err);
    default:
      return ln_fail(err, LN_EARG, "cannot write '%.240s': named tensors go into .safetensors and .npz files", path);
  }
}

static LnStatus load_npy(LnTensorList **out, const char *path, LnError *err) {
  LnTensor *t = NULL;
  LnTensorList *list = NULL;
  LN_TRY(ln_tensor_list_new(&list, 1, err));
  LnStatus status = ln_npy_load(&t, path, err);
  if (status == LN_OK) status = ln_tensor_list_add(list, "", t, err);
  if (status != LN_OK) return ln_tensor_list_free(list), status;
  *out = list;
  return LN_OK;
}

LnStatus ln_tensor_file_load(LnTensorList **out, LnTensorFormat *format, const char *path, LnError *err) {
  LN_TRY(ln_tensor_format_of_file(format, path, err));
  switch (*format) {
    case LN_TENSOR_FORMAT_NPY: return load_npy(out, path, err);
    case LN_TENSOR_FORMAT_NPZ: return ln_npz_load(out, path, err);
    default: return ln_safetensors_load(out, path, err);
  }
}
