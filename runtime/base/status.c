/* Status codes and error messages: see status.h. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

LnStatus ln_fail(LnError *err, LnStatus status, const char *format, ...) {
  if (err == NULL) return status;
  char text[sizeof err->msg];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  ln_escape(err->msg, sizeof err->msg, text, strlen(text));
  err->status = status;
  return status;
}

LnStatus ln_error_prefix(LnError *err, LnStatus status, const char *format, ...) {
  if (status == LN_OK || err == NULL) return status;
  char context[sizeof err->msg], escaped[sizeof err->msg];
  va_list args;
  va_start(args, format);
  vsnprintf(context, sizeof context, format, args);
  va_end(args);
  ln_escape(escaped, sizeof escaped, context, strlen(context));
  size_t used = strlen(escaped), rest = strlen(err->msg), room = sizeof escaped - 1 - used;
  memcpy(escaped + used, err->msg, rest < room ? rest : room);
  escaped[used + (rest < room ? rest : room)] = '\0';
  memcpy(err->msg, escaped, sizeof err->msg);
  return status;
}
