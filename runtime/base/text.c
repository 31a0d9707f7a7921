/* See text.h. */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bytes of the character that begins here, 1 to 4; 0 for a control character and for what is not UTF-8. */
static size_t printable(const uint8_t *at) {
  static const struct {
    uint32_t mask, lead, least;
  } kinds[] = {{0x80, 0, 0x20}, {0xE0, 0xC0, 0xA0}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
  for (size_t length = 1; length <= 4; length++) {
    if ((*at & kinds[length - 1].mask) != kinds[length - 1].lead) continue;
    uint32_t code = *at & ~kinds[length - 1].mask;
    for (size_t i = 1; i < length; i++) {
      if ((at[i] & 0xC0) != 0x80) return 0;
      code = code << 6 | (at[i] & 0x3F);
    }
    if (code < kinds[length - 1].least || code == 0x7F || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
      return 0;
    return length;
  }
  return 0;
}

void ln_text_escape(char *out, size_t room, const char *text) {
  const uint8_t *at = (const uint8_t *)text;
  size_t used = 0;
  while (*at != '\0') {
    size_t length = printable(at);
    if (used + (length == 0 ? 4 : length) >= room) break;
    if (length > 0)
      memcpy(out + used, at, length);
    else
      snprintf(out + used, room - used, "\\x%02x", *at);
    used += length == 0 ? 4 : length;
    at += length == 0 ? 1 : length;
  }
  out[used] = '\0';
}
