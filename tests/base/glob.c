/* Patterns of names. */
#include "base/glob.h"

#include "support/support.h"

START_TEST(patterns_match_whole_names) {
  static const struct {
    const char *pattern, *text;
    bool matches;
  } cases[] = {{"", "", true},         {"", "a", false},       {"*", "", true},        {"a", "a", true},
               {"a", "ab", false},     {"b", "ab", false},     {"?", "a", true},       {"?", "", false},
               {"a*", "abc", true},    {"*c", "abc", true},    {"*b*", "abc", true},   {"*b", "abc", false},
               {"a?c", "abc", true},   {"a?c", "ac", false},   {"*ab", "aab", true},   {"*ab*ab", "abxab", true},
               {"*ab*ab", "ab", false}, {"**", "abc", true},   {"a*.w*", "a_1.weight", true},
               {"a*b*c*d", "abcabcabd", true}, {"a*b*c*e", "abcabcabd", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg(ln_glob(cases[i].pattern, cases[i].text) == cases[i].matches, "'%s' and '%s'", cases[i].pattern,
                  cases[i].text);
}
END_TEST

/* No blow-up where everything nearly matches. */
START_TEST(many_stars_take_no_long) {
  char pattern[401], text[2001];
  for (int i = 0; i < 400; i++) pattern[i] = i % 2 == 0 ? '*' : 'a';
  memset(text, 'a', 2000);
  pattern[399] = 'b', pattern[400] = text[2000] = '\0';
  ck_assert(!ln_glob(pattern, text));
}
END_TEST

TESTS {
  tcase_add_test(tests, patterns_match_whole_names);
  tcase_add_test(tests, many_stars_take_no_long);
}
