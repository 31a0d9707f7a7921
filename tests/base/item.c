/* Items: from JSON and back, required options, rules between options, and every allocation failing once. */
#include "base/memory.h"
#include "base/table.h"

static LnError err;

static const char *const full =
    "{\"type\":\"table\",\"filters\":64,\"kernel\":[5,7],\"padding\":\"valid\",\"sides\":[0,1,2,3],"
    "\"scale\":[1.5,2],\"rate\":0.25,\"slope\":-2.5,"
    "\"range\":3.0,\"bias\":false,\"mode\":\"nearest\",\"name\":\"first \\u00fc\"}";

static char *json_of(const char *json) {
  LnItem *item = test_item(&table_type, json);
  char *out = NULL;
  CK_OK(ln_item_to_json(&out, item, &err));
  ln_item_unref(item);
  return out;
}

START_TEST(json_round_trip) {
  char *once = json_of(full), *defaults = json_of("{\"filters\": 8}"), *twice = json_of(defaults);
  ck_assert(strstr(once, "\"filters\":64,\"kernel\":[5,7],\"padding\":\"valid\",\"sides\":[0,1,2,3],"
                         "\"scale\":[1.5,2],\"rate\":0.25") != NULL);
  ck_assert(strstr(once, "\"bias\":false,\"mode\":\"nearest\",\"name\":\"first \\u00") != NULL);
  ck_assert(strstr(defaults, "\"padding\":\"same\"") != NULL && strstr(defaults, "\"kernel\":3") != NULL);
  ck_assert_str_eq(defaults, twice);
  char *again = json_of(once);
  ck_assert_str_eq(once, again);
  ln_free(once), ln_free(again), ln_free(defaults), ln_free(twice);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(required_options_and_rules) {
  LnItem *item = NULL;
  CK_FAILS(ln_item_from_json(&item, &table_type, "{}", &err), LN_EARG,
           "table: option 'filters' is required: an integer from 1 to 4096");
  CK_FAILS(ln_item_from_json(&item, &table_type, "{\"filters\": 1, \"mode\": \"area\", \"padding\": \"valid\"}", &err),
           LN_EARG, "mode 'area' goes with padding 'same'");
  ck_assert_ptr_null(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(bad_json_options) {
  LnItem *item = NULL;
  CK_FAILS(ln_item_from_json(&item, &table_type, "{\"filter\": 1}", &err), LN_EARG, "did you mean 'filters'?");
  CK_FAILS(ln_item_from_json(&item, &table_type, "[1]", &err), LN_EFORMAT, "table: options must be a JSON object");
  CK_FAILS(ln_item_from_json(&item, &table_type, "{\"filters\": {}}", &err), LN_EARG, "option 'filters' is an object");
  CK_FAILS(ln_item_from_json(&item, &table_type, "{\"filters\": null}", &err), LN_EARG, "got nothing");
  CK_FAILS(ln_item_from_json(&item, &table_type, "{\"kernel\": [1,2,3,4,5,6]}", &err), LN_EARG, "got a list of 6");
  CK_FAILS(ln_item_from_json(&item, &table_type, "{\"filters\": ", &err), LN_EFORMAT, "table: not valid JSON");
  ck_assert_ptr_null(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(items_are_counted) {
  LnItem *item = test_item(&table_type, full);
  ck_assert_ptr_eq(ln_item_type(item), &table_type);
  ck_assert_ptr_eq(ln_item_ref(item), item);
  ln_item_unref(item);
  ck_assert_str_eq(((TableOptions *)ln_item_options(item))->name, "first \xc3\xbc");
  ln_item_unref(item);
  ln_item_unref(NULL);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

/* JSON to item to JSON. */
static LnStatus round_trip(void) {
  LnItem *item = NULL;
  char *json = NULL;
  LnStatus status = ln_item_from_json(&item, &table_type, full, &err);
  if (status == LN_OK) status = ln_item_to_json(&json, item, &err);
  ln_item_unref(item);
  ln_free(json);
  return status;
}

START_TEST(any_allocation_may_fail) {
  LnStatus status = LN_EMEMORY;
  int64_t n = 0;
  for (; status != LN_OK; n++) {
    ck_assert_int_lt(n, 1000);
    ln_memory_fail_after(n);
    status = round_trip();
    ln_memory_fail_after(-1);
    ck_assert_int_eq(ln_memory_live(), 0);
    if (status != LN_OK) ck_assert_msg(status == LN_EMEMORY, "allocation %lld: %s", (long long)n + 1, err.msg);
  }
  ck_assert_int_gt(n, 10);
}
END_TEST

TESTS {
  tcase_add_test(tests, json_round_trip);
  tcase_add_test(tests, required_options_and_rules);
  tcase_add_test(tests, bad_json_options);
  tcase_add_test(tests, items_are_counted);
  tcase_add_test(tests, any_allocation_may_fail);
}
