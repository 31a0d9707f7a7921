/* Items made from descriptors: see type.h. */
#include "base/type.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/memory.h"

struct LnItem {
  const LnType *type;
  int refs;
  LnItem *tied;
  char label[LN_ITEM_LABEL + 1];
  uint64_t given; /* a bit for each entry of the option table */
  _Alignas(LN_ALIGN) unsigned char options[];
};

LnStatus ln_item_new(LnItem **out, const LnType *type, LnError *err) {
  LnItem *item = ln_calloc(1, sizeof *item + type->size);
  if (item == NULL) return ln_fail_memory(err, type->name, sizeof *item + type->size);
  item->type = type;
  item->refs = 1;
  ln_params_default(item->options, type->params);
  *out = item;
  return LN_OK;
}

LnItem *ln_item_ref(LnItem *item) {
  item->refs++;
  return item;
}

void ln_item_unref(LnItem *item) {
  if (item == NULL || --item->refs > 0) return;
  assert(item->refs == 0);
  ln_item_unref(item->tied);
  if (item->type->release != NULL) item->type->release(item->options);
  ln_params_free(item->options, item->type->params);
  ln_free(item);
}

const LnType *ln_item_type(const LnItem *item) {
  return item->type;
}

void *ln_item_options(LnItem *item) {
  return item->options;
}

const char *ln_item_name(LnItem *item) {
  return item->type->name_of != NULL ? item->type->name_of(item->options) : item->type->name;
}

LnStatus ln_item_check_name(const char *what, const char *name, LnError *err) {
  size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  if (n >= 1 && n <= LN_ITEM_NAME && name[n] == '\0' && (name[0] < '0' || name[0] > '9')) return LN_OK;
  return ln_fail(err, LN_EARG, "%s: the name must be 1 to %d letters, digits or _, and begin with no digit; got '%s'",
                 what, LN_ITEM_NAME, LN_ESCAPED(name));
}

void ln_item_set_label(LnItem *item, const char *label) {
  snprintf(item->label, sizeof item->label, "%s", label);
}

const char *ln_item_label(const LnItem *item) {
  return item->label;
}

void ln_item_tie(LnItem *item, LnItem *to) {
  ln_item_ref(to);
  ln_item_unref(item->tied);
  item->tied = to;
}

LnItem *ln_item_tied(const LnItem *item) {
  return item->tied;
}

static uint64_t bit_of(const LnItem *item, const LnParam *param) {
  assert(param - item->type->params < 64);
  return (uint64_t)1 << (param - item->type->params);
}

/* Which required options were set is read off the value itself: their default is outside their range. */
LnStatus ln_item_set(LnItem *item, const char *name, LnValue value, LnError *err) {
  const LnParam *param = ln_param_find(item->type->params, name);
  if (param == NULL) return ln_param_unknown(item->type->params, item->type->name, name, err);
  LN_TRY(ln_param_set(item->options, param, item->type->name, value, err));
  item->given |= bit_of(item, param);
  return LN_OK;
}

bool ln_item_given(const LnItem *item, const char *name) {
  const LnParam *param = ln_param_find(item->type->params, name);
  return param != NULL && (item->given & bit_of(item, param)) != 0;
}

static bool is_missing(const LnItem *item, const LnParam *param) {
  if (!(param->flags & LN_REQUIRED)) return false;
  LnValue value = ln_param_get(item->options, param);
  switch (value.kind) {
    case LN_NIL: return true;
    case LN_INTEGER: return (double)value.integer < param->min;
    case LN_NUMBER: return value.number < param->min;
    default: return false;
  }
}

LnStatus ln_item_check(LnItem *item, LnError *err) {
  for (const LnParam *p = item->type->params; p != NULL && p->kind != LN_PARAM_END; p++)
    if (is_missing(item, p)) return ln_param_missing(p, item->type->name, err);
  if (item->type->settle != NULL) item->type->settle(item->options, item);
  return item->type->check == NULL ? LN_OK : item->type->check(item->options, err);
}

LnStatus ln_item_copy(LnItem **out, const LnItem *item, LnError *err) {
  const LnType *type = item->type;
  LnItem *copy = NULL;
  LN_TRY(ln_item_new(&copy, type, err));
  for (const LnParam *p = type->params; p != NULL && p->kind != LN_PARAM_END; p++) {
    if (!ln_item_given(item, p->name)) continue;
    LnStatus status = ln_item_set(copy, p->name, ln_param_get(item->options, p), err);
    if (status != LN_OK) return ln_item_unref(copy), status;
  }
  ln_item_set_label(copy, item->label);
  if (item->tied != NULL) ln_item_tie(copy, item->tied);
  *out = copy;
  return LN_OK;
}

