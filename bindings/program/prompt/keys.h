/* What keys do at the prompt, beyond what the library that edits lines does by itself. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_KEYS_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_KEYS_H

#include <stdbool.h>

#include "bindings/program/prompt/reader.h"

/* Returns whether chunks are typed as a whole. */
bool keys_start(LineReader *reader);

/* What is typed, malloc'ed; NULL at the end of the input, and maybe where Ctrl-C came, which remains to be taken. */
char *keys_read(const char *prompt);

#endif
