/* Single values on their way in or out of options, and how values stand in messages. */
#ifndef LUNET_BASE_VALUE_H
#define LUNET_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef enum LnValueKind { LN_NIL, LN_BOOLEAN, LN_INTEGER, LN_NUMBER, LN_TEXT, LN_LIST, LN_OBJECT } LnValueKind;

/* Objects that options hold, of a class that base knows nothing of. */
typedef struct LnObjectClass {
  const char *noun; /* "a tensor" */
  LnStatus (*copy)(void **out, const void *object, LnError *err);
  void (*release)(void *object); /* NULL is legal */
  void (*describe)(const void *object, char *text, size_t size); /* "a tensor of 1x64x64" */
} LnObjectClass;

typedef struct LnValue {
  LnValueKind kind;
  bool boolean;
  int64_t integer;
  double number;
  const char *text; /* borrowed */
  int count;        /* LIST: how many numbers came; those past 4 are not kept */
  double list[4];
  const void *object; /* OBJECT: borrowed */
  const LnObjectClass *of;
} LnValue;

enum { LN_NUMBER_TEXT = 32 }; /* characters that a number takes at most, with the NUL */

/* A number in as few digits as give it back: "0.1", "1e-08", "inf". Returns text, which has room for LN_NUMBER_TEXT. */
const char *ln_number_text(char *text, double number);
/* A value for a message: "'sam'" (escaped and cut), "3.5", "true", "a list of 3", "nothing". Returns text. */
const char *ln_value_text(const LnValue *value, char *text, size_t size);

#endif
