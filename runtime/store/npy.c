/* .npy files: see npy.h. The header's text is parsed in npy_header.c. */
#include "store/npy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "store/npy_header.h"

static const char magic[] = "\x93NUMPY"; /* then the version, two bytes, and the length of the header, two or four */
enum { MAGIC = sizeof magic - 1, BEFORE_HEADER = MAGIC + 4, ALIGN = 64, MAX_HEADER = 1 << 16 };

/* ---- Reading ---- */

/* The header's length, and how many bytes come before it. */
static LnStatus read_length(uint32_t *length, int64_t *used, LnByteSource source, int64_t n, LnError *err) {
  uint8_t bytes[BEFORE_HEADER + 2] = {0};
  if (n < BEFORE_HEADER) return ln_fail(err, LN_EFORMAT, "not a .npy file: too short for a header");
  LN_TRY(source.read(source.context, bytes, BEFORE_HEADER, err));
  int major = bytes[MAGIC], minor = bytes[MAGIC + 1];
  if (memcmp(bytes, magic, MAGIC) != 0) return ln_fail(err, LN_EFORMAT, "not a .npy file");
  if (major < 1 || major > 3 || minor != 0)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: version %d.%d; 1.0, 2.0 and 3.0 are read", major, minor);
  *used = BEFORE_HEADER;
  if (major > 1) {
    if (n < BEFORE_HEADER + 2) return ln_fail(err, LN_EFORMAT, "damaged: cut short");
    LN_TRY(source.read(source.context, bytes + BEFORE_HEADER, 2, err));
    *used += 2;
  }
  const uint8_t *at = bytes + MAGIC + 2;
  *length = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
  if (major == 1) *length &= 0xffff;
  return LN_OK;
}

/* used: bytes before the numbers */
static LnStatus read_header(LnNpyHeader *out, int64_t *used, LnByteSource source, int64_t n, LnError *err) {
  uint32_t length = 0;
  LN_TRY(read_length(&length, used, source, n, err));
  if (length > n - *used)
    return ln_fail(err, LN_EFORMAT, "damaged: cut short: a header of %" PRIu32 " bytes, but %" PRId64 " in all", length,
                   n);
  if (length > MAX_HEADER)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: a header of %" PRIu32 " bytes; at most %d are read", length,
                   MAX_HEADER);
  char *text = ln_calloc(length + 1, 1);
  if (text == NULL) return ln_fail_memory(err, "header", length + 1);
  LnStatus status = source.read(source.context, text, length, err);
  if (status == LN_OK && (status = ln_npy_parse(out, text, length, err)) == LN_EFORMAT)
    ln_error_prefix(err, status, "damaged: ");
  ln_free(text);
  *used += length;
  return status;
}

/* Before memory is taken: what the header claims, against the file and the limits. left: bytes behind the header */
static LnStatus check_claims(const LnNpyHeader *header, int64_t left, double most, double taken, LnError *err) {
  int64_t count = header->bytes / header->type.bytes;
  double copies = header->fortran && header->shape.n > 1 ? 2 : 1;
  if (header->bytes > left || (double)header->bytes > most)
    return ln_fail(err, LN_EFORMAT, "damaged: cut short: shape %s needs %" PRId64 " bytes, but there are %s%.0f",
                   LN_SHAPE_TEXT(header->shape), header->bytes, header->bytes > left ? "" : "at most ",
                   header->bytes > left ? (double)left : most);
  if (header->bytes < left)
    return ln_fail(err, LN_EUNSUPPORTED,
                   "not supported: %" PRId64 " bytes behind the array, as of several arrays saved into one file",
                   left - header->bytes);
  return ln_limit_bytes("the array", taken + copies * (double)count * sizeof(float), err);
}

LnStatus ln_npy_decode(LnTensor **out, LnByteSource source, int64_t n, double most, double taken, LnError *err) {
  LnNpyHeader header;
  int64_t used = 0;
  LN_TRY(read_header(&header, &used, source, n, err));
  LN_TRY(check_claims(&header, n - used, most, taken, err));
  return ln_dtype_read(out, header.shape, header.fortran, header.type, source, err);
}

LnStatus ln_npy_load(LnTensor **out, const char *path, LnError *err) {
  LnError why;
  LnFileBytes file = {0};
  int64_t size = 0;
  LN_TRY(ln_file_open(&file.fd, &size, path, err));
  LnStatus status = ln_npy_decode(out, ln_file_bytes(&file), size, (double)size, 0, &why);
  close(file.fd);
  return status == LN_OK ? LN_OK : ln_fail(err, status, "cannot read '%.240s': %s", path, why.msg);
}

/* ---- Writing ---- */

enum { HEADER = 5 * ALIGN, DIGITS = 21 /* NumPy leaves room for so many in the first size, for files that grow */ };

/* The header of version 1.0, in bytes a multiple of ALIGN, to the byte as NumPy writes it. Returns how many. */
static size_t make_header(char out[HEADER], const LnTensor *t, LnDtype type) {
  char first[DIGITS + 1] = "";
  char *text = out + BEFORE_HEADER;
  size_t room = HEADER - BEFORE_HEADER;
  int used = snprintf(text, room, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                      type.kind == LN_DTYPE_BOOL ? "|b1" : "<f4");
  for (int i = 0; i < t->shape.n; i++)
    used += snprintf(text + used, room - (size_t)used, "%s%" PRId64 "%s", i > 0 ? ", " : "", t->shape.d[i],
                     t->shape.n == 1 ? "," : "");
  used += snprintf(text + used, room - (size_t)used, "), }");
  if (t->shape.n > 0) used += DIGITS - snprintf(first, sizeof first, "%" PRId64, t->shape.d[0]);
  size_t size = ((size_t)(BEFORE_HEADER + used) / ALIGN + 1) * ALIGN; /* at least a byte, which ends the line */
  size_t length = size - BEFORE_HEADER, written = strlen(text);
  memset(text + written, ' ', length - written);
  text[length - 1] = '\n';
  memcpy(out, magic, MAGIC);
  memcpy(out + MAGIC, (const uint8_t[]){1, 0, length & 0xff, (uint8_t)(length >> 8)}, 4);
  return size;
}

LnStatus ln_npy_encode(void **out, size_t *n, const LnTensor *t, LnError *err) {
  char header[HEADER];
  LnDtype type = ln_dtype_of(t);
  size_t before = make_header(header, t, type);
  size_t size = before + (size_t)ln_shape_count(t->shape) * (size_t)type.bytes;
  char *bytes = ln_alloc(size);
  if (bytes == NULL) return ln_fail_memory(err, "array", size);
  memcpy(bytes, header, before);
  ln_dtype_write(bytes + before, t, type);
  *out = bytes;
  *n = size;
  return LN_OK;
}

LnStatus ln_npy_save(const char *path, const LnTensor *t, LnError *err) {
  LnError why;
  void *bytes = NULL;
  size_t n = 0;
  LnStatus status = ln_npy_encode(&bytes, &n, t, &why);
  if (status != LN_OK) return ln_fail(err, status, "cannot write '%.240s': %s", path, why.msg);
  status = ln_file_write(path, bytes, n, err);
  ln_free(bytes);
  return status;
}
