/* Bytes in messages: see base/escape.h. */
#include "base/escape.h"

#include "support/support.h"

static void check(const char *text, size_t n, const char *want) {
  char got[64];
  ck_assert_str_eq(ln_escape(got, sizeof got, text, n), want);
}

START_TEST(controls_and_what_is_no_text) {
  check("plain 'text'", 12, "plain 'text'");
  check("\x1b[31m\n\t\0x\x7f", 10, "\\x1b[31m\\x0a\\x09\\x00x\\x7f");
  check("\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82", 9, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82");
  check("\xc2\x9b", 2, "\\xc2\\x9b");              /* a control that begins commands of a terminal */
  check("\xe2\x80\xae", 3, "\\xe2\\x80\\xae");      /* what follows would run from right to left */
  check("\xff\xc3", 2, "\\xff\\xc3");               /* no UTF-8; cut short */
  check("\xc0\x8a\xe0\x80\x8a", 5, "\\xc0\\x8a\\xe0\\x80\\x8a"); /* longer forms of a line end */
  check("\xed\xa0\x80\xf4\x90\x80\x80", 7, "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
}
END_TEST

START_TEST(cut_between_characters) {
  char got[6];
  ck_assert_str_eq(ln_escape(got, sizeof got, "abcdefgh", 8), "abcde");
  ck_assert_str_eq(ln_escape(got, sizeof got, "abcd\xc3\xa9", 6), "abcd");
  ck_assert_str_eq(ln_escape(got, sizeof got, "abc\n", 4), "abc");
  ck_assert_str_eq(ln_escape(got, sizeof got, "", 0), "");
  ck_assert_str_eq(LN_ESCAPED("a\rb"), "a\\x0db");
}
END_TEST

TESTS {
  tcase_add_test(tests, controls_and_what_is_no_text);
  tcase_add_test(tests, cut_between_characters);
}
