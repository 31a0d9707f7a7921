/* Options of every item: what is wrong is refused with a message that names item and option and leaves the value as
 * it was; what is right survives the way to JSON and back. */
#include <stdio.h>

#include "base/memory.h"
#include "generic.h"

static bool same_value(LnValue a, LnValue b) {
  return a.kind == b.kind && a.boolean == b.boolean && a.integer == b.integer && a.number == b.number &&
         a.count == b.count && memcmp(a.list, b.list, sizeof a.list) == 0 && a.object == b.object &&
         (a.text == NULL ? b.text == NULL : strcmp(a.text, b.text) == 0);
}

static void must_refuse(ItemParam it, LnValue value) {
  LnError err = {LN_OK, ""};
  LnItem *item = NULL;
  CK_OK(ln_item_new(&item, it.type, &err));
  LnValue before = ln_param_get(ln_item_options(item), it.param);
  LnStatus status = ln_item_set(item, it.param->name, value, &err);
  ck_assert_msg(status == LN_EARG, "%s: option %s takes a value of kind %d (%.17g)", it.type->name, it.param->name,
                (int)value.kind, value.kind == LN_INTEGER ? (double)value.integer : value.number);
  ck_assert_msg(strstr(err.msg, it.type->name) != NULL && strstr(err.msg, it.param->name) != NULL,
                "%s: option %s: message '%s' does not name both", it.type->name, it.param->name, err.msg);
  ck_assert_msg(same_value(before, ln_param_get(ln_item_options(item), it.param)),
                "%s: option %s changed though refused", it.type->name, it.param->name);
  ln_item_unref(item);
}

static void must_take(ItemParam it, LnValue value) {
  LnError err;
  LnItem *item = NULL;
  CK_OK(ln_item_new(&item, it.type, &err));
  CK_OK(ln_item_set(item, it.param->name, value, &err));
  ln_item_unref(item);
}

WALK(refuses_other_types, params_count()) {
  ItemParam it = params_at(_i);
  LnParamKind kind = it.param->kind;
  bool fractions = kind == LN_PARAM_FLOAT || kind == LN_PARAM_FLOAT2;
  bool pairs = kind == LN_PARAM_INT2 || kind == LN_PARAM_FLOAT2 || kind == LN_PARAM_SIDES;
  must_refuse(it, (LnValue){.kind = LN_NIL});
  if (kind != LN_PARAM_BOOL) must_refuse(it, (LnValue){.kind = LN_BOOLEAN, .boolean = true});
  if (kind != LN_PARAM_STRING) must_refuse(it, (LnValue){.kind = LN_TEXT, .text = "no such word"});
  if (kind == LN_PARAM_BOOL || kind == LN_PARAM_CHOICE || kind == LN_PARAM_STRING)
    must_refuse(it, (LnValue){.kind = LN_INTEGER, .integer = 1});
  if (!fractions) must_refuse(it, (LnValue){.kind = LN_NUMBER, .number = 1.5});
  must_refuse(it, (LnValue){.kind = LN_NUMBER, .number = NAN});
  if (kind != LN_PARAM_SIZES) must_refuse(it, (LnValue){.kind = LN_LIST, .count = 3, .list = {1, 1, 1}});
  if (kind != LN_PARAM_SIDES) must_refuse(it, (LnValue){.kind = LN_LIST, .count = 4, .list = {1, 1, 1, 1}});
  if (!pairs && kind != LN_PARAM_SIZES) must_refuse(it, (LnValue){.kind = LN_LIST, .count = 2, .list = {1, 1}});
}

/* A number for an option that takes one. */
static LnValue number_for(const LnParam *param, double x) {
  if (param->kind == LN_PARAM_FLOAT || param->kind == LN_PARAM_FLOAT2) return (LnValue){.kind = LN_NUMBER, .number = x};
  return (LnValue){.kind = LN_INTEGER, .integer = (int64_t)x};
}

static bool is_number(const LnParam *param) {
  return param->kind >= LN_PARAM_INT && param->kind <= LN_PARAM_FLOAT2;
}

WALK(keeps_to_its_range, params_count()) {
  ItemParam it = params_at(_i);
  const LnParam *p = it.param;
  if (!is_number(p) || (p->min == 0 && p->max == 0)) return;
  double below = p->min - fmax(1, fabs(p->min) * 1e-3), above = p->max + fmax(1, fabs(p->max) * 1e-3);
  if (fabs(p->min) < 0x1p53) {
    must_refuse(it, number_for(p, below));
    if (p->flags & LN_ABOVE_MIN) must_refuse(it, number_for(p, p->min));
    else must_take(it, number_for(p, p->min));
  }
  if (fabs(p->max) < 0x1p53) {
    must_refuse(it, number_for(p, above));
    if (p->flags & LN_BELOW_MAX) must_refuse(it, number_for(p, p->max));
    else must_take(it, number_for(p, p->max));
  }
  if (p->kind == LN_PARAM_INT2 || p->kind == LN_PARAM_FLOAT2 || p->kind == LN_PARAM_SIDES)
    must_refuse(it, (LnValue){.kind = LN_LIST, .count = 2, .list = {fmax(p->min, 1), below}});
  if (p->kind == LN_PARAM_FLOAT && !isinf(p->max)) must_refuse(it, number_for(p, INFINITY));
}

WALK(suggests_for_unknown_names, items_count(NULL)) {
  const LnType *type = items_at(NULL, _i);
  LnError err;
  LnItem *item = NULL;
  CK_OK(ln_item_new(&item, type, &err));
  LnValue value = {.kind = LN_INTEGER, .integer = 1};
  CK_FAILS(ln_item_set(item, "qqqqqqqq", value, &err), LN_EARG, "no option 'qqqqqqqq'");
  for (const LnParam *p = type->params; p != NULL && p->kind != LN_PARAM_END; p++) {
    char misspelt[64];
    snprintf(misspelt, sizeof misspelt, "%sq", p->name);
    CK_FAILS(ln_item_set(item, misspelt, value, &err), LN_EARG, "did you mean '");
    ck_assert_msg(strstr(err.msg, type->name) != NULL, "message '%s' does not name %s", err.msg, type->name);
  }
  ln_item_unref(item);
}

WALK(survives_json, cases_count(NULL)) {
  ItemCase it = cases_at(NULL, _i);
  LnError err;
  char *first = NULL, *second = NULL;
  LnItem *item = test_item(it.type, it.example->options);
  CK_OK(ln_item_to_json(&first, item, &err));
  LnItem *copy = test_item(it.type, first);
  CK_OK(ln_item_to_json(&second, copy, &err));
  ck_assert_str_eq(first, second);
  ln_item_unref(item);
  ln_item_unref(copy);
  ln_free(first);
  ln_free(second);
}

/* The first thing a program does with JSON may be to print it. */
START_TEST(prints_json_first) {
  const LnType *type = items_at(NULL, _i);
  LnError err;
  LnItem *item = NULL;
  char *text = NULL;
  CK_OK(ln_item_new(&item, type, &err));
  CK_OK(ln_item_to_json(&text, item, &err));
  ck_assert_msg(strstr(text, type->name) != NULL, "%s", text);
  ln_item_unref(item);
  ln_free(text);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, refuses_other_types);
  tcase_add_test(tests, keeps_to_its_range);
  tcase_add_test(tests, suggests_for_unknown_names);
  tcase_add_test(tests, survives_json);
  tcase_add_loop_test(tests, prints_json_first, 0, items_count(NULL));
}
