/* JPEG: a check that a file is whole, before stb_image sees it.
 *
 * stb_image 2.27 believes the counts of a Huffman table and writes past its own when they add up to more than 256; and
 * it does not miss the end of a file. Format: ITU-T T.81, annex B. */
#include "image/codec.h"

/* A DHT segment holds tables of: class and number, 16 counts, as many symbols as these say. */
static bool tables_fit(const uint8_t *at, int64_t left) {
  while (left >= 17) {
    int64_t symbols = 0;
    for (int i = 1; i <= 16; i++) symbols += at[i];
    if (symbols > 256) return false;
    at += 17 + symbols;
    left -= 17 + symbols;
  }
  return left == 0;
}

/* Markers without a length: padding, stuffed zeros, restarts, start of image; all else in scans is data. */
static bool stands_alone(uint8_t marker) {
  return marker == 0xFF || marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

LnStatus ln_jpeg_check(const uint8_t *bytes, size_t n, LnError *err) {
  size_t at = 2;
  while (n - at >= 2) {
    uint8_t marker = bytes[at + 1];
    if (bytes[at] != 0xFF || stands_alone(marker)) {
      at++;
      continue;
    }
    if (marker == 0xD9) return LN_OK;
    if (n - at < 4) break;
    size_t length = (size_t)bytes[at + 2] << 8 | bytes[at + 3]; /* counts itself */
    if (length < 2) return ln_fail(err, LN_EFORMAT, "damaged: the JPEG segment at byte %zu has no length", at + 1);
    if (length > n - at - 2) break;
    if (marker == 0xC4 && !tables_fit(bytes + at + 4, (int64_t)length - 2))
      return ln_fail(err, LN_EFORMAT, "damaged: the JPEG Huffman tables at byte %zu do not fit", at + 1);
    at += 2 + length;
  }
  return ln_fail(err, LN_EFORMAT, "cut short after %zu bytes", n);
}
