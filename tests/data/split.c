/* Splits: what they promise, for many sizes and seeds. */
#include "data/split.h"

#include "base/memory.h"
#include "data/suite.h"

enum { MOST = 400 };

/* The parts are ascending and no image is on both sides; returns how many are on none. */
static int64_t check_parts(const int64_t *indices, int64_t n_train, int64_t n_used, int64_t n) {
  bool seen[MOST] = {0};
  ck_assert_int_gt(n_train, 0);
  ck_assert_int_gt(n_used, n_train);
  ck_assert_int_le(n_used, n);
  for (int64_t i = 0; i < n_used; i++) {
    bool ascending = i == 0 || i == n_train || indices[i] > indices[i - 1];
    if (indices[i] < 0 || indices[i] >= n || seen[indices[i]] || !ascending)
      ck_abort_msg("entry %d is wrong", (int)i + 1);
    seen[indices[i]] = true;
  }
  return n - n_used;
}

START_TEST(count) {
  LnError err;
  int64_t a[MOST], b[MOST], n_train, n_used;
  CK_OK(ln_split_count(a, &n_train, &n_used, 322, 300, 1, &err));
  ck_assert_int_eq(n_train, 300);
  ck_assert_int_eq(check_parts(a, n_train, n_used, 322), 0);
  CK_OK(ln_split_count(b, &n_train, &n_used, 322, 300, 1, &err));
  ck_assert_mem_eq(a, b, 322 * sizeof *a);
  CK_OK(ln_split_count(b, &n_train, &n_used, 322, 300, 2, &err));
  ck_assert_mem_ne(a, b, 322 * sizeof *a);
  CK_OK(ln_split_count(a, &n_train, &n_used, 2, 1, 1, &err));
  ck_assert_int_eq(check_parts(a, n_train, n_used, 2), 0);
}
END_TEST

START_TEST(group) {
  LnError err;
  int64_t indices[MOST], groups[MOST], n_train, n_used;
  for (int64_t i = 0; i < 322; i++) groups[i] = (i * 9) % 322 / 2; /* pairs, far apart */
  for (uint64_t seed = 0; seed < 20; seed++) {
    CK_OK(ln_split_group(indices, &n_train, &n_used, groups, 322, 300, seed, &err));
    ck_assert_int_eq(n_train, 300);
    ck_assert_int_eq(check_parts(indices, n_train, n_used, 322), 0);
    int side[161] = {0};
    for (int64_t i = 0; i < n_used; i++) side[groups[indices[i]]] |= i < n_train ? 1 : 2;
    for (int g = 0; g < 161; g++) ck_assert_int_ne(side[g], 3);
  }
}
END_TEST

START_TEST(group_sizes_that_do_not_add_up) {
  LnError err;
  int64_t indices[10], n_train, n_used;
  const int64_t five_five[] = {-1, -1, -1, -1, -1, 9, 9, 9, 9, 9}, one[] = {3, 3, 3, 3};
  CK_OK(ln_split_group(indices, &n_train, &n_used, five_five, 10, 9, 1, &err));
  ck_assert_int_eq(n_train, 5);
  CK_OK(ln_split_group(indices, &n_train, &n_used, five_five, 10, 1, 1, &err));
  ck_assert_int_eq(n_train, 5);
  CK_FAILS(ln_split_group(indices, &n_train, &n_used, one, 4, 2, 1, &err), LN_EARG, "all 4 images are of one group");
}
END_TEST

