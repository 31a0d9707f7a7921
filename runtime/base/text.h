/* Text for people to read. */
#ifndef LUNET_BASE_TEXT_H
#define LUNET_BASE_TEXT_H

#include <stddef.h>

/* Copies `text` into out[0 .. room-1], as much as fits, with every byte that a terminal should not get as \x1b: control
 * characters and what is not UTF-8. For text with parts that came from a file or from a path. */
void ln_text_escape(char *out, size_t room, const char *text);

#endif
