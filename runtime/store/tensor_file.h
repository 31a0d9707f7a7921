/* Files of tensors, whatever their format: .npy, .npz and .safetensors. Written is what the path ends in, read what the
 * file begins with. */
#ifndef LUNET_STORE_TENSOR_FILE_H
#define LUNET_STORE_TENSOR_FILE_H

#include "store/named_tensors.h"

typedef enum LnTensorFormat {
  LN_TENSOR_FORMAT_NONE, /* none of these */
  LN_TENSOR_FORMAT_NPY,  /* one tensor without a name */
  LN_TENSOR_FORMAT_NPZ,
  LN_TENSOR_FORMAT_SAFETENSORS,
} LnTensorFormat;

/* By the ending of the path, in small letters or capitals. */
LnTensorFormat ln_tensor_format_of_path(const char *path);
/* By the first bytes of the file. SAFETENSORS, whose files begin with a number, if it is neither of the others. */
LnStatus ln_tensor_format_of_file(LnTensorFormat *out, const char *path, LnError *err);

/* Several tensors into a .npz or .safetensors file, in the order given. */
LnStatus ln_tensor_file_save(const char *path, const LnNamedTensor *tensors, int n, LnError *err);
/* All tensors of a file, and what it is; of a .npy file one whose name is "". */
LnStatus ln_tensor_file_load(LnTensorList **out, LnTensorFormat *format, const char *path, LnError *err);

#endif
