/* See known.h. */
#include "support/known.h"

#include <assert.h>
#include <stdio.h>

#include "lunet.h"
#include "support/formula.h"

static KnownValues *all; /* sorted by name */

void known_register(KnownValues *values) {
  KnownValues **at = &all;
  while (*at != NULL && strcmp((*at)->name, values->name) < 0) at = &(*at)->next;
  values->next = *at;
  *at = values;
}

int known_count(void) {
  int count = 0;
  for (const KnownValues *v = all; v != NULL; v = v->next) count += v->n;
  return count;
}

static const LnKind *find_kind(const char *name) {
  for (int k = 0; ln_kinds[k] != NULL; k++)
    if (strcmp(ln_kinds[k]->name, name) == 0) return ln_kinds[k];
  return NULL;
}

const void *known_at(const LnType **type, int index) {
  for (const KnownValues *v = all; v != NULL; index -= v->n, v = v->next) {
    if (index >= v->n) continue;
    *type = test_type(v->kind, v->name);
    return (const char *)v->cases + (size_t)index * v->size;
  }
  ck_abort_msg("index within known_count");
  return NULL;
}

enum { MOST_CLAIMS = 64 };
static const LnType *claimed[MOST_CLAIMS];
static int n_claimed;

void known_claim(const LnType *type, const char *source) {
  assert(n_claimed < MOST_CLAIMS && strchr(source, ' ') != NULL);
  claimed[n_claimed++] = type;
}

void check_digest(const Digest *want, const LnTensor *got, double tolerance) {
  int64_t n = ln_shape_count(got->shape);
  ck_assert_msg(n == want->n, "%s: %lld elements, expected %lld", want->name, (long long)n, (long long)want->n);
  float *values = malloc((size_t)n * sizeof *values);
  ck_assert_ptr_nonnull(values);
  ln_tensor_read(values, got);
  for (int k = 0; k < 3; k++) {
    int64_t at = k * (n - 1) / 2;
    double value = values[at];
    ck_assert_msg(fabs(value - want->element[k]) <= tolerance * want->largest,
                  "%s: element %lld of %lld: got %.9g, want %.9g, largest %.3g", want->name, (long long)at + 1,
                  (long long)n, value, want->element[k], want->largest);
  }
  for (int k = 0; k < 2; k++) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)values[i] * test_formula(i, (uint32_t)(100 + k), -1, 1);
    ck_assert_msg(fabs(sum - want->projection[k]) <= tolerance * want->largest * sqrt((double)n),
                  "%s: projection %d: got %.9g, want %.9g, largest %.3g", want->name, k + 1, sum, want->projection[k],
                  want->largest);
  }
  free(values);
}

static const LnKind *kind; /* that the suite is of */

/* Kinds that have numbers of other libraries at all have a file in tests/reference that writes them. */
START_TEST(has_known_numbers) {
  const LnType *type = kind->types[_i];
  char script[192] = "";
  bool found = false;
  for (const KnownValues *v = all; v != NULL; v = v->next) found |= strcmp(v->name, type->name) == 0 && v->n > 0;
  for (int i = 0; i < n_claimed; i++) found |= claimed[i] == type;
  if (all != NULL)
    snprintf(script, sizeof script,
             "write tests/%s/%s.py, as for its neighbours, and run python3 tests/reference/write.py tests/%s/%s.py; "
             "or ",
             kind->name, type->name, kind->name, type->name);
  ck_assert_msg(found,
                "%s.%s: no reference case; %scompute it in double in a test of tests/%s/%s.c, and add that test by "
                "tcase_add_known(tests, type, \"closed form: ...\", test)",
                kind->name, type->name, script, kind->name, type->name);
}
END_TEST

void known_add_tests(Suite *suite, const char *folder) {
  int count = 0;
  kind = find_kind(folder);
  if (kind == NULL) return;
  while (kind->types[count] != NULL) count++;
  TCase *tests = tcase_create("every_item");
  tcase_add_loop_test(tests, has_known_numbers, 0, count);
  suite_add_tcase(suite, tests);
}
