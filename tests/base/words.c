/* Values, ranges and suggestions as they stand in messages. */
#include <math.h>

#include "base/nearest.h"
#include "base/param.h"
#include "base/value.h"
#include "support/support.h"

START_TEST(numbers_are_short_and_exact) {
  static const struct {
    double number;
    const char *text;
  } numbers[] = {{0.1, "0.1"},
                 {2, "2"},
                 {1e-8, "1e-08"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {-0.0, "-0"},
                 {1e300, "1e+300"},
                 {HUGE_VAL, "inf"},
                 {123456789, "123456789"},
                 {1.0 / 3, "0.3333333333333333"},
                 {-HUGE_VAL, "-inf"},
                 {0x1p53, "9007199254740992"}};
  char text[LN_NUMBER_TEXT];
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    ck_assert_str_eq(ln_number_text(text, numbers[i].number), numbers[i].text);
  ck_assert_ptr_nonnull(strstr(ln_number_text(text, NAN), "nan"));
}
END_TEST

START_TEST(values_in_messages) {
  char text[40];
  const LnValue values[] = {{.kind = LN_NIL},
                            {.kind = LN_BOOLEAN, .boolean = true},
                            {.kind = LN_INTEGER, .integer = INT64_MIN},
                            {.kind = LN_NUMBER, .number = 0.5},
                            {.kind = LN_TEXT, .text = "sam\033"},
                            {.kind = LN_LIST, .count = 3}};
  const char *const texts[] = {"nothing", "true", "-9223372036854775808", "0.5", "'sam\\x1b'", "a list of 3"};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    ck_assert_str_eq(ln_value_text(&values[i], text, sizeof text), texts[i]);
  ck_assert_str_eq(ln_value_text(&values[2], text, 5), "-922");
}
END_TEST

START_TEST(ranges) {
  char text[80];
  ck_assert_str_eq(ln_range_text(0, 1, 0, text, sizeof text), " from 0 to 1");
  ck_assert_str_eq(ln_range_text(0.5, HUGE_VAL, 0, text, sizeof text), " of at least 0.5");
  ck_assert_str_eq(ln_range_text(0, HUGE_VAL, LN_ABOVE_MIN, text, sizeof text), " above 0");
  ck_assert_str_eq(ln_range_text(0, 1, LN_ABOVE_MIN | LN_BELOW_MAX, text, sizeof text), " above 0 and below 1");
  ck_assert_str_eq(ln_range_text(0, 1, LN_BELOW_MAX, text, sizeof text), " of at least 0 and below 1");
  ck_assert_str_eq(ln_range_text(-HUGE_VAL, 3, 0, text, sizeof text), " of at most 3");
  ck_assert_str_eq(ln_range_text(-HUGE_VAL, HUGE_VAL, 0, text, sizeof text), "");
}
END_TEST

static const char *name_at(const void *names, int i) {
  return ((const char *const *)names)[i];
}

START_TEST(misspelt_names) {
  static const char *const names[] = {"kernel", "padding", "lr", "sd", "median", "gaussian", "conv2d", NULL};
  static const char *const cases[][2] = {
      {"kernal", "kernel"}, /* a letter replaced */
      {"knerel", "kernel"}, /* two swapped, twice: two changes */
      {"kerenl", "kernel"}, /* neighbours swapped */
      {"Kernel", "kernel"}, /* case */
      {"CONV2D", "conv2d"},
      {"pad", "padding"},        /* its beginning */
      {"kernel_size", "kernel"}, /* begins with it */
      {"rl", "lr"},              /* short, one change */
      {"ls", "lr"},
      {"zz", NULL}, /* all of its letters would change */
      {"xyzzy", NULL},
      {"", NULL},
      {"p", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *nearest = ln_nearest_name(cases[i][0], name_at, names);
    ck_assert_msg((nearest == NULL) == (cases[i][1] == NULL), "%s: %s", cases[i][0], nearest == NULL ? "-" : nearest);
    if (nearest != NULL) ck_assert_str_eq(nearest, cases[i][1]);
  }
  char longer[200] = "";
  memset(longer, 'a', sizeof longer - 1);
  ck_assert_ptr_null(ln_nearest_name(longer, name_at, names));
}
END_TEST

TESTS {
  tcase_add_test(tests, numbers_are_short_and_exact);
  tcase_add_test(tests, values_in_messages);
  tcase_add_test(tests, ranges);
  tcase_add_test(tests, misspelt_names);
}
