/* Option tables: see param.h. */
#include "base/param.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "base/nearest.h"

/* The field of an options struct that a parameter describes. */
typedef union Field {
  int64_t *integer;
  LnSizes *sizes;
  double *number;
  bool *boolean;
  int *choice;
  char **text;
  void **object;
} Field;

static Field field_of(const void *options, const LnParam *param) {
  return (Field){.integer = (int64_t *)(void *)((char *)(uintptr_t)options + param->offset)};
}

/* How many numbers an option has. */
static int numbers_of(const LnParam *param) {
  bool pair = param->kind == LN_PARAM_INT2 || param->kind == LN_PARAM_FLOAT2;
  return param->kind == LN_PARAM_SIDES ? 4 : pair ? 2 : 1;
}

static int count_words(const LnParam *param) {
  int count = 0;
  while (param->choices != NULL && param->choices[count] != NULL) count++;
  return count;
}

void ln_params_default(void *options, const LnParam *params) {
  for (const LnParam *p = params; p != NULL && p->kind != LN_PARAM_END; p++) {
    Field field = field_of(options, p);
    switch (p->kind) {
      case LN_PARAM_INT:
      case LN_PARAM_INT2:
      case LN_PARAM_SIDES:
        for (int i = 0; i < numbers_of(p); i++) field.integer[i] = (int64_t)p->def;
        break;
      case LN_PARAM_FLOAT:
      case LN_PARAM_FLOAT2:
        for (int i = 0; i < numbers_of(p); i++) field.number[i] = p->def;
        break;
      case LN_PARAM_BOOL: *field.boolean = p->def != 0; break;
      case LN_PARAM_SIZES: *field.sizes = (LnSizes){0}; break;
      case LN_PARAM_CHOICE: *field.choice = (int)p->def; break;
      case LN_PARAM_STRING: *field.text = NULL; break;
      case LN_PARAM_OBJECT: *field.object = NULL; break;
      case LN_PARAM_END: break;
    }
  }
}

void ln_params_free(void *options, const LnParam *params) {
  for (const LnParam *p = params; p != NULL && p->kind != LN_PARAM_END; p++) {
    Field field = field_of(options, p);
    if (p->kind == LN_PARAM_STRING) ln_free(*field.text), *field.text = NULL;
    if (p->kind == LN_PARAM_OBJECT) p->object->release(*field.object), *field.object = NULL;
  }
}

const LnParam *ln_param_find(const LnParam *params, const char *name) {
  for (const LnParam *p = params; p != NULL && p->kind != LN_PARAM_END; p++)
    if (strcmp(p->name, name) == 0) return p;
  return NULL;
}

const LnParam *ln_param_positional(const LnParam *params) {
  for (const LnParam *p = params; p != NULL && p->kind != LN_PARAM_END; p++)
    if (p->flags & LN_POSITIONAL) return p;
  return NULL;
}

static size_t append(char *text, size_t size, size_t used, const char *more) {
  int length = snprintf(text + used, size - used, "%s", more);
  used += (size_t)length;
  return used < size ? used : size - 1;
}

static size_t append_words(char *text, size_t size, size_t used, const char *const *words, bool more_follow) {
  for (int i = 0; words[i] != NULL; i++) {
    if (i > 0) used = append(text, size, used, words[i + 1] != NULL || more_follow ? ", " : " or ");
    used = append(text, size, used, "'");
    used = append(text, size, used, words[i]);
    used = append(text, size, used, "'");
  }
  return more_follow ? append(text, size, used, " or ") : used;
}

const char *ln_range_text(double min, double max, unsigned flags, char *text, size_t size) {
  bool low = !isinf(min), high = max < 0x1p53;
  char from[LN_NUMBER_TEXT], to[LN_NUMBER_TEXT];
  ln_number_text(from, min);
  ln_number_text(to, max);
  text[0] = '\0';
  if (low && high && !(flags & (LN_ABOVE_MIN | LN_BELOW_MAX)))
    snprintf(text, size, " from %s to %s", from, to);
  else if (low && high)
    snprintf(text, size, " %s %s and %s %s", flags & LN_ABOVE_MIN ? "above" : "of at least", from,
             flags & LN_BELOW_MAX ? "below" : "at most", to);
  else if (low)
    snprintf(text, size, flags & LN_ABOVE_MIN ? " above %s" : " of at least %s", from);
  else if (high)
    snprintf(text, size, flags & LN_BELOW_MAX ? " below %s" : " of at most %s", to);
  return text;
}

