/* A network in one file: parameters as safetensors, architecture and training record in its metadata. */
#ifndef LUNET_STORE_MODEL_FILE_H
#define LUNET_STORE_MODEL_FILE_H

#include "model/network.h"

/* record: JSON text with whatever the caller wants kept beside the network (may be NULL). */
LnStatus ln_model_save(const char *path, LnNetwork *net, const char *record, LnError *err);
/* Rebuilds the network from the file alone. Its tensors are compared with what the architecture needs before memory is
 * taken; NaN and infinity among the weights are LN_ENUMERIC. *record (may be NULL) gets the ln_alloc'ed text, or NULL
 * for none. custom: of layers made at run time, of which the file holds the names; may be NULL. */
LnStatus ln_model_load(LnNetwork **out, char **record, const char *path, const LnCustomSource *custom, LnError *err);

#endif
