/* safetensors files: named tensors with string metadata, data only.
 * Format: 8 bytes little-endian header length, JSON header, bytes. https://github.com/huggingface/safetensors */
#ifndef LUNET_STORE_SAFETENSORS_H
#define LUNET_STORE_SAFETENSORS_H

#include <stddef.h>

#include "store/named_tensors.h"

typedef struct LnMeta {
  const char *key, *value;
} LnMeta;

/* Written to a temporary file beside `path`, synced, renamed: never half there. Masks are BOOL, behind all others, so
 * that the F32 of these are aligned. */
LnStatus ln_safetensors_save(const char *path, const LnNamedTensor *tensors, int n, const LnMeta *meta, int n_meta,
                             LnError *err);

/* The bytes of such a file, ln_alloc'ed, and how many. What fails does not name the file. */
LnStatus ln_safetensors_encode(void **out, size_t *size, const LnNamedTensor *tensors, int n, const LnMeta *meta,
                               int n_meta, LnError *err);

/* An opened file. Its header is read and wholly checked: length, JSON, offsets within the file, without holes or
 * overlaps, sizes that match shapes. "damaged", or "not supported" for what the format allows and is not read: types
 * other than F32, F16, BF16, F64, BOOL and whole numbers, more than LN_MAX_DIMS dimensions. The values
 * stay in the file until they are asked for. */
typedef struct LnSafetensors LnSafetensors;
LnStatus ln_safetensors_open(LnSafetensors **out, const char *path, LnError *err);
void ln_safetensors_close(LnSafetensors *file);
int ln_safetensors_count(const LnSafetensors *file);
const char *ln_safetensors_name(const LnSafetensors *file, int index);
LnShape ln_safetensors_shape(const LnSafetensors *file, int index);
const char *ln_safetensors_meta(const LnSafetensors *file, const char *key); /* NULL if absent */
/* What fails from here on does not name the file, as its caller does. The index of a name, LN_EFORMAT if there is
 * none. */
LnStatus ln_safetensors_find(int *index, const LnSafetensors *file, const char *name, LnError *err);
/* A tensor of its own, by index or by name; BOOL becomes a mask. Numbers that float32 cannot hold are LN_EUNSUPPORTED,
 * see dtype.h. */
LnStatus ln_safetensors_tensor(LnTensor **out, const LnSafetensors *file, int index, LnError *err);
LnStatus ln_safetensors_get(LnTensor **out, const LnSafetensors *file, const char *name, LnError *err);

/* All tensors of a file. */
LnStatus ln_safetensors_load(LnTensorList **out, const char *path, LnError *err);

#endif
