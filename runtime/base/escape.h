/* Bytes of a file in a message: nothing that a terminal would obey, and always UTF-8. */
#ifndef LUNET_BASE_ESCAPE_H
#define LUNET_BASE_ESCAPE_H

#include <stddef.h>
#include <string.h>

/* The n bytes of `text` into `out`, which has room for `room` bytes: control characters and bytes that are not UTF-8
 * become "\x1b"; what does not fit is cut off between characters. Returns `out`, which ends in a NUL. */
const char *ln_escape(char *out, size_t room, const void *text, size_t n);

/* For long names in the arguments of a message, and for bytes that may hold a NUL: at most 120 bytes come of it. What
 * ln_fail makes a message of is escaped anyway. */
#define LN_ESCAPED_BYTES(text, n) ln_escape((char[121]){0}, 121, (text), (n))
#define LN_ESCAPED(text) LN_ESCAPED_BYTES(text, strlen(text))

#endif
