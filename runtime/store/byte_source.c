/* See byte_source.h. */
#include "store/byte_source.h"

#include "base/file.h"

static LnStatus read_file(void *context, void *out, int64_t n, LnError *err) {
  LnFileBytes *file = context;
  LN_TRY(ln_file_read_at(out, n, file->fd, file->at, err));
  file->at += n;
  return LN_OK;
}

LnByteSource ln_file_bytes(LnFileBytes *file) {
  return (LnByteSource){file, read_file};
}
