/* The hash tells any change of data, and is the same whatever the pieces. */
#include "base/hash.h"

#include "support/support.h"

START_TEST(every_bit_counts) {
  enum { SIZE = 61 };
  unsigned char bytes[SIZE] = {0};
  uint64_t seen[8 * SIZE];
  int n = 0;
  for (int length = 1; length <= SIZE; length++) seen[n++] = ln_hash(0, bytes, (size_t)length);
  for (int bit = 0; bit < 400; bit++) {
    bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    seen[n++] = ln_hash(0, bytes, SIZE);
    bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  for (int i = 0; i < n; i++)
    for (int k = 0; k < i; k++) ck_assert_uint_ne(seen[i], seen[k]);
  ck_assert_uint_eq(ln_hash(0, bytes, SIZE), seen[SIZE - 1]);
}
END_TEST

TESTS {
  tcase_add_test(tests, every_bit_counts);
}