static size_t append_range(char *text, size_t size, size_t used, const LnParam *p) {
  char part[80];
  if (p->min == 0 && p->max == 0) return used;
  return append(text, size, used, ln_range_text(p->min, p->max, p->flags, part, sizeof part));
}

/* "a number from 0 to 1": what the option takes. */
static size_t expected_text(const LnParam *p, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  switch (p->kind) {
    case LN_PARAM_INT:
      if (p->choices != NULL) used = append_words(text, size, used, p->choices, true);
      used = append(text, size, used, "an integer");
      return append_range(text, size, used, p);
    case LN_PARAM_INT2:
      used = append(text, size, used, "an integer or {height, width}");
      return append_range(text, size, used, p);
    case LN_PARAM_SIDES:
      if (p->choices != NULL) used = append_words(text, size, used, p->choices, true);
      used = append(text, size, used, "an integer, {height, width} or {top, bottom, left, right}");
      return append_range(text, size, used, p);
    case LN_PARAM_FLOAT: return append_range(text, size, append(text, size, used, "a number"), p);
    case LN_PARAM_FLOAT2:
      return append_range(text, size, append(text, size, used, "a number or {height, width}"), p);
    case LN_PARAM_BOOL: return append(text, size, used, "true or false");
    case LN_PARAM_SIZES: return append_range(text, size, append(text, size, used, "one to three integers"), p);
    case LN_PARAM_CHOICE: return append_words(text, size, used, p->choices, false);
    case LN_PARAM_STRING: return append(text, size, used, "a string");
    case LN_PARAM_OBJECT: return append(text, size, used, p->object->noun);
    case LN_PARAM_END: break;
  }
  return used;
}

static LnStatus refuse(const LnParam *p, const char *item, const LnValue *value, LnError *err) {
  char expected[256], came[128];
  expected_text(p, expected, sizeof expected);
  ln_value_text(value, came, sizeof came);
  return ln_fail(err, LN_EARG, "%s: option '%s' must be %s, got %s", item, p->name, expected, came);
}

static bool in_range(const LnParam *p, double x) {
  if (isnan(x)) return false;
  if (p->min == 0 && p->max == 0) return isfinite(x);
  if (isinf(x) && !isinf(p->max)) return false;
  if (x < p->min || x > p->max) return false;
  if ((p->flags & LN_ABOVE_MIN) && x <= p->min) return false;
  return !((p->flags & LN_BELOW_MAX) && x >= p->max);
}

/* An integer, also one that came as a float without a fraction. */
static bool as_integer(const LnValue *value, int64_t *out) {
  if (value->kind == LN_INTEGER) return *out = value->integer, true;
  if (value->kind != LN_NUMBER || value->number != floor(value->number) || fabs(value->number) > 0x1p53) return false;
  return *out = (int64_t)value->number, true;
}

static int word_index(const LnParam *p, const LnValue *value) {
  if (value->kind != LN_TEXT) return -1;
  for (int i = 0; i < count_words(p); i++)
    if (strcmp(p->choices[i], value->text) == 0) return i;
  return -1;
}

/* The numbers of an option from one that stands for all, or a list; two stand for the sides of height and of width.
 * *wrong: what to name if there is no such reading. */
static bool spread_numbers(double *out, LnValue *wrong, const LnParam *p, const LnValue *value) {
  int n = numbers_of(p);
  *wrong = *value;
  if (value->kind == LN_LIST && value->count != n && value->count != 2) return false;
  for (int i = 0; i < n; i++) {
    LnValue entry = *value;
    if (value->kind == LN_LIST) entry = (LnValue){.kind = LN_NUMBER, .number = value->list[i * value->count / n]};
    out[i] = entry.kind == LN_INTEGER ? (double)entry.integer : entry.number;
    if (entry.kind > LN_NUMBER || entry.kind < LN_INTEGER || !in_range(p, out[i])) return *wrong = entry, false;
  }
  return true;
}

static LnStatus set_integers(int64_t *out, const LnParam *p, const char *item, const LnValue *value, LnError *err) {
  double numbers[4] = {0};
  int64_t integers[4] = {0};
  LnValue wrong;
  if (!spread_numbers(numbers, &wrong, p, value)) return refuse(p, item, &wrong, err);
  for (int i = 0; i < numbers_of(p); i++) {
    LnValue entry = {.kind = LN_NUMBER, .number = numbers[i]};
    if (!as_integer(&entry, &integers[i])) return refuse(p, item, &entry, err);
  }
  memcpy(out, integers, (size_t)numbers_of(p) * sizeof *out);
  return LN_OK;
}

