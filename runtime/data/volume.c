/* Volumes from NIfTI files: see volume.h. Whole files are read here, through zlib, which reads those that are not
 * compressed as well. */
#include "data/volume.h"

#include <errno.h>
#include <math.h>
#include <nifti1_io.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/limits.h"
#include "base/memory.h"
#include "data/volume_header.h"

/* ---- Files ---- */

typedef struct Stream {
  gzFile file;
  double most; /* bytes that it can hold: deflate makes at most 1032 of one */
} Stream;

static void close_stream(Stream *stream) {
  if (stream->file != NULL) gzclose(stream->file);
  stream->file = NULL;
}

static LnStatus open_stream(Stream *out, const char *path, LnError *err) {
  int fd;
  int64_t size;
  uint8_t magic[2] = {0};
  LN_TRY(ln_file_open(&fd, &size, path, err));
  LnStatus status = LN_OK;
  if (size == 0) status = ln_fail(err, LN_EFORMAT, "'%.240s': the file is empty", path);
  if (size >= 2) status = ln_file_read_at(magic, 2, fd, 0, err);
  if (status == LN_OK && (out->file = gzdopen(fd, "rb")) == NULL) status = ln_fail_memory(err, path, 0);
  if (status != LN_OK) return close(fd), status;
  out->most = (double)size * (magic[0] == 0x1f && magic[1] == 0x8b ? 1032 : 1);
  return LN_OK;
}

static LnStatus fail_short(gzFile file, LnError *err) {
  int code;
  const char *reason = gzerror(file, &code);
  if (code == Z_ERRNO) return ln_fail(err, LN_EIO, "%s", strerror(errno));
  bool ended = code == Z_OK || code == Z_BUF_ERROR;
  const char *named = strstr(reason, ": "); /* zlib puts a name first, here that of the descriptor */
  if (named != NULL) reason = named + 2;
  return ln_fail(err, LN_EFORMAT, "damaged: %.100s", ended ? "cut short: the voxels end too soon" : reason);
}

static LnStatus read_exactly(void *out, int64_t n, gzFile file, LnError *err) {
  for (char *at = out; n > 0;) {
    int got = gzread(file, at, (unsigned)n);
    if (got <= 0) return fail_short(file, err);
    at += got;
    n -= got;
  }
  return LN_OK;
}

/* Whether the checksum at a gzip file's end agrees shows only when reading goes past the last byte. */
static LnStatus check_end(gzFile file, LnError *err) {
  char byte;
  int code;
  if (gzread(file, &byte, 1) < 0) return fail_short(file, err);
  gzerror(file, &code);
  return code == Z_OK ? LN_OK : fail_short(file, err);
}

static bool ends_in(const char *path, const char *ending) {
  size_t length = strlen(path), n = strlen(ending);
  return length > n && strcasecmp(path + length - n, ending) == 0;
}

/* The file with the voxels that belong to a.hdr or a.hdr.gz: a.img or a.img.gz. */
static LnStatus open_voxels(Stream *out, const char *header, LnError *err) {
  static const char *const endings[] = {".img", ".img.gz", ".IMG", ".IMG.GZ"};
  size_t stem = strlen(header) - (ends_in(header, ".gz") ? 3 : 0), room = stem + sizeof ".IMG.GZ";
  if (stem < 4 || strncasecmp(header + stem - 4, ".hdr", 4) != 0)
    return ln_fail(err, LN_EFORMAT, "its voxels are in a file of their own, so its name must end in .hdr or .hdr.gz");
  char *path = ln_alloc(room);
  if (path == NULL) return ln_fail_memory(err, header, room);
  int found = -1;
  for (int i = 3; i >= 0; i--) {
    snprintf(path, room, "%.*s%s", (int)stem - 4, header, endings[i]);
    if (access(path, F_OK) == 0) found = i;
  }
  snprintf(path, room, "%.*s%s", (int)stem - 4, header, endings[found < 0 ? 0 : found]);
  LnStatus status = open_stream(out, path, err);
  ln_free(path);
  return status;
}

/* ---- Voxels ---- */

/* Before memory is taken: what the header claims, against the file and against the limits. */
static LnStatus check_claims(const LnVolumeHeader *h, double most, int64_t number, LnError *err) {
  if (number > h->volumes)
    return ln_fail(err, LN_EARG, "option 'volume' is %lld, but the file has %lld", (long long)number,
                   (long long)h->volumes);
  LN_TRY(ln_limit_pixels("the volume", h->size[2], h->size[1], h->size[0], err));
  double voxels = (double)h->size[0] * (double)h->size[1] * (double)h->size[2];
  LN_TRY(ln_limit_bytes("the volume", voxels * sizeof(float), err));
  double end = h->offset + (double)number * voxels * h->bytes;
  if (end > most)
    return ln_fail(err, LN_EFORMAT, "damaged: cut short: its voxels reach to byte %.0f, but there are at most %.0f",
                   end, most);
  return LN_OK;
}

