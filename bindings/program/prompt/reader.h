/* What is known while lines are read: of the text that is typed, and of the chunk that it is a part of. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_READER_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_READER_H

#include <stdbool.h>

#include <lua.h>

typedef struct LineReader {
  lua_State *L;        /* gets the lines, and answers what the Lua half knows */
  const char *pending; /* the lines of an unfinished chunk that came before the one being read */
  bool edits;          /* there is a terminal, and a library that edits lines */
  bool whole;          /* chunks are typed as a whole */
  bool noted;          /* what was typed is in the history already, all its lines as one entry */
  int given;           /* how many of its lines, a table in the registry, were given */
  int interrupts;      /* lnb_interrupt_count when it was typed: Ctrl-C drops the lines that follow */
} LineReader;

#endif