static LnStatus set_pair(double *out, const LnParam *p, const char *item, const LnValue *value, LnError *err) {
  double numbers[4] = {0};
  LnValue wrong;
  if (!spread_numbers(numbers, &wrong, p, value)) return refuse(p, item, &wrong, err);
  memcpy(out, numbers, 2 * sizeof *out);
  return LN_OK;
}

static LnStatus set_text(char **text, const char *item, const LnValue *value, LnError *err) {
  char *copy = ln_strdup(value->text);
  if (copy == NULL) return ln_fail_memory(err, item, strlen(value->text) + 1);
  ln_free(*text);
  return *text = copy, LN_OK;
}

static LnStatus set_object(void **object, const LnParam *p, const char *item, const LnValue *value, LnError *err) {
  void *copy = NULL;
  LnStatus status = p->object->copy(&copy, value->object, err);
  if (status != LN_OK) return ln_error_prefix(err, status, "%s: option '%s': ", item, p->name);
  p->object->release(*object);
  return *object = copy, LN_OK;
}

static LnStatus set_sizes(LnSizes *out, const LnParam *p, const char *item, const LnValue *value, LnError *err) {
  LnSizes sizes = {.n = value->kind == LN_LIST ? value->count : 1};
  if (sizes.n < 1 || sizes.n > 3) return refuse(p, item, value, err);
  for (int64_t i = 0; i < sizes.n; i++) {
    LnValue entry = *value;
    if (value->kind == LN_LIST) entry = (LnValue){.kind = LN_NUMBER, .number = value->list[i]};
    if (!as_integer(&entry, &sizes.d[i]) || !in_range(p, (double)sizes.d[i])) return refuse(p, item, &entry, err);
  }
  *out = sizes;
  return LN_OK;
}

LnStatus ln_param_set(void *options, const LnParam *p, const char *item, LnValue value, LnError *err) {
  Field field = field_of(options, p);
  int64_t integer = 0;
  int word = -1;
  switch (p->kind) {
    case LN_PARAM_INT:
      word = word_index(p, &value);
      if (word >= 0) return *field.integer = -1 - word, LN_OK;
      if (!as_integer(&value, &integer) || !in_range(p, (double)integer)) break;
      return *field.integer = integer, LN_OK;
    case LN_PARAM_SIDES:
      word = word_index(p, &value);
      for (int i = 0; word >= 0 && i < 4; i++) field.integer[i] = -1 - word;
      return word >= 0 ? LN_OK : set_integers(field.integer, p, item, &value, err);
    case LN_PARAM_INT2: return set_integers(field.integer, p, item, &value, err);
    case LN_PARAM_FLOAT2: return set_pair(field.number, p, item, &value, err);
    case LN_PARAM_SIZES: return set_sizes(field.sizes, p, item, &value, err);
    case LN_PARAM_FLOAT:
      if (value.kind == LN_INTEGER) value.kind = LN_NUMBER, value.number = (double)value.integer;
      if (value.kind != LN_NUMBER || !in_range(p, value.number)) break;
      return *field.number = value.number, LN_OK;
    case LN_PARAM_BOOL:
      if (value.kind != LN_BOOLEAN) break;
      return *field.boolean = value.boolean, LN_OK;
    case LN_PARAM_CHOICE:
      word = word_index(p, &value);
      if (word < 0) break;
      return *field.choice = word, LN_OK;
    case LN_PARAM_STRING:
      if (value.kind != LN_TEXT) break;
      return set_text(field.text, item, &value, err);
    case LN_PARAM_OBJECT:
      if (value.kind != LN_OBJECT || value.of != p->object) break;
      return set_object(field.object, p, item, &value, err);
    case LN_PARAM_END: break;
  }
  return refuse(p, item, &value, err);
}

/* In as few numbers as say it: one for all, two for height and width. */
static LnValue list_of(const double *numbers, int n) {
  bool pairs = n == 2 || (numbers[0] == numbers[1] && numbers[2] == numbers[3]);
  double height = numbers[0], width = numbers[n - 1];
  if (pairs && height == width) return (LnValue){.kind = LN_NUMBER, .number = height};
  if (pairs) return (LnValue){.kind = LN_LIST, .count = 2, .list = {height, width}};
  return (LnValue){.kind = LN_LIST, .count = 4, .list = {numbers[0], numbers[1], numbers[2], numbers[3]}};
}

static LnValue integer_list(const int64_t *integers, int n) {
  double numbers[4] = {0};
  for (int i = 0; i < n; i++) numbers[i] = (double)integers[i];
  LnValue value = list_of(numbers, n);
  return value.kind == LN_LIST ? value : (LnValue){.kind = LN_INTEGER, .integer = integers[0]};
}

