/* Chains of noises, and noise on some samples of a set. */
#include "base/chain.h"
#include "base/memory.h"
#include "noise/suite.h"

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnItem *chain_of(LnItem *a, LnItem *b) {
  LnItem *chain = NULL;
  CK_OK(ln_chain_new(&chain, &ln_noise_chain.type, (LnItem *[]){a, b}, 2, &err));
  return chain;
}

START_TEST(the_second_gets_what_the_first_gives) {
  LnItem *add = test_item(&ln_noise_gaussian.type, "{\"sd\": 0.1}"), *mask = test_item(&ln_noise_masking.type, "{}");
  LnItem *chain = chain_of(add, mask);
  LnTensor *x = constant(LN_SHAPE(3, 1, 20, 30), 0.5), *y = corrupted(chain, x, 2), *first = corrupted(add, x, 2);
  int masked = 0;
  for (int i = 0; i < 1800; i++) {
    ck_assert(y->data[i] == first->data[i] || y->data[i] == 0);
    masked += y->data[i] == 0;
  }
  ck_assert_int_gt(masked, 120);
  ck_assert_int_lt(masked, 240);
  ck_assert(!ln_noise_expect(&(double){0}, &(double){0}, chain, 0.5));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(first);
  ln_item_unref(add), ln_item_unref(mask), ln_item_unref(chain);
}
END_TEST

/* The same noise twice in a chain is two noises: their variances add up. */
START_TEST(links_draw_for_themselves) {
  LnItem *add = test_item(&ln_noise_gaussian.type, "{\"sd\": 0.1}"), *chain = chain_of(add, add);
  LnTensor *x = constant(LN_SHAPE(4, 1, 100, 100), 0.5), *y = corrupted(chain, x, 2);
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_VAR, y), 0.02, 0.0006);
  ln_tensor_unref(x), ln_tensor_unref(y);
  ln_item_unref(add), ln_item_unref(chain);
}
END_TEST

START_TEST(chains_are_flat) {
  LnItem *a = test_item(&ln_noise_gaussian.type, "{}"), *b = test_item(&ln_noise_rician.type, "{}");
  LnItem *pair = chain_of(a, b), *all = chain_of(pair, a);
  ck_assert_int_eq(ln_chain_count(all), 3);
  ck_assert_ptr_eq(ln_chain_link(all, 1), b);
  ck_assert_ptr_eq(ln_chain_link(a, 0), a);
  ln_item_unref(a), ln_item_unref(b), ln_item_unref(pair), ln_item_unref(all);
}
END_TEST

START_TEST(chains_that_are_none) {
  LnItem *noise = test_item(&ln_noise_gaussian.type, "{}"), *layer = test_item(test_type("nn", "relu"), "{}");
  LnItem *out = NULL, *pair = chain_of(noise, noise), *many[LN_CHAIN_MOST] = {NULL};
  CK_FAILS(ln_chain_new(&out, &ln_noise_chain.type, (LnItem *[]){noise, layer}, 2, &err), LN_EARG,
           "noise.chain: entry 2 is of the kind nn: relu");
  CK_FAILS(ln_chain_new(&out, &ln_noise_chain.type, NULL, 0, &err), LN_EARG, "a chain has 1 to 64 links, got 0");
  for (int i = 0; i < LN_CHAIN_MOST; i++) many[i] = pair;
  CK_FAILS(ln_chain_new(&out, &ln_noise_chain.type, many, LN_CHAIN_MOST, &err), LN_EARG, "1 to 64 links, got 128");
  CK_FAILS((ln_item_copy(&out, pair, &err), ln_item_check(out, &err)), LN_EARG, "made of a list of items");
  ln_item_unref(out);
  CK_EVERY_ALLOCATION(ln_chain_new(&out, &ln_noise_chain.type, &pair, 1, &err), ln_item_unref(out));
  ln_item_unref(noise), ln_item_unref(layer), ln_item_unref(pair);
}
END_TEST

/* Some samples of a set, in any order, get what they get in the whole set. */
START_TEST(samples_by_number) {
  static const int64_t numbers[] = {4, 0, 2};
  for (int i = 0; i < items_count("noise"); i++) {
    LnItem *noise = NULL;
    LnTensor *x = constant(LN_SHAPE(5, 2, 9, 11), 0.4), *some = constant(LN_SHAPE(3, 2, 9, 11), 0.4), *y = NULL;
    CK_OK(ln_item_new(&noise, items_at("noise", i), &err));
    LnTensor *all = corrupted(noise, x, 7);
    CK_OK(ln_noise_apply_to(&y, noise, some, 7, numbers, &err));
    for (int k = 0; k < 3; k++)
      ck_assert_mem_eq(y->data + k * 198, all->data + numbers[k] * 198, 198 * sizeof(float));
    ln_tensor_unref(x), ln_tensor_unref(some), ln_tensor_unref(y), ln_tensor_unref(all);
    ln_item_unref(noise);
  }
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_test(tests, the_second_gets_what_the_first_gives);
  tcase_add_test(tests, links_draw_for_themselves);
  tcase_add_test(tests, chains_are_flat);
  tcase_add_test(tests, chains_that_are_none);
  tcase_add_test(tests, samples_by_number);
}
