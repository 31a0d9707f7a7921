/* Where the bytes of a file come from, one after the other: the file itself, or what unpacks it. */
#ifndef LUNET_STORE_BYTE_SOURCE_H
#define LUNET_STORE_BYTE_SOURCE_H

#include <stdint.h>

#include "base/status.h"

typedef struct LnByteSource {
  void *context;
  LnStatus (*read)(void *context, void *out, int64_t n, LnError *err); /* exactly n bytes, or a failure */
} LnByteSource;

/* An open file, from byte `at` on. */
typedef struct LnFileBytes {
  int fd;
  int64_t at;
} LnFileBytes;
LnByteSource ln_file_bytes(LnFileBytes *file);

#endif
