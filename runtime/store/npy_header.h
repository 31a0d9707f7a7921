/* The header of .npy files (npy.h): a Python literal such as
 * {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } */
#ifndef LUNET_STORE_NPY_HEADER_H
#define LUNET_STORE_NPY_HEADER_H

#include <stddef.h>

#include "store/dtype.h"

typedef struct LnNpyHeader {
  LnDtype type;
  bool fortran;
  LnShape shape;
  int64_t bytes; /* of all numbers */
} LnNpyHeader;

/* text: n bytes and a NUL byte behind them. LN_EFORMAT or LN_EUNSUPPORTED for what it cannot be. */
LnStatus ln_npy_parse(LnNpyHeader *out, const char *text, size_t n, LnError *err);

#endif