START_TEST(block) {
  LnError err;
  int64_t indices[MOST], sequences[MOST], n_train, n_used;
  for (int64_t i = 0; i < 190; i++) sequences[i] = i < 78 ? 1 : i < 141 ? 2 : 0;
  for (int64_t gap = 0; gap < 4; gap++) {
    for (int64_t size = 1; size < 20; size += 3) {
      for (uint64_t seed = 0; seed < 5; seed++) {
        CK_OK(ln_split_block(indices, &n_train, &n_used, sequences, 190, 150, size, gap, seed, &err));
        int64_t left_out = check_parts(indices, n_train, n_used, 190);
        if (gap == 0) ck_assert_int_eq(left_out, 0);
        ck_assert_int_le(llabs(n_train - 150), (size + 2 * gap + 1) / 2 + size);
        int64_t nearest = INT64_MAX;
        for (int64_t i = 0; i < n_train; i++)
          for (int64_t k = n_train; k < n_used; k++)
            if (sequences[indices[i]] == sequences[indices[k]] && llabs(indices[i] - indices[k]) < nearest)
              nearest = llabs(indices[i] - indices[k]);
        ck_assert_int_gt(nearest, gap);
      }
    }
  }
}
END_TEST

START_TEST(blocks_stay_together) {
  LnError err;
  int64_t indices[100], n_train, n_used;
  CK_OK(ln_split_block(indices, &n_train, &n_used, NULL, 100, 70, 10, 2, 5, &err));
  bool test[100] = {0};
  for (int64_t k = n_train; k < n_used; k++) test[indices[k]] = true;
  for (int start = 0; start < 100; start += 10)
    for (int i = 1; i < 10; i++) ck_assert_int_eq(test[start], test[start + i]);
}
END_TEST

START_TEST(refused) {
  LnError err;
  int64_t indices[10], n_train, n_used;
  const int64_t groups[10] = {0};
  CK_FAILS(ln_split_count(indices, &n_train, &n_used, 10, 10, 1, &err), LN_EARG, "must be 1 to 9");
  CK_FAILS(ln_split_count(indices, &n_train, &n_used, 10, 0, 1, &err), LN_EARG, "got 0");
  CK_FAILS(ln_split_count(indices, &n_train, &n_used, 1, 1, 1, &err), LN_EARG, "at least 2 images, got 1");
  CK_FAILS(ln_split_group(indices, &n_train, &n_used, groups, 10, -1, 1, &err), LN_EARG, "got -1");
  CK_FAILS(ln_split_block(indices, &n_train, &n_used, NULL, 10, 5, 0, 1, 1, &err), LN_EARG,
           "'block' must be at least 1");
  CK_FAILS(ln_split_block(indices, &n_train, &n_used, NULL, 10, 5, 2, -1, 1, &err), LN_EARG,
           "'gap' must be at least 0");
  CK_FAILS(ln_split_block(indices, &n_train, &n_used, NULL, 10, 5, 2, 10, 1, &err), LN_EARG,
           "leave nothing of 10 images");
  CK_FAILS(ln_split_block(indices, &n_train, &n_used, NULL, 10, 5, INT64_MAX, INT64_MAX, 1, &err), LN_EARG,
           "leave nothing");
}
END_TEST

/* Blocks larger than any sequence: each is one. */
START_TEST(huge_blocks) {
  LnError err;
  int64_t indices[20], sequences[20], n_train, n_used;
  for (int i = 0; i < 20; i++) sequences[i] = i / 2;
  CK_OK(ln_split_block(indices, &n_train, &n_used, sequences, 20, 10, INT64_MAX, 0, 1, &err));
  ck_assert_int_eq(n_train, 10);
  ck_assert_int_eq(n_used, 20);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  int64_t indices[10], n_train, n_used;
  const int64_t groups[10] = {0, 0, 1, 1, 1, 2, 2, 3, 3, 3};
  CK_EVERY_ALLOCATION(ln_split_count(indices, &n_train, &n_used, 10, 5, 1, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_split_group(indices, &n_train, &n_used, groups, 10, 5, 1, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_split_block(indices, &n_train, &n_used, groups, 10, 5, 2, 1, 1, &err), (void)0);
}
END_TEST

TESTS {
  tcase_add_test(tests, count);
  tcase_add_test(tests, group);
  tcase_add_test(tests, group_sizes_that_do_not_add_up);
  tcase_add_test(tests, block);
  tcase_add_test(tests, blocks_stay_together);
  tcase_add_test(tests, huge_blocks);
  tcase_add_test(tests, refused);
  tcase_add_test(tests, every_allocation);
}
