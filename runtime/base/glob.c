/* Patterns of names: see glob.h. */
#include "base/glob.h"

#include <stddef.h>

/* After a mismatch the latest * takes one character more: earlier ones need not be tried again. */
bool ln_glob(const char *pattern, const char *text) {
  const char *star = NULL, *resume = NULL;
  while (*text != '\0') {
    if (*pattern == '*') {
      star = pattern++, resume = text;
    } else if (*pattern == *text || *pattern == '?') {
      pattern++, text++;
    } else if (star != NULL) {
      pattern = star + 1, text = ++resume;
    } else {
      return false;
    }
  }
  while (*pattern == '*') pattern++;
  return *pattern == '\0';
}