LnValue ln_param_get(const void *options, const LnParam *p) {
  Field field = field_of(options, p);
  LnValue value = {.kind = LN_NIL};
  switch (p->kind) {
    case LN_PARAM_INT:
      if (p->choices != NULL && *field.integer < 0)
        value = (LnValue){.kind = LN_TEXT, .text = p->choices[-1 - *field.integer]};
      else
        value = (LnValue){.kind = LN_INTEGER, .integer = *field.integer};
      break;
    case LN_PARAM_SIDES:
      if (p->choices != NULL && *field.integer < 0)
        value = (LnValue){.kind = LN_TEXT, .text = p->choices[-1 - *field.integer]};
      else
        value = integer_list(field.integer, 4);
      break;
    case LN_PARAM_INT2: value = integer_list(field.integer, 2); break;
    case LN_PARAM_FLOAT2: value = list_of(field.number, 2); break;
    case LN_PARAM_FLOAT: value = (LnValue){.kind = LN_NUMBER, .number = *field.number}; break;
    case LN_PARAM_SIZES:
      if (field.sizes->n == 1) value = (LnValue){.kind = LN_INTEGER, .integer = field.sizes->d[0]};
      if (field.sizes->n < 2) break;
      value = (LnValue){.kind = LN_LIST, .count = (int)field.sizes->n};
      for (int i = 0; i < value.count; i++) value.list[i] = (double)field.sizes->d[i];
      break;
    case LN_PARAM_BOOL: value = (LnValue){.kind = LN_BOOLEAN, .boolean = *field.boolean}; break;
    case LN_PARAM_CHOICE: value = (LnValue){.kind = LN_TEXT, .text = p->choices[*field.choice]}; break;
    case LN_PARAM_STRING:
      if (*field.text != NULL) value = (LnValue){.kind = LN_TEXT, .text = *field.text};
      break;
    case LN_PARAM_OBJECT:
      if (*field.object != NULL) value = (LnValue){.kind = LN_OBJECT, .object = *field.object, .of = p->object};
      break;
    case LN_PARAM_END: break;
  }
  return value;
}

static const char *param_name_at(const void *params, int i) {
  const LnParam *p = params;
  return p == NULL || p[i].kind == LN_PARAM_END ? NULL : p[i].name;
}

LnStatus ln_param_unknown(const LnParam *params, const char *item, const char *name, LnError *err) {
  const char *nearest = ln_nearest_name(name, param_name_at, params);
  if (nearest != NULL)
    return ln_fail(err, LN_EARG, "%s: no option '%s'; did you mean '%s'?", item, LN_ESCAPED(name), nearest);
  char list[256] = "";
  size_t used = 0;
  for (int i = 0; param_name_at(params, i) != NULL; i++) {
    used = append(list, sizeof list, used, i > 0 ? ", " : "");
    used = append(list, sizeof list, used, param_name_at(params, i));
  }
  if (used == 0) return ln_fail(err, LN_EARG, "%s: no option '%s'; there are none", item, LN_ESCAPED(name));
  return ln_fail(err, LN_EARG, "%s: no option '%s'; there are %s", item, LN_ESCAPED(name), list);
}

LnStatus ln_param_missing(const LnParam *p, const char *item, LnError *err) {
  char expected[256];
  expected_text(p, expected, sizeof expected);
  return ln_fail(err, LN_EARG, "%s: option '%s' is required: %s", item, p->name, expected);
}

static size_t append_default(char *text, size_t size, size_t used, const LnParam *p) {
  char part[80] = "", number[LN_NUMBER_TEXT];
  if (p->flags & LN_REQUIRED)
    snprintf(part, sizeof part, "; required");
  else if (p->kind == LN_PARAM_BOOL)
    snprintf(part, sizeof part, "; default %s", p->def != 0 ? "true" : "false");
  else if (p->kind == LN_PARAM_CHOICE)
    snprintf(part, sizeof part, "; default '%s'", p->choices[(int)p->def]);
  else if (p->choices != NULL && p->def < 0)
    snprintf(part, sizeof part, "; default '%s'", p->choices[-1 - (int)p->def]);
  else if (p->kind != LN_PARAM_STRING && p->kind != LN_PARAM_SIZES && p->kind != LN_PARAM_OBJECT)
    snprintf(part, sizeof part, "; default %s", ln_number_text(number, p->def));
  return append(text, size, used, part);
}

const char *ln_param_describe(const LnParam *p, char *text, size_t size) {
  append_default(text, size, expected_text(p, text, size), p);
  return text;
}