enum { PIECE = 1 << 16 }; /* voxels that are read at a time */

/* raw, wide: scratch for a piece */
static LnStatus read_pieces(float *voxels, void *raw, double *wide, gzFile file, const LnVolumeHeader *h,
                            LnError *err) {
  int64_t count = h->size[0] * h->size[1] * h->size[2];
  for (int64_t first = 0; first < count; first += PIECE) {
    int64_t n = count - first < PIECE ? count - first : PIECE;
    LN_TRY(ln_interrupt_check(err));
    LN_TRY(read_exactly(raw, n * h->bytes, file, err));
    ln_volume_voxels(wide, raw, n, h);
    for (int64_t i = 0; i < n; i++) {
      float value = (float)(wide[i] * h->slope + h->intercept);
      int64_t at = first + i;
      if (!isfinite(value))
        return ln_fail(err, LN_ENUMERIC, "voxel (%lld, %lld, %lld) is %s", (long long)(at % h->size[0]) + 1,
                       (long long)(at / h->size[0] % h->size[1]) + 1, (long long)(at / h->size[0] / h->size[1]) + 1,
                       isnan(value) ? "NaN" : "infinite");
      voxels[at] = value;
    }
  }
  return LN_OK;
}

static LnStatus read_voxels(float *voxels, gzFile file, const LnVolumeHeader *h, int64_t number, LnError *err) {
  int64_t offset = (int64_t)h->offset + (number - 1) * h->size[0] * h->size[1] * h->size[2] * h->bytes;
  void *raw = ln_alloc((size_t)PIECE * 8);
  double *wide = ln_alloc(PIECE * sizeof *wide);
  LnStatus status = LN_OK;
  if (raw == NULL || wide == NULL)
    status = ln_fail_memory(err, "voxels", PIECE * sizeof *wide);
  else if (gzseek(file, (z_off_t)offset, SEEK_SET) < 0)
    status = fail_short(file, err);
  else
    status = read_pieces(voxels, raw, wide, file, h, err);
  if (status == LN_OK) status = check_end(file, err);
  ln_free(wide), ln_free(raw);
  return status;
}

/* Which stored axis runs along right, anterior and superior, and which way. */
static void orient(LnVolume *volume, const LnVolumeHeader *h) {
  const int64_t stride[3] = {1, h->size[0], h->size[0] * h->size[1]};
  volume->origin = volume->voxels;
  for (int stored = 0; stored < 3; stored++) {
    int axis = (h->codes[stored] - 1) / 2; /* codes come in pairs: 1, 2 right, left; 3, 4 front, back; 5, 6 up, down */
    bool backwards = (h->codes[stored] - 1) % 2 == 1;
    volume->size[axis] = h->size[stored];
    volume->stride[axis] = backwards ? -stride[stored] : stride[stored];
    if (backwards) volume->origin += (h->size[stored] - 1) * stride[stored];
  }
}

static LnStatus read_header(LnVolumeHeader *out, gzFile file, LnError *err) {
  char bytes[LN_VOLUME_HEADER];
  int got = gzread(file, bytes, sizeof bytes);
  return got < 0 ? fail_short(file, err) : ln_volume_header_read(out, bytes, (size_t)got, err);
}

static LnStatus read_volume(LnVolume *out, Stream *stream, const char *path, int64_t number, LnError *err) {
  LnVolumeHeader header;
  LN_TRY(read_header(&header, stream->file, err));
  if (header.pair) {
    close_stream(stream);
    LN_TRY(open_voxels(stream, path, err));
  }
  LN_TRY(check_claims(&header, stream->most, number, err));
  size_t bytes = (size_t)(header.size[0] * header.size[1] * header.size[2]) * sizeof(float);
  out->voxels = ln_alloc(bytes);
  if (out->voxels == NULL) return ln_fail_memory(err, "voxels", bytes);
  LN_TRY(read_voxels(out->voxels, stream->file, &header, number, err));
  orient(out, &header);
  return LN_OK;
}

LnStatus ln_volume_read(LnVolume *out, const char *path, int64_t number, LnError *err) {
  LnError why;
  LnVolume volume = {0};
  Stream stream = {0};
  LnStatus status = open_stream(&stream, path, err);
  if (status != LN_OK) return ln_error_prefix(err, status, "nifti: ");
  status = read_volume(&volume, &stream, path, number, &why);
  close_stream(&stream);
  if (status != LN_OK)
    return ln_volume_free(&volume), ln_fail(err, status, "nifti: cannot read '%.240s': %s", path, why.msg);
  *out = volume;
  return LN_OK;
}

void ln_volume_free(LnVolume *volume) {
  ln_free(volume->voxels);
  *volume = (LnVolume){0};
}
