/* The hash of a file: see file.h. */
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"

enum { PIECE = 1 << 20 }; /* bytes, a multiple of 8, as ln_hash wants */

static LnStatus hash_pieces(uint64_t *hash, char *piece, int fd, int64_t size, LnError *err) {
  *hash = 0;
  for (int64_t at = 0; at < size; at += PIECE) {
    int64_t n = size - at < PIECE ? size - at : PIECE;
    LN_TRY(ln_file_read_at(piece, n, fd, at, err));
    *hash = ln_hash(*hash, piece, (size_t)n);
  }
  return LN_OK;
}

LnStatus ln_file_hash(uint64_t *hash, int64_t *size, const char *path, LnError *err) {
  int fd = -1;
  LnError why;
  LN_TRY(ln_file_open(&fd, size, path, err));
  char *piece = ln_alloc(PIECE);
  LnStatus status = piece == NULL ? ln_fail_memory(&why, "piece", PIECE) : hash_pieces(hash, piece, fd, *size, &why);
  ln_free(piece);
  close(fd);
  return status == LN_OK ? LN_OK : ln_fail(err, status, "cannot read '%.300s': %s", path, why.msg);
}
