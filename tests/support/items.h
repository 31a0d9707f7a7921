/* The registries as flat lists, for libcheck's loop tests: a new item is tested as soon as it is listed. */
#ifndef LUNET_TESTS_ITEMS_H
#define LUNET_TESTS_ITEMS_H

#include "base/type.h"

/* kind: "nn", "loss", ...; NULL for all kinds. Index from 0. */
int items_count(const char *kind);
const LnType *items_at(const char *kind, int index);
/* By name; fails the test when there is none. */
const LnType *test_type(const char *kind, const char *name);

/* Every example case of every item of a kind. */
typedef struct ItemCase {
  const LnType *type;
  const LnCase *example;
} ItemCase;
int cases_count(const char *kind);
ItemCase cases_at(const char *kind, int index);
double case_tolerance(const LnCase *example); /* that it states, or else 1e-3 */

/* Every option of every item. */
typedef struct ItemParam {
  const LnType *type;
  const LnParam *param;
} ItemParam;
int params_count(void);
ItemParam params_at(int index);

#endif
