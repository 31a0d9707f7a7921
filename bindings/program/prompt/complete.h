/* Tab completion. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_COMPLETE_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_COMPLETE_H

#include "bindings/program/prompt/reader.h"

void complete_start(LineReader *reader);

#endif
