/* The registries as flat lists: see items.h. Walked anew at each call; they are short. */
#include "support/items.h"

#include <assert.h>
#include <string.h>

#include "lunet.h"
#include "support/support.h"

int items_count(const char *kind) {
  int count = 0;
  for (int k = 0; ln_kinds[k] != NULL; k++)
    for (int i = 0; ln_kinds[k]->types[i] != NULL; i++) count += kind == NULL || strcmp(kind, ln_kinds[k]->name) == 0;
  return count;
}

const LnType *items_at(const char *kind, int index) {
  for (int k = 0; ln_kinds[k] != NULL; k++) {
    if (kind != NULL && strcmp(kind, ln_kinds[k]->name) != 0) continue;
    for (int i = 0; ln_kinds[k]->types[i] != NULL; i++)
      if (index-- == 0) return ln_kinds[k]->types[i];
  }
  assert(!"index within items_count");
  return NULL;
}

const LnType *test_type(const char *kind, const char *name) {
  for (int i = 0; i < items_count(kind); i++)
    if (strcmp(items_at(kind, i)->name, name) == 0) return items_at(kind, i);
  ck_abort_msg("no item %s.%s", kind, name);
  return NULL;
}

static int cases_of(const LnType *type) {
  int count = 0;
  while (type->cases != NULL && type->cases[count].options != NULL) count++;
  return count;
}

int cases_count(const char *kind) {
  int count = 0;
  for (int i = 0; i < items_count(kind); i++) count += cases_of(items_at(kind, i));
  return count;
}

ItemCase cases_at(const char *kind, int index) {
  for (int i = 0; i < items_count(kind); i++) {
    const LnType *type = items_at(kind, i);
    if (index < cases_of(type)) return (ItemCase){type, &type->cases[index]};
    index -= cases_of(type);
  }
  assert(!"index within cases_count");
  return (ItemCase){NULL, NULL};
}

double case_tolerance(const LnCase *example) {
  return example->tolerance == 0 ? 1e-3 : example->tolerance;
}

static int params_of(const LnType *type) {
  int count = 0;
  while (type->params != NULL && type->params[count].kind != LN_PARAM_END) count++;
  return count;
}

int params_count(void) {
  int count = 0;
  for (int i = 0; i < items_count(NULL); i++) count += params_of(items_at(NULL, i));
  return count;
}

ItemParam params_at(int index) {
  for (int i = 0; i < items_count(NULL); i++) {
    const LnType *type = items_at(NULL, i);
    if (index < params_of(type)) return (ItemParam){type, &type->params[index]};
    index -= params_of(type);
  }
  assert(!"index within params_count");
  return (ItemParam){NULL, NULL};
}
