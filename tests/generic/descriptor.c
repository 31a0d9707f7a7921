/* Every descriptor is complete: documented, with help for each option and at least two cases that hold together. */
#include "generic.h"

WALK(has_its_place, items_count(NULL)) {
  const LnType *type = items_at(NULL, _i);
  bool listed = false;
  for (int k = 0; ln_kinds[k] != NULL; k++) listed |= strcmp(ln_kinds[k]->name, type->kind) == 0;
  ck_assert_msg(listed, "%s: no kind '%s'", type->name, type->kind);
  for (int i = 0; i < _i; i++) {
    const LnType *other = items_at(NULL, i);
    ck_assert_msg(strcmp(other->kind, type->kind) != 0 || strcmp(other->name, type->name) != 0, "%s: listed twice",
                  type->name);
  }
}

START_TEST(kinds_say_what_they_are) {
  const LnKind *kind = ln_kinds[_i];
  ck_assert_msg(kind->noun != NULL && kind->plural != NULL, "%s: no noun or no plural", kind->name);
  ck_assert_msg(strchr(kind->doc, ' ') != NULL && strchr(kind->use, ' ') != NULL, "%s: no doc or no use", kind->name);
  ck_assert_ptr_eq(ln_kind_find(kind->name), kind);
  ck_assert_ptr_null(ln_kind_find(kind->plural));
}
END_TEST

WALK(has_doc, items_count(NULL)) {
  const LnType *type = items_at(NULL, _i);
  ck_assert_msg(type->doc != NULL && strchr(type->doc, ' ') != NULL, "%s: doc says no more than a name", type->name);
}

WALK(has_help_for_options, params_count()) {
  ItemParam it = params_at(_i);
  char text[256];
  ck_assert_msg(it.param->help != NULL && strchr(it.param->help, ' ') != NULL, "%s: option %s has no help",
                it.type->name, it.param->name);
  ck_assert_msg(strlen(ln_param_describe(it.param, text, sizeof text)) < sizeof text - 1,
                "%s: option %s: description is cut short: %s", it.type->name, it.param->name, text);
  ck_assert_msg(it.param->offset < it.type->size, "%s: option %s lies outside the struct", it.type->name,
                it.param->name);
  for (const LnParam *p = it.type->params; p < it.param; p++)
    ck_assert_msg(strcmp(p->name, it.param->name) != 0 && p->offset != it.param->offset,
                  "%s: options %s and %s share a name or a field", it.type->name, p->name, it.param->name);
}

WALK(default_is_valid, params_count()) {
  ItemParam it = params_at(_i);
  LnError err;
  LnItem *item = NULL;
  CK_OK(ln_item_new(&item, it.type, &err));
  LnValue value = ln_param_get(ln_item_options(item), it.param);
  if (it.param->flags & LN_REQUIRED) {
    CK_FAILS(ln_item_check(item, &err), LN_EARG, "is required");
  } else if (value.kind != LN_NIL) {
    CK_OK(ln_item_set(item, it.param->name, value, &err));
  }
  ln_item_unref(item);
}

WALK(has_two_cases, items_count(NULL)) {
  const LnType *type = items_at(NULL, _i);
  ck_assert_msg(type->cases != NULL && type->cases[0].options != NULL && type->cases[1].options != NULL,
                "%s: fewer than two cases", type->name);
}

WALK(case_holds, cases_count(NULL)) {
  ItemCase it = cases_at(NULL, _i);
  LnItem *item = test_item(it.type, it.example->options);
  LnError err;
  CK_OK(ln_item_check(item, &err));
  ln_item_unref(item);
}

static int kinds_count(void) {
  int n = 0;
  while (ln_kinds[n] != NULL) n++;
  return n;
}

TESTS {
  tcase_add_loop_test(tests, kinds_say_what_they_are, 0, kinds_count());
  tcase_add_test(tests, has_its_place);
  tcase_add_test(tests, has_doc);
  tcase_add_test(tests, has_two_cases);
  tcase_add_test(tests, has_help_for_options);
  tcase_add_test(tests, default_is_valid);
  tcase_add_test(tests, case_holds);
}
