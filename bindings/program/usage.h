/* What the program says about itself, in tables: they parse the command line, print --help and make the man page. */
#ifndef LUNET_BINDINGS_PROGRAM_USAGE_H
#define LUNET_BINDINGS_PROGRAM_USAGE_H

#include <lua.h>

enum { PROGRAM_CODE = 1, PROGRAM_INTERACTIVE = 2, PROGRAM_HELP = 4, PROGRAM_VERSION = 8, PROGRAM_END = 16,
       PROGRAM_NO_INIT = 32 };

typedef struct ProgramOption {
  const char *name, *other; /* "--help", "-h" or NULL */
  const char *value;        /* what follows it: "code"; NULL: nothing */
  const char *text;
  unsigned flag;
} ProgramOption;

const ProgramOption *program_find_option(const char *name); /* NULL if there is none */
void program_show_help(lua_State *L);
/* The module lunet.program: { forms, options, environment }, lists of { left, text }, and the list of commands. */
int program_open_usage(lua_State *L);

#endif
