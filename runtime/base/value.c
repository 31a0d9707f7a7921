/* Values in messages: see value.h. */
#include "base/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"

const char *ln_number_text(char *text, double number) {
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(text, LN_NUMBER_TEXT, "%.*g", digits, number);
    if (isnan(number) || strtod(text, NULL) == number) break;
  }
  return text;
}

const char *ln_value_text(const LnValue *value, char *text, size_t size) {
  char number[LN_NUMBER_TEXT];
  switch (value->kind) {
    case LN_NIL: snprintf(text, size, "nothing"); break;
    case LN_BOOLEAN: snprintf(text, size, "%s", value->boolean ? "true" : "false"); break;
    case LN_INTEGER: snprintf(text, size, "%" PRId64, value->integer); break;
    case LN_NUMBER: snprintf(text, size, "%s", ln_number_text(number, value->number)); break;
    case LN_TEXT: snprintf(text, size, "'%s'", LN_ESCAPED(value->text)); break;
    case LN_LIST: snprintf(text, size, "a list of %d", value->count); break;
    case LN_OBJECT: value->of->describe(value->object, text, size); break;
  }
  return text;
}
