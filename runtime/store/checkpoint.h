/* Checkpoints of training runs: named tensors, and the rest of the state as text, in one safetensors file.
 *
 * Metadata: "format" = "lunet.checkpoint"; "lunet.state", the text; "lunet.hash", 16 hexadecimal digits: ln_hash of the
 * whole file with '0' for these digits. */
#ifndef LUNET_STORE_CHECKPOINT_H
#define LUNET_STORE_CHECKPOINT_H

#include <stddef.h>

#include "store/named_tensors.h"

/* The bytes of the file, ln_alloc'ed, and how many. */
LnStatus ln_checkpoint_encode(void **out, size_t *size, const LnNamedTensor *tensors, int n, const char *state,
                              LnError *err);
/* *state: ln_alloc'ed. A file that was cut short or changed is "damaged". */
LnStatus ln_checkpoint_load(LnTensorList **out, char **state, const char *path, LnError *err);

#endif
