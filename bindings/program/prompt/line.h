/* Lines of the prompt: read with editing and history where there is a terminal.
 *
 * Where the terminal can show several lines, a chunk is typed, changed and recalled as a whole, and given line by line
 * once it is complete; else each line is read by itself. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_LINE_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_LINE_H

#include "bindings/program/prompt/reader.h"

/* LINE_ABANDONED: the unfinished chunk gets no more lines. */
typedef enum LineResult { LINE_READ, LINE_END, LINE_INTERRUPTED, LINE_ABANDONED } LineResult;

void line_start(LineReader *reader, lua_State *L);
LineResult line_read(LineReader *reader, const char *prompt); /* pushes the line when there is one */
/* How keys edit: "emacs" or "vi", after setting it where that is not NULL; NULL where the library has no such choice. */
const char *line_editing_mode(const LineReader *reader, const char *set);
void line_remember(LineReader *reader, const char *text);     /* a chunk, of one line or several */

#endif
