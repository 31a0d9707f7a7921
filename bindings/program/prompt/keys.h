/* What keys do at the prompt, beyond what the library that edits lines does by itself. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_KEYS_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_KEYS_H

#include <stdbool.h>

#include "bindings/program/prompt/reader.h"

/* Returns whether chunks are typed as a whole. */
bool keys_start(LineReader *reader);

void keys_begin(void);           /* a new text */
void keys_end(const char *mark); /* no more is typed: goes to the line below, with a mark behind the text */
void keys_resized(void);
void keys_suspended(void);

#endif
