/* An option table with every kind of option, for the tests of this folder. */
#ifndef LUNET_TESTS_BASE_TABLE_H
#define LUNET_TESTS_BASE_TABLE_H

#include "support/support.h"

typedef struct TableOptions {
  int64_t filters, kernel[2], padding, sides[4];
  double rate, slope, range, scale[2];
  bool bias;
  int mode;
  char *name;
} TableOptions;

extern const LnType table_type;

#endif
