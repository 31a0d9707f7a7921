/* JSON through jansson: see json.h. */
#include "base/json.h"

#include <stdbool.h>

#include "base/memory.h"

/* When memory runs out, jansson reports whatever its parser makes of the missing token; this tells the two apart. */
static _Thread_local bool out_of_memory;

static void *counted_alloc(size_t bytes) {
  void *block = ln_alloc(bytes);
  if (block == NULL) out_of_memory = true;
  return block;
}

/* Before main: a value made with one allocator must not be freed with another, whichever function comes first. */
__attribute__((constructor)) static void use_counted_memory(void) {
  json_set_alloc_funcs(counted_alloc, ln_free);
}

LnStatus ln_json_parse(json_t **out, const char *text, size_t length, const char *what, LnError *err) {
  json_error_t where;
  out_of_memory = false;
  json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
  if (value == NULL) {
    if (out_of_memory) return ln_fail_memory(err, what, length);
    return ln_fail(err, LN_EFORMAT, "%s: not valid JSON: line %d, column %d: %s", what, where.line, where.column, where.text);
  }
  *out = value;
  return LN_OK;
}

LnStatus ln_json_print(char **out, const json_t *value, LnError *err) {
  *out = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
  return *out == NULL ? ln_fail_memory(err, "JSON text", 0) : LN_OK;
}
