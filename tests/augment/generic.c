/* What holds for every case of every augmentation in augment.def. */
#include "augment/suite.h"
#include "base/chain.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/items.h"

static LnError err;
static ItemCase it;
static LnItem *item;

static void take_case(int i) {
  it = cases_at("augment", i);
  item = test_item(it.type, it.example->options);
}

static void teardown(void) {
  ln_item_unref(item);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnTensor *images(int64_t n) {
  LnShape sample = it.example->inputs[0];
  return test_random(LN_SHAPE(n, sample.d[0], sample.d[1], sample.d[2]), 3, 0, 1);
}

static LnTensor *applied(LnTensor *x, uint64_t stream, const int64_t *numbers) {
  LnTensor *y = NULL;
  CK_OK(ln_augment_apply(&y, item, x, (LnAugmentDraw){.stream = stream, .numbers = numbers}, &err));
  return y;
}

START_TEST(same_seed_same_changes) {
  take_case(_i);
  LnTensor *x = images(20), *y = applied(x, 5, NULL), *again = applied(x, 5, NULL), *other = applied(x, 6, NULL);
  ck_assert(same_bits(y, again));
  ck_assert(!same_bits(y, other));
  ((LnAugmentOptions *)ln_item_options(item))->seed++;
  LnTensor *seed = applied(x, 5, NULL);
  ck_assert(!same_bits(y, seed));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(again), ln_tensor_unref(other), ln_tensor_unref(seed);
}
END_TEST

START_TEST(any_number_of_threads) {
  take_case(_i);
  LnTensor *x = images(11);
  ln_set_threads(1);
  LnTensor *y = applied(x, 2, NULL);
  for (int threads = 2; threads <= 5; threads++) {
    ln_set_threads(threads);
    LnTensor *again = applied(x, 2, NULL);
    ck_assert(same_bits(y, again));
    ln_tensor_unref(again);
  }
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

/* An image by its number, from a view, alone, and as the second of a pair. */
START_TEST(images_stand_alone) {
  static const int64_t numbers[] = {7, 2};
  take_case(_i);
  LnTensor *x = images(9), *y = applied(x, 2, NULL), *some = NULL, *other = images(2), *a = NULL, *b = NULL;
  CK_OK(ln_tensor_slice(&some, x, 0, 7, 2, -5, &err));
  LnTensor *part = applied(some, 2, numbers);
  const int64_t floats = ln_shape_count(part->shape) / 2;
  for (int k = 0; k < 2; k++)
    ck_assert_mem_eq(part->data + k * floats, y->data + numbers[k] * floats, (size_t)floats * sizeof(float));
  LnAugmentDraw draw = {.stream = 2, .numbers = numbers};
  CK_OK(ln_augment_apply_pair(&a, &b, item, other, some, draw, &err));
  ck_assert(same_bits(b, part));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(some), ln_tensor_unref(other), ln_tensor_unref(part);
  ln_tensor_unref(a), ln_tensor_unref(b);
}
END_TEST

/* Twice the same in a chain is two draws. */
START_TEST(links_draw_for_themselves) {
  take_case(_i);
  LnTensor *x = images(40), *y = NULL, *z = applied(x, 0, NULL), *zz = NULL;
  LnItem *chain = NULL;
  CK_OK(ln_chain_new(&chain, &ln_augment_chain.type, (LnItem *[]){item, item}, 2, &err));
  CK_OK(ln_augment_apply(&y, chain, x, (LnAugmentDraw){.stream = 0}, &err));
  CK_OK(ln_augment_apply(&zz, item, z, (LnAugmentDraw){.stream = 0}, &err));
  ck_assert(ln_shape_equal(y->shape, z->shape));
  ck_assert(it.type == &ln_augment_crop.type || !same_bits(y, zz)); /* a crop of its own size is that */
  ln_tensor_unref(x), ln_tensor_unref(y), ln_tensor_unref(z), ln_tensor_unref(zz), ln_item_unref(chain);
}
END_TEST

START_TEST(no_images) {
  take_case(_i);
  LnTensor *x = images(0), *y = applied(x, 0, NULL);
  ck_assert_int_eq(y->shape.d[0], 0);
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

START_TEST(any_allocation_may_fail) {
  take_case(_i);
  LnTensor *x = images(2), *turned = NULL, *a = NULL, *b = NULL;
  CK_OK(ln_tensor_slice(&turned, x, 0, 1, 2, -1, &err));
  CK_EVERY_ALLOCATION(ln_augment_apply_pair(&a, &b, item, turned, x, (LnAugmentDraw){.stream = 0}, &err),
                      (ln_tensor_unref(a), ln_tensor_unref(b)));
  ln_tensor_unref(x), ln_tensor_unref(turned);
}
END_TEST

TESTS {
  int n = cases_count("augment");
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, same_seed_same_changes, 0, n);
  tcase_add_loop_test(tests, any_number_of_threads, 0, n);
  tcase_add_loop_test(tests, images_stand_alone, 0, n);
  tcase_add_loop_test(tests, links_draw_for_themselves, 0, n);
  tcase_add_loop_test(tests, no_images, 0, n);
  tcase_add_loop_test(tests, any_allocation_may_fail, 0, n);
}
