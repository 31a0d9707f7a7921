/* The library that edits lines: readline, libedit, which has a part of readline's functions, or none. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_EDITING_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_EDITING_H

#include <stdio.h> /* readline's header needs it */

#if defined HAVE_LIBEDIT
#include <editline/readline.h>
#define HAVE_EDITING
#elif defined HAVE_READLINE
#include <readline/history.h>
#include <readline/readline.h>
#define HAVE_EDITING
#endif

#endif
