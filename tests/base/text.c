/* Errors, shapes and JSON as text. */
#include "base/json.h"
#include "base/memory.h"
#include "base/shape.h"
#include "support/support.h"

START_TEST(errors_carry_status_and_message) {
  LnError err = {0};
  ck_assert_int_eq(ln_fail(&err, LN_ESHAPE, "got %d", 3), LN_ESHAPE);
  ck_assert_int_eq(err.status, LN_ESHAPE);
  ck_assert_int_eq(ln_error_prefix(&err, LN_ESHAPE, "layer %d: ", 2), LN_ESHAPE);
  ck_assert_str_eq(err.msg, "layer 2: got 3");
  ck_assert_int_eq(ln_error_prefix(&err, LN_OK, "layer %d: ", 3), LN_OK);
  ck_assert_str_eq(err.msg, "layer 2: got 3");
  ck_assert_int_eq(ln_fail(NULL, LN_EIO, "nobody reads this"), LN_EIO);
  ck_assert_int_eq(ln_error_prefix(NULL, LN_EIO, "nor this: "), LN_EIO);
}
END_TEST

START_TEST(long_messages_are_cut) {
  char text[2000];
  LnError err;
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  ln_fail(&err, LN_EARG, "%s", text);
  ck_assert_uint_eq(strlen(err.msg), sizeof err.msg - 1);
  ln_error_prefix(&err, LN_EARG, "here: ");
  ck_assert_uint_eq(strlen(err.msg), sizeof err.msg - 1);
  ck_assert(strncmp(err.msg, "here: xxx", 9) == 0);
  ln_error_prefix(&err, LN_EARG, "%s", text);
  ck_assert_uint_eq(strlen(err.msg), sizeof err.msg - 1);
}
END_TEST

START_TEST(control_characters_are_escaped) {
  LnError err;
  ln_fail(&err, LN_EIO, "cannot read '%s'", "a\x1b[31m\n\t\x7f.png");
  ck_assert_str_eq(err.msg, "cannot read 'a\\x1b[31m\\x0a\\x09\\x7f.png'");
  ln_error_prefix(&err, LN_EIO, "in \r: ");
  ck_assert_str_eq(err.msg, "in \\x0d: cannot read 'a\\x1b[31m\\x0a\\x09\\x7f.png'");
}
END_TEST

/* Letters of any script stay; a terminal's control character in UTF-8 (U+009B), surrogates, codes that are longer than
 * need be, and what is no UTF-8 do not. */
START_TEST(what_is_not_utf8_is_escaped) {
  static const char *const cases[][2] = {
      {"Schädel \xe8\x84\xb3 \xf0\x9f\xa7\xa0", "Schädel \xe8\x84\xb3 \xf0\x9f\xa7\xa0"},
      {"\xc2\x9b" "1m", "\\xc2\\x9b1m"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc0\xaf", "\\xc0\\xaf"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"cut \xe8\x84", "cut \\xe8\\x84"},
  };
  LnError err;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ln_fail(&err, LN_EIO, "%s", cases[i][0]);
    ck_assert_str_eq(err.msg, cases[i][1]);
  }
}
END_TEST

START_TEST(shapes) {
  ck_assert_str_eq(LN_SHAPE_TEXT(LN_SHAPE(3, 64, 48)), "3x64x48");
  ck_assert_str_eq(LN_SHAPE_TEXT((LnShape){0}), "a single number");
  LnShape longest = {6, {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN}};
  ck_assert_uint_eq(strlen(LN_SHAPE_TEXT(longest)), 6 * 20 + 5);
  ck_assert_int_eq(ln_shape_count((LnShape){0}), 1);
  ck_assert_int_eq(ln_shape_count(LN_SHAPE(3, 4, 5)), 60);
  ck_assert_int_eq(ln_shape_count(LN_SHAPE(3, 0, 5)), 0);
  ck_assert(ln_shape_equal(LN_SHAPE(2, 3), LN_SHAPE(2, 3)));
  ck_assert(!ln_shape_equal(LN_SHAPE(2, 3), LN_SHAPE(3, 2)));
  ck_assert(!ln_shape_equal(LN_SHAPE(2, 3), LN_SHAPE(2, 3, 1)));
}
END_TEST

START_TEST(json_there_and_back) {
  const char *text = "{\"b\":1,\"a\":[true,null,\"x\"]}";
  LnError err;
  json_t *value = NULL;
  char *again = NULL;
  CK_OK(ln_json_parse(&value, text, strlen(text), "test", &err));
  CK_OK(ln_json_print(&again, value, &err));
  ck_assert_str_eq(again, text);
  ln_free(again);
  json_decref(value);
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

START_TEST(json_errors_name_the_place) {
  LnError err;
  json_t *value = NULL;
  CK_FAILS(ln_json_parse(&value, "{\n\"a\" 1}", 8, "model.json", &err), LN_EFORMAT,
           "model.json: not valid JSON: line 2");
  CK_FAILS(ln_json_parse(&value, "{\"a\":1,\"a\":2}", 13, "x", &err), LN_EFORMAT, "duplicate");
  CK_FAILS(ln_json_parse(&value, "{} {}", 5, "x", &err), LN_EFORMAT, "x: not valid JSON");
  CK_FAILS(ln_json_parse(&value, "", 0, "x", &err), LN_EFORMAT, "x: not valid JSON");
  ck_assert_int_eq(ln_memory_live(), 0);
}
END_TEST

TESTS {
  tcase_add_test(tests, errors_carry_status_and_message);
  tcase_add_test(tests, long_messages_are_cut);
  tcase_add_test(tests, control_characters_are_escaped);
  tcase_add_test(tests, what_is_not_utf8_is_escaped);
  tcase_add_test(tests, shapes);
  tcase_add_test(tests, json_there_and_back);
  tcase_add_test(tests, json_errors_name_the_place);
}
