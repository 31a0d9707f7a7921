/* What was typed at earlier prompts and at this one: in the list of the library that edits lines, and in a file. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_HISTORY_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_HISTORY_H

void history_start(void);            /* loads the file */
void history_note(const char *text); /* one entry, of one line or several */

#endif
