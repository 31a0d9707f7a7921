/* PNG: a check that a file is whole, and writing.
 *
 * stb_image does not look at checksums, and stb_image_write loses memory when an allocation fails, so both are done
 * here, on zlib. Format: https://www.w3.org/TR/png-3/ */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "image/codec.h"

static const uint8_t signature[8] = {137, 'P', 'N', 'G', '\r', '\n', 26, '\n'};

static uint32_t get32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t value) {
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A chunk is: length, type, data, CRC of type and data. */
LnStatus ln_png_check(const uint8_t *bytes, size_t n, LnError *err) {
  size_t at = sizeof signature;
  while (n - at >= 12) {
    uint32_t length = get32(bytes + at);
    const uint8_t *type = bytes + at + 4;
    if (length > n - at - 12) break;
    if (crc32(0, type, 4 + length) != get32(type + 4 + length))
      return ln_fail(err, LN_EFORMAT, "damaged: the checksum of the PNG chunk at byte %zu is wrong", at + 1);
    if (memcmp(type, "IEND", 4) == 0) return LN_OK;
    at += 12 + (size_t)length;
  }
  return ln_fail(err, LN_EFORMAT, "cut short after %zu bytes", n);
}

static int paeth(int left, int up, int corner) {
  int estimate = left + up - corner;
  int to_left = abs(estimate - left), to_up = abs(estimate - up), to_corner = abs(estimate - corner);
  if (to_left <= to_up && to_left <= to_corner) return left;
  return to_up <= to_corner ? up : corner;
}

/* Each row becomes its filter's number (4, Paeth) and the differences from the prediction. */
static void filter_rows(uint8_t *out, const uint8_t *pixels, int channels, int64_t height, int64_t row) {
  for (int64_t y = 0; y < height; y++) {
    const uint8_t *here = pixels + y * row, *above = here - row;
    *out++ = 4;
    for (int64_t i = 0; i < row; i++) {
      int left = i >= channels ? here[i - channels] : 0;
      int up = y > 0 ? above[i] : 0;
      int corner = y > 0 && i >= channels ? above[i - channels] : 0;
      *out++ = (uint8_t)(here[i] - paeth(left, up, corner));
    }
  }
}

/* Puts the frame of a chunk around data that lies at to + 8 already; returns the end. */
static uint8_t *close_chunk(uint8_t *to, const char *type, size_t length) {
  put32(to, (uint32_t)length);
  memcpy(to + 4, type, 4);
  put32(to + 8 + length, (uint32_t)crc32(0, to + 4, (uInt)length + 4));
  return to + 12 + length;
}

static void *zlib_alloc(void *unused, unsigned count, unsigned size) {
  (void)unused;
  return ln_calloc(count, size);
}

static void zlib_free(void *unused, void *block) {
  (void)unused;
  ln_free(block);
}

/* The zlib stream of `in`; out has room for deflateBound. Zero bytes written: out of memory. */
static size_t compress_rows(uint8_t *out, size_t room, const uint8_t *in, size_t n) {
  z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free, .next_in = (uint8_t *)(uintptr_t)in, .avail_in = (uInt)n,
                .next_out = out, .avail_out = (uInt)room};
  if (deflateInit(&z, 6) != Z_OK) return 0;
  int result = deflate(&z, Z_FINISH);
  size_t written = z.total_out;
  deflateEnd(&z);
  return result == Z_STREAM_END ? written : 0;
}

static size_t encode(uint8_t *out, size_t room, const uint8_t *rows, size_t n, int channels, int64_t height,
                     int64_t width) {
  memcpy(out, signature, sizeof signature);
  uint8_t *at = out + sizeof signature;
  put32(at + 8, (uint32_t)width);
  put32(at + 12, (uint32_t)height);
  memcpy(at + 16, (uint8_t[]){8, channels == 3 ? 2 : 0, 0, 0, 0}, 5); /* bits, colour type, methods */
  at = close_chunk(at, "IHDR", 13);
  size_t packed = compress_rows(at + 8, room, rows, n);
  if (packed == 0) return 0;
  at = close_chunk(at, "IDAT", packed);
  at = close_chunk(at, "IEND", 0);
  return (size_t)(at - out);
}

LnStatus ln_png_encode(uint8_t **out, size_t *n, const uint8_t *pixels, int channels, int64_t height, int64_t width,
                       LnError *err) {
  LN_TRY(ln_image_check_size(height, width, err));
  int64_t row = channels * width;
  size_t filtered = (size_t)(height * (row + 1));
  size_t room = compressBound((uLong)filtered), size = room + 8 + 25 + 12 + 12; /* signature, IHDR, IDAT, IEND */
  uint8_t *rows = ln_alloc(filtered), *file = ln_alloc(size);
  size_t written = 0;
  if (rows != NULL && file != NULL) {
    filter_rows(rows, pixels, channels, height, row);
    written = encode(file, room, rows, filtered, channels, height, width);
  }
  ln_free(rows);
  if (written == 0) return ln_free(file), ln_fail_memory(err, "PNG", size);
  *out = file;
  *n = written;
  return LN_OK;
}
