/* .npz files: named arrays, each a .npy file in a zip file.
 * https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 *
 * Stored and deflated members are read; encrypted ones, and members that are no .npy file, are "not supported".
 * Written are stored members, as by numpy.savez, with a fixed date: the same tensors give the same bytes. */
#ifndef LUNET_STORE_NPZ_H
#define LUNET_STORE_NPZ_H

#include "store/named_tensors.h"

/* In the order given. Names are UTF-8 text, none of them twice. */
LnStatus ln_npz_save(const char *path, const LnNamedTensor *tensors, int n, LnError *err);
LnStatus ln_npz_load(LnTensorList **out, const char *path, LnError *err);

#endif
