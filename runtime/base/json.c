/* JSON through jansson: see json.h. */
#include "base/json.h"

#include "base/escape.h"
#include "base/memory.h"

/* Memory that the values of one text may take: enough for a saved network of 100,000 layers. */
#define MOST_BYTES ((double)(3 << 27))

/* jansson's parser does not survive running out of memory: it drops the letter that it could not store and reads on,
 * past the end of a string whose closing quote it dropped. So a failed allocation is noted and tried once more, for the
 * parser to come to an end, and what it returns is thrown away. */
static _Thread_local bool parsing, out_of_memory;

static void *counted_alloc(size_t bytes) {
  void *block = ln_alloc_plain(bytes);
  if (block != NULL) return block;
  out_of_memory = true;
  return parsing ? ln_alloc_plain(bytes) : NULL;
}

/* Before main, so that all of our values are counted. Others in the process may have values already, which they will
 * free through this. */
__attribute__((constructor)) static void use_counted_memory(void) {
  json_set_alloc_funcs(counted_alloc, ln_free_plain);
}

/* What jansson takes for the values of a text, by its marks outside strings; a string takes little more than its text,
 * and is not counted. Two letters may be a value of 232 bytes, so that a text's length says little. */
static double memory_of(const char *text, size_t length) {
  double bytes = 0;
  bool quoted = false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') i++;
    if (quoted) continue;
    if (text[i] == '{') bytes += 232; /* an object and its table of 8 places */
    if (text[i] == '[') bytes += 136; /* a list with room for 8 values */
    if (text[i] == ':') bytes += 80;  /* a key */
    if (text[i] == ',') bytes += 48;  /* a number, or a string's head */
  }
  return bytes;
}

static LnStatus check_memory(const char *text, size_t length, const char *what, LnError *err) {
  double bytes = memory_of(text, length);
  if (bytes <= MOST_BYTES) return LN_OK;
  return ln_fail(err, LN_ELIMIT, "%s: too large: %.3g GB of memory for its values, the limit is %.3g GB", what,
                 bytes / (1 << 30), MOST_BYTES / (1 << 30));
}

LnStatus ln_json_parse(json_t **out, const char *text, size_t length, const char *what, LnError *err) {
  json_error_t where;
  LN_TRY(check_memory(text, length, what, err));
  parsing = true, out_of_memory = false;
  json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
  parsing = false;
  if (out_of_memory) return json_decref(value), ln_fail_memory(err, what, length);
  if (value == NULL)
    return ln_fail(err, LN_EFORMAT, "%s: not valid JSON: line %d, column %d: %s", what, where.line, where.column,
                   LN_ESCAPED(where.text));
  *out = value;
  return LN_OK;
}

LnStatus ln_json_print(char **out, const json_t *value, LnError *err) {
  out_of_memory = false;
  char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
  char *copy = text == NULL || out_of_memory ? NULL : ln_strdup(text); /* after a failure a key may be missing */
  ln_free_plain(text);
  if (copy == NULL) return ln_fail_memory(err, "JSON text", 0);
  *out = copy;
  return LN_OK;
}

bool ln_json_takes(const char *text) {
  out_of_memory = false;
  json_t *string = json_string(text);
  json_decref(string);
  return string != NULL || out_of_memory;
}
