/* Parsing the header of .npy files: see npy_header.h. Python's literals are read as far as NumPy writes them: strings
 * without escapes, True and False, tuples of whole numbers. */
#include "store/npy_header.h"

#include <ctype.h>
#include <string.h>

#include "base/escape.h"

/* ---- Words of the text ---- */

static void skip_space(const char **at) {
  while (isspace((unsigned char)**at)) ++*at;
}

/* Whether the character comes next, after white space; it is passed then. */
static bool take(const char **at, char c) {
  skip_space(at);
  if (**at != c) return false;
  ++*at;
  return true;
}

static bool take_word(const char **at, const char *word) {
  size_t n = strlen(word);
  skip_space(at);
  if (strncmp(*at, word, n) != 0 || isalnum((unsigned char)(*at)[n])) return false;
  *at += n;
  return true;
}

/* A string in quotes: its beginning and length. */
static bool take_string(const char **text, size_t *n, const char **at) {
  skip_space(at);
  char quote = **at;
  if (quote != '\'' && quote != '"') return false;
  const char *end = strchr(*at + 1, quote);
  if (end == NULL || memchr(*at, '\\', (size_t)(end - *at)) != NULL) return false;
  *text = *at + 1;
  *n = (size_t)(end - *text);
  *at = end + 1;
  return true;
}

/* A whole number of at least 0; Python 2 wrote an L behind some. */
static bool take_size(int64_t *size, const char **at) {
  skip_space(at);
  if (!isdigit((unsigned char)**at)) return false;
  for (*size = 0; isdigit((unsigned char)**at); ++*at)
    if (__builtin_mul_overflow(*size, 10, size) || __builtin_add_overflow(*size, **at - '0', size)) return false;
  if (**at == 'L') ++*at;
  return true;
}

/* ---- Values ---- */

static LnStatus read_shape(LnNpyHeader *out, const char **at, LnError *err) {
  bool more = true;
  int dims = 0;
  if (!take(at, '(')) return ln_fail(err, LN_EFORMAT, "header: 'shape' is no tuple");
  while (!take(at, ')')) {
    int64_t size;
    if (!more || !take_size(&size, at))
      return ln_fail(err, LN_EFORMAT, "header: size %d of 'shape' is not a whole number of at least 0", dims + 1);
    if (dims < LN_MAX_DIMS) out->shape.d[dims] = size;
    dims++;
    more = take(at, ',');
  }
  if (dims == 1 && !more) return ln_fail(err, LN_EFORMAT, "header: 'shape' is no tuple");
  if (dims > LN_MAX_DIMS)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: %d dimensions; at most %d are read", dims, LN_MAX_DIMS);
  out->shape.n = dims;
  return LN_OK;
}

/* Types of numbers, by what NumPy calls them behind the byte order. */
static const struct {
  const char *code;
  LnDtypeKind kind;
  int bytes;
} types[] = {{"b1", LN_DTYPE_BOOL, 1},     {"i1", LN_DTYPE_SIGNED, 1},   {"i2", LN_DTYPE_SIGNED, 2},
             {"i4", LN_DTYPE_SIGNED, 4},   {"i8", LN_DTYPE_SIGNED, 8},   {"u1", LN_DTYPE_UNSIGNED, 1},
             {"u2", LN_DTYPE_UNSIGNED, 2}, {"u4", LN_DTYPE_UNSIGNED, 4}, {"u8", LN_DTYPE_UNSIGNED, 8},
             {"f2", LN_DTYPE_FLOAT, 2},    {"f4", LN_DTYPE_FLOAT, 4},    {"f8", LN_DTYPE_FLOAT, 8}};

/* What NumPy has and float32 has not: the letter, and what is stored there. */
static const char *const others[] = {"c", "complex numbers",  "f", "floats of that size", "O", "objects (a pickle)",
                                     "S", "bytes of text",    "a", "bytes of text",       "U", "text",
                                     "V", "structured dtypes", "M", "dates",              "m", "durations", NULL};