static json_t *json_list(LnValue value) {
  json_t *list = json_array();
  for (int i = 0; list != NULL && i < value.count; i++) {
    double number = value.list[i];
    bool whole = number == floor(number) && fabs(number) < 0x1p53;
    json_array_append_new(list, whole ? json_integer((json_int_t)number) : json_real(number));
  }
  return list;
}

static json_t *json_of(LnValue value) {
  char text[256];
  switch (value.kind) {
    case LN_NIL: return json_null();
    case LN_BOOLEAN: return json_boolean(value.boolean);
    case LN_INTEGER: return json_integer(value.integer);
    case LN_NUMBER: return json_real(value.number);
    case LN_TEXT: return json_string(value.text);
    case LN_LIST: return json_list(value);
    case LN_OBJECT: return json_string(ln_value_text(&value, text, sizeof text)); /* to be read, not to be read back */
  }
  return NULL;
}

static bool value_of(LnValue *out, const json_t *json) {
  LnValue value = {.kind = LN_NIL};
  if (json_is_boolean(json)) value = (LnValue){.kind = LN_BOOLEAN, .boolean = json_is_true(json)};
  if (json_is_integer(json)) value = (LnValue){.kind = LN_INTEGER, .integer = json_integer_value(json)};
  if (json_is_real(json)) value = (LnValue){.kind = LN_NUMBER, .number = json_real_value(json)};
  if (json_is_string(json)) value = (LnValue){.kind = LN_TEXT, .text = json_string_value(json)};
  if (json_is_array(json)) {
    value = (LnValue){.kind = LN_LIST, .count = (int)json_array_size(json)};
    for (int i = 0; i < value.count && i < 4; i++) value.list[i] = json_number_value(json_array_get(json, (size_t)i));
  }
  *out = value;
  return value.kind != LN_NIL || json_is_null(json);
}

static LnStatus put_option(json_t *object, const LnItem *item, const LnParam *param, LnError *err) {
  LnValue value = ln_param_get(item->options, param);
  if (value.kind == LN_TEXT && !ln_json_takes(value.text))
    return ln_fail(err, LN_EARG, "%s: option '%s' is not UTF-8 text", item->type->name, param->name);
  if (value.kind == LN_NIL || json_object_set_new(object, param->name, json_of(value)) == 0) return LN_OK;
  return ln_fail_memory(err, item->type->name, item->type->size);
}

LnStatus ln_item_to_json(char **out, LnItem *item, LnError *err) {
  json_t *object = json_object();
  bool begun = object != NULL && json_object_set_new(object, "type", json_string(item->type->name)) == 0;
  LnStatus status = begun ? LN_OK : ln_fail_memory(err, item->type->name, item->type->size);
  for (const LnParam *p = item->type->params; status == LN_OK && p != NULL && p->kind != LN_PARAM_END; p++)
    status = put_option(object, item, p, err);
  if (status == LN_OK) status = ln_json_print(out, object, err);
  json_decref(object);
  return status;
}

static LnStatus set_from_json(LnItem *item, json_t *object, LnError *err) {
  const char *name;
  json_t *member;
  json_object_foreach(object, name, member) {
    LnValue value;
    if (strcmp(name, "type") == 0) continue;
    if (!value_of(&value, member))
      return ln_fail(err, LN_EARG, "%s: option '%s' is an object, which no option takes", item->type->name,
                     LN_ESCAPED(name));
    LN_TRY(ln_item_set(item, name, value, err));
  }
  return ln_item_check(item, err);
}

LnStatus ln_item_from_json(LnItem **out, const LnType *type, const char *json, LnError *err) {
  json_t *object = NULL;
  LnItem *item = NULL;
  LN_TRY(ln_json_parse(&object, json, strlen(json), type->name, err));
  LnStatus status = json_is_object(object) ? ln_item_new(&item, type, err)
                                           : ln_fail(err, LN_EFORMAT, "%s: options must be a JSON object", type->name);
  if (status == LN_OK) status = set_from_json(item, object, err);
  json_decref(object);
  if (status != LN_OK) return ln_item_unref(item), status;
  *out = item;
  return LN_OK;
}
