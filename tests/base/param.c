/* Options: defaults, what is accepted, and what the messages say of what is not. */
#include "base/param.h"

#include "base/memory.h"
#include "base/table.h"

static TableOptions options;
static LnError err;

static void setup(void) {
  ln_params_default(&options, table_type.params);
}

static void teardown(void) {
  ln_params_free(&options, table_type.params);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnStatus set(const char *name, LnValue value) {
  return ln_param_set(&options, ln_param_find(table_type.params, name), "table", value, &err);
}

static LnValue integer(int64_t i) {
  return (LnValue){.kind = LN_INTEGER, .integer = i};
}

static LnValue number(double x) {
  return (LnValue){.kind = LN_NUMBER, .number = x};
}

static LnValue value_of(const char *name) {
  return ln_param_get(&options, ln_param_find(table_type.params, name));
}

static LnValue text(const char *word) {
  return (LnValue){.kind = LN_TEXT, .text = word};
}

static LnValue pair(double a, double b) {
  return (LnValue){.kind = LN_LIST, .count = 2, .list = {a, b}};
}

START_TEST(defaults) {
  ck_assert_int_eq(options.kernel[0], 3);
  ck_assert_int_eq(options.kernel[1], 3);
  ck_assert_int_eq(options.padding, -1);
  ck_assert_double_eq(options.rate, 0.5);
  ck_assert(options.bias);
  ck_assert_int_eq(options.mode, 1);
  ck_assert_ptr_null(options.name);
}
END_TEST

START_TEST(values_are_taken) {
  CK_OK(set("filters", number(64.0)));
  ck_assert_int_eq(options.filters, 64);
  CK_OK(set("kernel", pair(5, 7)));
  ck_assert(options.kernel[0] == 5 && options.kernel[1] == 7);
  CK_OK(set("kernel", integer(2)));
  ck_assert(options.kernel[0] == 2 && options.kernel[1] == 2);
  CK_OK(set("padding", integer(4)));
  ck_assert_int_eq(options.padding, 4);
  CK_OK(set("padding", text("valid")));
  ck_assert_int_eq(options.padding, -2);
  CK_OK(set("sides", integer(4)));
  ck_assert(options.sides[0] == 4 && options.sides[1] == 4 && options.sides[2] == 4 && options.sides[3] == 4);
  CK_OK(set("sides", pair(1, 2)));
  ck_assert(options.sides[0] == 1 && options.sides[1] == 1 && options.sides[2] == 2 && options.sides[3] == 2);
  CK_OK(set("sides", (LnValue){.kind = LN_LIST, .count = 4, .list = {1, 2, 3, 4}}));
  ck_assert(options.sides[0] == 1 && options.sides[1] == 2 && options.sides[2] == 3 && options.sides[3] == 4);
  CK_OK(set("sides", text("valid")));
  ck_assert(options.sides[0] == -2 && options.sides[3] == -2);
  CK_OK(set("scale", pair(1.5, 2)));
  ck_assert(options.scale[0] == 1.5 && options.scale[1] == 2);
  CK_OK(set("scale", integer(3)));
  ck_assert(options.scale[0] == 3 && options.scale[1] == 3);
  CK_OK(set("slope", integer(-3)));
  ck_assert_double_eq(options.slope, -3);
  CK_OK(set("range", number(INFINITY)));
  ck_assert_double_infinite(options.range);
  CK_OK(set("bias", (LnValue){.kind = LN_BOOLEAN, .boolean = false}));
  ck_assert(!options.bias);
  CK_OK(set("mode", text("area")));
  ck_assert_int_eq(options.mode, 2);
  CK_OK(set("name", text("a")));
  CK_OK(set("name", text("b")));
  ck_assert_str_eq(options.name, "b");
}
END_TEST

START_TEST(values_come_back) {
  CK_OK(set("padding", text("valid")));
  ck_assert_str_eq(ln_param_get(&options, ln_param_find(table_type.params, "padding")).text, "valid");
  CK_OK(set("padding", integer(7)));
  ck_assert_int_eq(ln_param_get(&options, ln_param_find(table_type.params, "padding")).integer, 7);
  CK_OK(set("kernel", pair(1, 2)));
  ck_assert_double_eq(ln_param_get(&options, ln_param_find(table_type.params, "kernel")).list[1], 2);
  ck_assert_int_eq(value_of("name").kind, LN_NIL);
  CK_OK(set("sides", pair(1, 2)));
  ck_assert(value_of("sides").count == 2 && value_of("sides").list[0] == 1 && value_of("sides").list[1] == 2);
  CK_OK(set("sides", (LnValue){.kind = LN_LIST, .count = 4, .list = {1, 1, 2, 3}}));
  ck_assert(value_of("sides").count == 4 && value_of("sides").list[3] == 3);
  CK_OK(set("sides", pair(5, 5)));
  ck_assert(value_of("sides").kind == LN_INTEGER && value_of("sides").integer == 5);
  CK_OK(set("sides", text("same")));
  ck_assert_str_eq(value_of("sides").text, "same");
  CK_OK(set("scale", pair(0.5, 2)));
  ck_assert(value_of("scale").kind == LN_LIST && value_of("scale").list[0] == 0.5);
}
END_TEST

START_TEST(wrong_values_are_refused) {
  LnValue yes = {.kind = LN_BOOLEAN, .boolean = true}, three = {.kind = LN_LIST, .count = 3, .list = {1, 2, 3}};
  CK_FAILS(set("filters", number(2.5)), LN_EARG, "table: option 'filters' must be an integer from 1 to 4096, got 2.5");
  CK_FAILS(set("filters", integer(0)), LN_EARG, "must be an integer from 1 to 4096, got 0");
  CK_FAILS(set("filters", text("many")), LN_EARG, "got 'many'");
  CK_FAILS(set("filters", number(NAN)), LN_EARG, "got nan");
  CK_FAILS(set("filters", number(1e300)), LN_EARG, "got 1e+300");
  CK_FAILS(set("kernel", three), LN_EARG, "must be an integer or {height, width} from 1 to 31, got a list of 3");
  CK_FAILS(set("kernel", pair(3, 0)), LN_EARG, "got 0");
  CK_FAILS(set("kernel", pair(3, 1.5)), LN_EARG, "got 1.5");
  CK_FAILS(set("padding", text("sam")), LN_EARG, "must be 'same', 'valid' or an integer from 0 to 100, got 'sam'");
  CK_FAILS(set("padding", integer(-1)), LN_EARG, "got -1");
  CK_FAILS(set("sides", three), LN_EARG,
           "must be 'same', 'valid' or an integer, {height, width} or {top, bottom, left, right} from 0 to 9, got a list "
           "of 3");
  CK_FAILS(set("sides", (LnValue){.kind = LN_LIST, .count = 4, .list = {1, 2, 3, 10}}), LN_EARG, "got 10");
  CK_FAILS(set("sides", pair(1, 1.5)), LN_EARG, "got 1.5");
  CK_FAILS(set("sides", integer(INT64_MAX)), LN_EARG, "got 9223372036854775807");
  CK_FAILS(set("scale", pair(1.5, 0)), LN_EARG,
           "must be a number or {height, width} above 0 and at most 16, got 0");
  CK_FAILS(set("rate", number(1)), LN_EARG, "must be a number above 0 and below 1, got 1");
  CK_FAILS(set("slope", number(INFINITY)), LN_EARG, "option 'slope' must be a number, got inf");
  CK_FAILS(set("range", number(-1)), LN_EARG, "must be a number of at least 0, got -1");
  CK_FAILS(set("bias", integer(1)), LN_EARG, "option 'bias' must be true or false, got 1");
  CK_FAILS(set("mode", text("cubic")), LN_EARG, "must be 'nearest', 'bilinear' or 'area', got 'cubic'");
  CK_FAILS(set("mode", yes), LN_EARG, "got true");
  CK_FAILS(set("name", integer(3)), LN_EARG, "option 'name' must be a string, got 3");
  CK_FAILS(set("rate", (LnValue){.kind = LN_NIL}), LN_EARG, "got nothing");
  ck_assert(options.filters == 0 && options.kernel[0] == 3 && options.padding == -1 && options.mode == 1);
}
END_TEST

START_TEST(misspelt_names_are_recognised) {
  CK_FAILS(ln_param_unknown(table_type.params, "table", "kernal", &err), LN_EARG,
           "table: no option 'kernal'; did you mean 'kernel'?");
  CK_FAILS(ln_param_unknown(table_type.params, "table", "pad", &err), LN_EARG, "did you mean 'padding'?");
  CK_FAILS(ln_param_unknown(table_type.params, "table", "colour", &err), LN_EARG,
           "no option 'colour'; there are filters, kernel, padding, sides, scale, rate, slope, range, bias, mode, name");
  CK_FAILS(ln_param_unknown(NULL, "relu", "x", &err), LN_EARG, "relu: no option 'x'; there are none");
}
END_TEST

START_TEST(tables_are_searched) {
  ck_assert_ptr_null(ln_param_find(table_type.params, "filter"));
  ck_assert_ptr_null(ln_param_find(NULL, "x"));
  ck_assert_str_eq(ln_param_positional(table_type.params)->name, "filters");
  ck_assert_ptr_null(ln_param_positional(NULL));
}
END_TEST

START_TEST(descriptions) {
  static const char *const want[] = {
      "an integer from 1 to 4096; required",
      "an integer or {height, width} from 1 to 31; default 3",
      "'same', 'valid' or an integer from 0 to 100; default 'same'",
      "'same', 'valid' or an integer, {height, width} or {top, bottom, left, right} from 0 to 9; default 0",
      "a number or {height, width} above 0 and at most 16; default 2",
      "a number above 0 and below 1; default 0.5",
      "a number; default 0",
      "a number of at least 0; default 1",
      "true or false; default true",
      "'nearest', 'bilinear' or 'area'; default 'bilinear'",
      "a string",
  };
  char line[200];
  for (size_t i = 0; i < sizeof want / sizeof *want; i++)
    ck_assert_str_eq(ln_param_describe(&table_type.params[i], line, sizeof line), want[i]);
  ck_assert_str_eq(ln_param_describe(&table_type.params[0], line, 10), "an intege");
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, defaults);
  tcase_add_test(tests, values_are_taken);
  tcase_add_test(tests, values_come_back);
  tcase_add_test(tests, wrong_values_are_refused);
  tcase_add_test(tests, misspelt_names_are_recognised);
  tcase_add_test(tests, tables_are_searched);
  tcase_add_test(tests, descriptions);
}
