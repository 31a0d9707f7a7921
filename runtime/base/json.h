/* JSON through jansson, with this library's memory and errors. */
#ifndef LUNET_BASE_JSON_H
#define LUNET_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/status.h"

/* Parse text of a given length; what names the source in messages. Duplicate keys and trailing text are errors;
 * LN_ELIMIT, before memory is taken, for values that would take more than 384 MB. */
LnStatus ln_json_parse(json_t **out, const char *text, size_t length, const char *what, LnError *err);
/* Whether text is UTF-8, as JSON needs. */
bool ln_json_takes(const char *text);
/* Compact text, keys in the order they were added; ln_alloc'ed. */
LnStatus ln_json_print(char **out, const json_t *value, LnError *err);

#endif
