/* See escape.h. */
#include "base/escape.h"

#include <stdint.h>
#include <stdio.h>

/* How many of the n bytes at `at` are one character that can be shown, or 0. UTF-8 by RFC 3629: no surrogates, no
 * longer forms than needed, nothing above U+10FFFF. Controls are U+0000..1F and U+007F..9F; U+202A..E and U+2066..9,
 * which turn the direction of what follows, and the line ends U+2028 and U+2029 are held to be some too. */
static size_t shown(const uint8_t *at, size_t n) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t length = at[0] < 0x80 ? 1 : at[0] >> 5 == 0x6 ? 2 : at[0] >> 4 == 0xe ? 3 : at[0] >> 3 == 0x1e ? 4 : 0;
  if (length == 0 || length > n) return 0;
  uint32_t code = length == 1 ? at[0] : at[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++) {
    if (at[i] >> 6 != 2) return 0;
    code = code << 6 | (at[i] & 0x3f);
  }
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return 0;
  return length;
}

const char *ln_escape(char *out, size_t room, const void *text, size_t n) {
  const uint8_t *at = text, *end = at + n;
  size_t used = 0;
  while (at < end) {
    size_t length = shown(at, (size_t)(end - at)), needed = length == 0 ? 4 : length;
    if (used + needed >= room) break;
    if (length == 0)
      snprintf(out + used, room - used, "\\x%02x", *at++);
    else
      memcpy(out + used, at, length), at += length;
    used += needed;
  }
  out[used] = '\0';
  return out;
}
