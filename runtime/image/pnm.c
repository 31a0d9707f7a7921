/* Binary PGM (P5) and PPM (P6), one or two bytes a sample, any maximum.
 *
 * stb_image 2.27 reads these too, but leaves 16-bit samples in big-endian order, ignores the maximum and fills up what
 * a cut file lacks. Format: https://netpbm.sourceforge.net/doc/pgm.html */
#include <ctype.h>

#include "base/memory.h"
#include "image/codec.h"

typedef struct Reader {
  const uint8_t *at, *end;
} Reader;

/* The next number of the header; white space and comments may come before it. False if there is none. */
static bool read_number(Reader *r, int64_t *out) {
  while (r->at < r->end && (isspace(*r->at) || *r->at == '#')) {
    if (*r->at == '#')
      while (r->at < r->end && *r->at != '\n' && *r->at != '\r') r->at++;
    else
      r->at++;
  }
  const uint8_t *first = r->at;
  for (*out = 0; r->at < r->end && isdigit(*r->at); r->at++)
    if (*out < INT32_MAX) *out = 10 * *out + (*r->at - '0');
  return r->at > first;
}

typedef struct Header {
  int channels;
  int64_t width, height, maximum;
} Header;

static LnStatus read_header(Header *h, Reader *r, LnError *err) {
  h->channels = r->at[1] == '6' ? 3 : 1;
  r->at += 2;
  if (!read_number(r, &h->width) || !read_number(r, &h->height) || !read_number(r, &h->maximum))
    return ln_fail(err, LN_EFORMAT, "damaged PGM or PPM header: width, height and maximum expected");
  LN_TRY(ln_image_check_size(h->height, h->width, err));
  if (h->maximum < 1 || h->maximum > 65535)
    return ln_fail(err, LN_EFORMAT, "damaged PGM or PPM header: maximum must be 1 to 65535, got %lld",
                   (long long)h->maximum);
  if (r->at == r->end || !isspace(*r->at++))
    return ln_fail(err, LN_EFORMAT, "damaged PGM or PPM header: no white space after the maximum");
  return LN_OK;
}

/* Two bytes a sample, most significant first, into this machine's order. */
static void read_wide(uint16_t *out, const uint8_t *in, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = (uint16_t)(in[2 * i] << 8 | in[2 * i + 1]);
}

LnStatus ln_image_decode_pnm(LnTensor **out, const uint8_t *bytes, size_t n, LnError *err) {
  Header h;
  Reader r = {bytes, bytes + n};
  LN_TRY(read_header(&h, &r, err));
  bool wide = h.maximum > 255;
  int64_t count = h.channels * h.height * h.width;
  int64_t needed = count * (wide ? 2 : 1), there = r.end - r.at;
  if (there < needed)
    return ln_fail(err, LN_EFORMAT, "cut short: %lldx%lld pixels need %lld bytes, got %lld", (long long)h.height,
                   (long long)h.width, (long long)needed, (long long)there);
  if (!wide) return ln_image_from_samples(out, r.at, false, h.channels, h.height, h.width, (int)h.maximum, err);
  uint16_t *samples = ln_alloc((size_t)needed);
  if (samples == NULL) return ln_fail_memory(err, "16-bit samples", (size_t)needed);
  read_wide(samples, r.at, count);
  LnStatus status = ln_image_from_samples(out, samples, true, h.channels, h.height, h.width, (int)h.maximum, err);
  ln_free(samples);
  return status;
}
