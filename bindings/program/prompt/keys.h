/* What keys do at the prompt, beyond what the library that edits lines does by itself. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_KEYS_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_KEYS_H

#include <stdbool.h>

#include "bindings/program/prompt/reader.h"

/* Returns whether chunks are typed as a whole. */
bool keys_start(LineReader *reader);

void keys_begin(void); /* a new text */
bool keys_drop(void);  /* it is left with Ctrl-C: shows that; whether it is the first time */
void keys_end(void);   /* it was given */
void keys_resized(void);
void keys_suspended(void);

#endif