/* code: n bytes, such as "<f4" */
static LnStatus read_type(LnDtype *out, const char *code, size_t n, LnError *err) {
  bool ordered = n > 0 && strchr("<>=|", code[0]) != NULL && code[0] != '\0';
  const char *rest = code + ordered;
  size_t left = n - ordered;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (left == 2 && memcmp(rest, types[i].code, 2) == 0) {
      *out = (LnDtype){types[i].kind, types[i].bytes, code[0] == '>' && types[i].bytes > 1};
      return LN_OK;
    }
  for (int i = 0; left > 0 && others[i] != NULL; i += 2)
    if (rest[0] == others[i][0])
      return ln_fail(err, LN_EUNSUPPORTED, "not supported: dtype '%s', %s", LN_ESCAPED_BYTES(code, n), others[i + 1]);
  return ln_fail(err, LN_EFORMAT, "there is no dtype '%s'", LN_ESCAPED_BYTES(code, n));
}

static LnStatus read_descr(LnNpyHeader *out, const char **at, LnError *err) {
  const char *code;
  size_t n;
  skip_space(at);
  if (**at == '[' || **at == '(')
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: a structured dtype; save its fields one by one");
  if (!take_string(&code, &n, at)) return ln_fail(err, LN_EFORMAT, "header: 'descr' is no string");
  return read_type(&out->type, code, n, err);
}

static LnStatus read_order(LnNpyHeader *out, const char **at, LnError *err) {
  out->fortran = take_word(at, "True");
  if (out->fortran || take_word(at, "False")) return LN_OK;
  return ln_fail(err, LN_EFORMAT, "header: 'fortran_order' is neither True nor False");
}

static const struct {
  const char *name;
  LnStatus (*read)(LnNpyHeader *out, const char **at, LnError *err);
} keys[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};
enum { KEYS = sizeof keys / sizeof *keys };

/* found: a bit for each key that was there */
static LnStatus read_pair(LnNpyHeader *out, unsigned *found, const char **at, LnError *err) {
  const char *name;
  size_t n;
  if (!take_string(&name, &n, at) || !take(at, ':')) return ln_fail(err, LN_EFORMAT, "header: not a Python dictionary");
  for (unsigned i = 0; i < KEYS; i++) {
    if (strlen(keys[i].name) != n || memcmp(keys[i].name, name, n) != 0) continue;
    if (*found >> i & 1) return ln_fail(err, LN_EFORMAT, "header: '%s' is there twice", keys[i].name);
    *found |= 1u << i;
    return keys[i].read(out, at, err);
  }
  return ln_fail(err, LN_EFORMAT, "header: there is no key '%s'", LN_ESCAPED_BYTES(name, n));
}

static LnStatus count_bytes(LnNpyHeader *out, LnError *err) {
  int64_t bytes = out->type.bytes;
  bool empty = false;
  for (int i = 0; i < out->shape.n; i++) {
    empty = empty || out->shape.d[i] == 0;
    if (__builtin_mul_overflow(bytes, out->shape.d[i] == 0 ? 1 : out->shape.d[i], &bytes) || bytes > INT64_MAX / 16)
      return ln_fail(err, LN_EFORMAT, "its shape has too many elements");
  }
  out->bytes = empty ? 0 : bytes;
  return LN_OK;
}

LnStatus ln_npy_parse(LnNpyHeader *out, const char *text, size_t n, LnError *err) {
  const char *at = text;
  unsigned found = 0;
  bool more = true;
  if (memchr(text, '\0', n) != NULL || !take(&at, '{'))
    return ln_fail(err, LN_EFORMAT, "header: not a Python dictionary");
  *out = (LnNpyHeader){0};
  while (!take(&at, '}')) {
    if (!more) return ln_fail(err, LN_EFORMAT, "header: not a Python dictionary");
    LN_TRY(read_pair(out, &found, &at, err));
    more = take(&at, ',');
  }
  skip_space(&at);
  if (*at != '\0') return ln_fail(err, LN_EFORMAT, "header: something follows the dictionary");
  for (unsigned i = 0; i < KEYS; i++)
    if (!(found >> i & 1)) return ln_fail(err, LN_EFORMAT, "header: '%s' is missing", keys[i].name);
  return count_bytes(out, err);
}
