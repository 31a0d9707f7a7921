/* Options of items as JSON. The first byte chooses the type; what is accepted is written and read back. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz/fuzz.h"
#include "lunet.h"

const char *const fuzz_covers = "runtime/base/type.c runtime/base/param.c runtime/base/json.c";

static const LnType *type_of(int number) {
  int n = 0;
  for (int k = 0; ln_kinds[k] != NULL; k++)
    for (int i = 0; ln_kinds[k]->types[i] != NULL; i++) n++;
  number %= n;
  for (int k = 0;; k++)
    for (int i = 0; ln_kinds[k]->types[i] != NULL; i++)
      if (number-- == 0) return ln_kinds[k]->types[i];
}

/* An item's text gives an item with the same text. */
static uint64_t check_round_trip(LnItem *item) {
  LnError err;
  LnItem *again = NULL;
  char *text = NULL, *second = NULL;
  if (ln_item_to_json(&text, item, &err) != LN_OK) abort();
  if (ln_item_from_json(&again, ln_item_type(item), text, &err) != LN_OK) abort();
  if (ln_item_to_json(&second, again, &err) != LN_OK || strcmp(text, second) != 0) abort();
  uint64_t hash = fuzz_hash_text(FUZZ_START, text);
  ln_item_unref(again);
  ln_free(text), ln_free(second);
  return hash;
}

uint64_t fuzz_target(const uint8_t *bytes, size_t n) {
  if (n == 0) return 0;
  LnError err = {LN_OK, ""};
  LnItem *item = NULL;
  char *text = fuzz_text(bytes + 1, n - 1);
  LnStatus status = ln_item_from_json(&item, type_of(bytes[0]), text, &err);
  uint64_t hash = fuzz_hash_status(status, &err);
  if (status == LN_OK) hash = check_round_trip(item);
  ln_item_unref(item);
  free(text);
  return hash;
}
