/* Status codes and error messages: see status.h. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

LnStatus ln_fail(LnError *err, LnStatus status, const char *format, ...) {
  if (err == NULL) return status;
  va_list args;
  va_start(args, format);
  vsnprintf(err->msg, sizeof err->msg, format, args);
  va_end(args);
  err->status = status;
  return status;
}

LnStatus ln_error_prefix(LnError *err, LnStatus status, const char *format, ...) {
  if (status == LN_OK || err == NULL) return status;
  char context[sizeof err->msg];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(context, sizeof context, format, args);
  va_end(args);
  if (length < 0) return status;
  size_t room = sizeof context - 1;
  size_t used = (size_t)length < room ? (size_t)length : room;
  size_t rest = strlen(err->msg);
  if (rest > room - used) rest = room - used;
  memcpy(context + used, err->msg, rest);
  context[used + rest] = '\0';
  memcpy(err->msg, context, sizeof err->msg);
  return status;
}
