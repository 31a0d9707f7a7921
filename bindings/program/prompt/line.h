/* One line of the prompt: read with editing and history where there is a terminal. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_LINE_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_LINE_H

#include <stdbool.h>

#include <lua.h>

typedef struct LineReader {
  lua_State *L;            /* gets the lines, and answers what a word can become */
  const char *pending;     /* the lines of an unfinished chunk that came before the one being read */
  char history_path[4096]; /* "" when there is no place for a history */
  char *line;              /* what readline gave, malloc'ed; NULL at the end of the input */
  bool done;               /* a line was given */
  bool in_string;          /* the word to be completed is within quotes */
} LineReader;

typedef enum LineResult { LINE_READ, LINE_END, LINE_INTERRUPTED } LineResult;

void line_start(LineReader *reader, lua_State *L);             /* loads the history */
LineResult line_read(LineReader *reader, const char *prompt); /* pushes the line when there is one */
void line_remember(LineReader *reader, const char *line);

#endif
