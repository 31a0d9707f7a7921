/* Numbers from elsewhere: what PyTorch, SciPy and others make of an item, or a closed form computed in double.
 *
 * tests/<kind>/<name>.py states the cases and who computes them. `python3 tests/reference/write.py <that file>` writes
 * tests/<kind>/<name>_values.c, which ends in KNOWN_VALUES; tests/<kind>/known.c runs all that there are. Where nothing
 * else computes an item, a test in tests/<kind>/<name>.c does so and is added by tcase_add_known. An item with neither
 * fails a test. */
#ifndef LUNET_TESTS_KNOWN_H
#define LUNET_TESTS_KNOWN_H

#include "support/items.h"
#include "support/support.h"

/* Cases of one item. Their type belongs to the kind: tests/<kind>/known.h. */
typedef struct KnownValues {
  const char *kind, *name; /* of the item */
  const void *cases;
  size_t size; /* of one */
  int n;
  struct KnownValues *next;
} KnownValues;
void known_register(KnownValues *values);

#define KNOWN_VALUES(kind_, name_, cases_)                          \
  __attribute__((constructor)) static void register_values_(void) { \
    static KnownValues values = {.kind = kind_,                     \
                                 .name = name_,                     \
                                 .cases = cases_,                   \
                                 .size = sizeof *(cases_),          \
                                 .n = sizeof(cases_) / sizeof *(cases_)}; \
    known_register(&values);                                        \
  }

/* All cases in this program, and the item that one belongs to. Index from 0. */
int known_count(void);
const void *known_at(const LnType **type, int index);

/* Add a test whose numbers come from elsewhere than the code: `source` names the call that made them, or the closed
 * form. */
#define tcase_add_known(tests, type, source, test) (known_claim(type, source), tcase_add_test(tests, test))
void known_claim(const LnType *type, const char *source);

/* What is kept of n numbers: the largest magnitude, projections on formula vectors, the first, the middle, the last. */
typedef struct Digest {
  const char *name;
  int64_t n;
  double largest, projection[2], element[3];
} Digest;

/* tolerance: relative to the largest magnitude; for a projection, such an error in every element, at random. */
void check_digest(const Digest *want, const LnTensor *got, double tolerance);

/* A test case for a suite named after a kind: every item has numbers from elsewhere. Nothing for other suites. */
void known_add_tests(Suite *suite, const char *folder);

#endif
