/* Patterns of names: * stands for any characters, also none, and ? for one. */
#ifndef LUNET_BASE_GLOB_H
#define LUNET_BASE_GLOB_H

#include <stdbool.h>

bool ln_glob(const char *pattern, const char *text); /* whether the whole text is such */

#endif
