/* PBM, PGM and PPM, plain (P1 to P3) and raw (P4 to P6), one or two bytes a sample, any maximum up to 65535.
 *
 * Formats: https://netpbm.sourceforge.net/doc/pnm.html */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "image/format.h"
#include "image/samples.h"

typedef struct Reader {
  const uint8_t *at, *end;
  char kind; /* '1' to '6' */
  int64_t width, height, maximum;
  int channels;
} Reader;

/* White space and comments. */
static void skip_blanks(Reader *r) {
  while (r->at < r->end && (isspace(*r->at) || *r->at == '#')) {
    if (*r->at == '#')
      while (r->at < r->end && *r->at != '\n' && *r->at != '\r') r->at++;
    else
      r->at++;
  }
}

/* The next number; false if there is none. Of a bitmap's pixels, which need no space between, one digit each. */
static bool read_number(Reader *r, int64_t *out, bool one_digit) {
  skip_blanks(r);
  const uint8_t *first = r->at;
  for (*out = 0; r->at < r->end && isdigit(*r->at) && !(one_digit && r->at > first); r->at++)
    if (*out < INT32_MAX) *out = 10 * *out + (*r->at - '0');
  return r->at > first;
}

static bool is_plain(const Reader *r) {
  return r->kind <= '3';
}

static bool is_bitmap(const Reader *r) {
  return r->kind == '1' || r->kind == '4';
}

static LnStatus read_header(Reader *r, LnError *err) {
  r->kind = (char)r->at[1];
  r->at += 2;
  r->channels = r->kind == '3' || r->kind == '6' ? 3 : 1;
  r->maximum = 1;
  if (!read_number(r, &r->width, false) || !read_number(r, &r->height, false) ||
      (!is_bitmap(r) && !read_number(r, &r->maximum, false)))
    return ln_fail(err, LN_EFORMAT, "damaged: a header of width, height%s expected",
                   is_bitmap(r) ? "" : " and maximum");
  if (r->maximum < 1 || r->maximum > 65535)
    return ln_fail(err, LN_EFORMAT, "damaged: the maximum must be 1 to 65535, got %lld", (long long)r->maximum);
  if (r->at == r->end || !isspace(*r->at++))
    return ln_fail(err, LN_EFORMAT, "damaged: no white space after the header");
  return LN_OK;
}

/* Bytes of one row of a raw file. */
static int64_t row_bytes(const Reader *r) {
  return is_bitmap(r) ? (r->width + 7) / 8 : r->width * r->channels * (r->maximum > 255 ? 2 : 1);
}

/* The least bytes that the file has, header included: a plain sample takes a digit and, but for the last one and in
 * bitmaps, a space. */
static double least_bytes(const Reader *r, const uint8_t *first) {
  double samples = (double)r->width * (double)r->height * r->channels, header = (double)(r->at - first);
  if (!is_plain(r)) return header + (double)row_bytes(r) * (double)r->height;
  return header + (is_bitmap(r) ? samples : 2 * samples - 1);
}

/* One row of samples as numbers up to the maximum; a bitmap's 1 is black. */
static LnStatus read_row(uint16_t *out, Reader *r, LnError *err) {
  int64_t count = r->width * r->channels;
  const uint8_t *in = r->at;
  for (int64_t i = 0; i < count; i++) {
    int64_t sample;
    if (is_plain(r)) {
      if (!read_number(r, &sample, is_bitmap(r)))
        return ln_fail(err, LN_EFORMAT, r->at == r->end ? "damaged: cut short, a sample is missing"
                                                        : "damaged: a sample is not a number");
    } else if (is_bitmap(r)) {
      sample = in[i / 8] >> (7 - i % 8) & 1;
    } else {
      sample = r->maximum > 255 ? in[2 * i] << 8 | in[2 * i + 1] : in[i];
    }
    if (sample > r->maximum)
      return ln_fail(err, LN_EFORMAT, "damaged: a sample is %lld, above the maximum %lld", (long long)sample,
                     (long long)r->maximum);
    out[i] = (uint16_t)(is_bitmap(r) ? 1 - sample : sample);
  }
  if (!is_plain(r)) r->at += row_bytes(r);
  return LN_OK;
}

static LnStatus read_rows(LnImage *out, Reader *r, LnError *err) {
  size_t size = (size_t)(r->width * r->channels) * sizeof(uint16_t);
  uint16_t *row = ln_alloc(size);
  LnStatus status = row == NULL ? ln_fail_memory(err, "a row of samples", size) : LN_OK;
  for (int64_t y = 0; status == LN_OK && y < r->height; y++) {
    status = read_row(row, r, err);
    if (status == LN_OK) ln_image_put_row(out, y, row, true, r->channels, (int)r->maximum);
  }
  ln_free(row);
  return status;
}

static LnStatus read(LnImage *out, const uint8_t *bytes, size_t n, LnError *err) {
  Reader r = {.at = bytes, .end = bytes + n};
  LN_TRY(read_header(&r, err));
  LnClaim claim = {.format = r.channels == 3 ? "PPM" : is_bitmap(&r) ? "PBM" : "PGM", .channels = r.channels,
                   .height = r.height, .width = r.width, .least = least_bytes(&r, bytes)};
  LN_TRY(ln_image_begin(out, &claim, n, err));
  return read_rows(out, &r, err);
}

/* Raw. A PPM of one channel is written as PGM, which readers of PPM take too. */
static LnStatus write(uint8_t **out, size_t *n, const LnSamples *in, LnError *err) {
  char header[64];
  int length = snprintf(header, sizeof header, "P%d\n%lld %lld\n%d\n", in->channels == 3 ? 6 : 5, (long long)in->width,
                        (long long)in->height, in->bits == 16 ? 65535 : 255);
  int64_t count = in->height * in->width * in->channels;
  size_t size = (size_t)(length + count * (in->bits / 8));
  uint8_t *file = ln_alloc(size);
  if (file == NULL) return ln_fail_memory(err, "PGM or PPM", size);
  memcpy(file, header, (size_t)length);
  uint8_t *to = file + length;
  const uint16_t *broad = in->samples;
  if (in->bits == 8)
    memcpy(to, in->samples, (size_t)count);
  else
    for (int64_t i = 0; i < count; i++) to[2 * i] = (uint8_t)(broad[i] >> 8), to[2 * i + 1] = (uint8_t)broad[i];
  *out = file;
  *n = size;
  return LN_OK;
}

const LnImageFormat ln_image_pbm = {
    .name = "PBM",
    .magic = {{"P1", 2}, {"P4", 2}},
    .extensions = {".pbm"},
    .bits = 1,
    .read = read,
};

const LnImageFormat ln_image_pgm = {
    .name = "PGM",
    .magic = {{"P2", 2}, {"P5", 2}},
    .extensions = {".pgm"},
    .bits = 16,
    .read = read,
    .write = write,
};

const LnImageFormat ln_image_ppm = {
    .name = "PPM",
    .magic = {{"P3", 2}, {"P6", 2}},
    .extensions = {".ppm", ".pnm"},
    .bits = 16,
    .colour = true,
    .read = read,
    .write = write,
};
