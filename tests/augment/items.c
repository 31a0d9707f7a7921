/* What each augmentation does, against NumPy's definition of it, and how often. */
#include "augment/suite.h"
#include "base/memory.h"

enum { N = 4000 };

static LnError err;

static void teardown(void) {
  ck_assert_int_eq(ln_memory_live(), 0);
}

/* Pixel i, j of image n of changed `counted` images. */
static float at(const LnTensor *y, int64_t n, int64_t i, int64_t j) {
  return y->data[(n * y->shape.d[2] + i) * y->shape.d[3] + j];
}

/* Shares of N within 4.5 standard deviations. */
static void check_share(int count, double share) {
  ck_assert_double_eq_tol(count, N * share, 4.5 * sqrt(N * share * (1 - share)));
}

START_TEST(flips) {
  enum { H = 3, W = 5 };
  LnTensor *x = counted(N, H, W);
  LnTensor *y = changed(&ln_augment_flip, "{\"horizontal\": 0.3, \"vertical\": 0.6}", x, 2);
  int across = 0, down = 0, both = 0;
  for (int n = 0; n < N; n++) {
    const bool h = at(y, n, 1, 0) > at(y, n, 1, 1), v = at(y, n, 0, 0) > at(y, n, 1, 0);
    across += h, down += v, both += h && v;
    for (int i = 0; i < H; i++)
      for (int j = 0; j < W; j++) /* numpy.flip */
        ck_assert(at(y, n, i, j) == (float)((v ? H - 1 - i : i) * W + (h ? W - 1 - j : j)));
  }
  check_share(across, 0.3), check_share(down, 0.6), check_share(both, 0.18);
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

/* numpy.rot90(numpy.arange(9).reshape(3, 3), k), k = 0 .. 3 */
static const float turned[4][9] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8}, {2, 5, 8, 1, 4, 7, 0, 3, 6}, {8, 7, 6, 5, 4, 3, 2, 1, 0}, {6, 3, 0, 7, 4, 1, 8, 5, 2}};

START_TEST(quarter_turns) {
  LnTensor *x = counted(N, 3, 3), *y = changed(&ln_augment_rot90, "{}", x, 0);
  int counts[4] = {0};
  for (int n = 0; n < N; n++) {
    int k = 0;
    while (k < 4 && memcmp(y->data + n * 9, turned[k], sizeof turned[k]) != 0) k++;
    ck_assert_int_lt(k, 4);
    counts[k]++;
  }
  for (int k = 0; k < 4; k++) check_share(counts[k], 0.25);
  ln_tensor_unref(x), ln_tensor_unref(y);
  x = counted(N, 2, 3), y = changed(&ln_augment_rot90, "{\"turns\": \"half\"}", x, 0);
  int still = 0;
  for (int n = 0; n < N; n++) {
    const bool as_it_was = at(y, n, 0, 0) == 0;
    still += as_it_was;
    for (int i = 0; i < 6; i++) ck_assert(y->data[n * 6 + i] == (float)(as_it_was ? i : 5 - i));
  }
  check_share(still, 0.5);
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

START_TEST(crops) {
  LnTensor *x = counted(N, 5, 4), *y = changed(&ln_augment_crop, "{\"size\": [3, 2]}", x, 0);
  int places[3][3] = {{0}};
  ck_assert(ln_shape_equal(y->shape, LN_SHAPE(N, 1, 3, 2)));
  for (int n = 0; n < N; n++) {
    const int corner = (int)at(y, n, 0, 0), top = corner / 4, left = corner % 4;
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 2; j++) ck_assert(at(y, n, i, j) == (float)((top + i) * 4 + left + j));
    places[top][left]++;
  }
  for (int i = 0; i < 9; i++) check_share(places[i / 3][i % 3], 1.0 / 9);
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

START_TEST(nothing_random) {
  LnTensor *x = counted(2, 5, 4), *y = NULL;
  LnItem *crop = test_item(&ln_augment_crop.type, "{\"size\": [3, 2]}"), *flip = test_item(&ln_augment_flip.type, "{}");
  CK_OK(ln_augment_apply(&y, crop, x, (LnAugmentDraw){.still = true}, &err));
  ck_assert(at(y, 1, 0, 0) == 1 * 4 + 1 && at(y, 1, 2, 1) == 3 * 4 + 2); /* the middle */
  ln_tensor_unref(y);
  CK_OK(ln_augment_apply(&y, flip, x, (LnAugmentDraw){.still = true}, &err));
  ck_assert(same_bits(x, y));
  ln_tensor_unref(x), ln_tensor_unref(y), ln_item_unref(crop), ln_item_unref(flip);
}
END_TEST

/* numpy.roll with edge "wrap"; beyond the edge numpy.pad with "symmetric", "edge" and "reflect". */
START_TEST(shifts) {
  enum { SIDE = 7, MOST = 2 };
  LnTensor *x = counted(N, SIDE, SIDE), *y = changed(&ln_augment_shift, "{\"most\": 2, \"edge\": \"wrap\"}", x, 0);
  int counts[2 * MOST + 1][2 * MOST + 1] = {{0}};
  for (int n = 0; n < N; n++) {
    const int middle = (int)at(y, n, 3, 3), down = 3 - middle / SIDE, right = 3 - middle % SIDE;
    ck_assert(abs(down) <= MOST && abs(right) <= MOST);
    counts[down + MOST][right + MOST]++;
    for (int i = 0; i < SIDE; i++)
      for (int j = 0; j < SIDE; j++)
        ck_assert(at(y, n, i, j) == (float)((i - down + SIDE) % SIDE * SIDE + (j - right + SIDE) % SIDE));
  }
  for (int i = 0; i < 25; i++) check_share(counts[i / 5][i % 5], 1.0 / 25);
  ln_tensor_unref(x), ln_tensor_unref(y);
  /* one row 0 1 2 3, shifted to the right by two: what comes in from the left */
  static const struct { const char *options; float left[2]; } edges[] = {
      {"{\"most\": [0, 2], \"edge\": \"reflect\"}", {1, 0}}, {"{\"most\": [0, 2], \"edge\": \"nearest\"}", {0, 0}},
      {"{\"most\": [0, 2], \"edge\": \"mirror\"}", {2, 1}}};
  x = counted(200, 1, 4);
  for (int k = 0; k < 3; k++) {
    int seen = 0;
    y = changed(&ln_augment_shift, edges[k].options, x, 0);
    for (int n = 0; n < 200; n++) {
      if (at(y, n, 0, 3) != 1 || at(y, n, 0, 2) != 0) continue;
      ck_assert(at(y, n, 0, 0) == edges[k].left[0] && at(y, n, 0, 1) == edges[k].left[1]);
      seen++;
    }
    ck_assert_int_gt(seen, 0);
    ln_tensor_unref(y);
  }
  ln_tensor_unref(x);
}
END_TEST

START_TEST(intensities) {
  LnTensor *x = counted(N, 1, 2); /* pixels 0 and 1: the offset, and gain + offset */
  LnTensor *y = changed(&ln_augment_intensity, "{\"gain\": 0.2, \"offset\": 0.1}", x, 0);
  double sums[2] = {0}, squares[2] = {0}, product = 0;
  for (int n = 0; n < N; n++) {
    const double offset = (double)at(y, n, 0, 0), gain = (double)at(y, n, 0, 1) - offset;
    ck_assert(fabs(offset) <= 0.1 + 1e-6 && fabs(gain - 1) <= 0.2 + 1e-6);
    sums[0] += offset / N, sums[1] += (gain - 1) / N, product += offset * (gain - 1) / N;
    squares[0] += offset * offset / N, squares[1] += pow(gain - 1, 2) / N;
  }
  /* of uniform numbers: variance width^2 / 12 */
  ck_assert_double_eq_tol(sums[0], 0, 4.5 * 0.2 / sqrt(12.0 * N));
  ck_assert_double_eq_tol(sums[1], 0, 4.5 * 0.4 / sqrt(12.0 * N));
  ck_assert_double_eq_tol(squares[0], 0.04 / 12, 2e-4);
  ck_assert_double_eq_tol(squares[1], 0.16 / 12, 8e-4);
  ck_assert_double_eq_tol(product, 0, 4.5 * 0.2 * 0.4 / 12 / sqrt(N));
  ln_tensor_unref(y);
  y = changed(&ln_augment_intensity, "{\"gain\": 0.2, \"offset\": 0.1, \"clip\": true}", x, 0);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_RMIN, y), 0);
  ck_assert_double_eq(ln_tensor_reduce_all(LN_RMAX, y), 1);
  ln_tensor_unref(x), ln_tensor_unref(y);
}
END_TEST

START_TEST(what_cannot_be) {
  LnTensor *x = counted(2, 6, 4), *other = counted(2, 4, 4), *flat = NULL, *y = NULL, *z = NULL;
  LnItem *turn = test_item(&ln_augment_rot90.type, "{}"), *crop = test_item(&ln_augment_crop.type, "{\"size\": 5}");
  LnAugmentDraw draw = {.stream = 0};
  CK_OK(ln_tensor_new(&flat, LN_SHAPE(4), &err));
  CK_FAILS(ln_augment_apply(&y, turn, x, draw, &err), LN_ESHAPE, "rot90: quarter turns need square images, got 1x6x4");
  CK_FAILS(ln_augment_apply(&y, crop, x, draw, &err), LN_ESHAPE,
           "crop: option 'size' of 5x5 is larger than the images, 1x6x4");
  CK_FAILS(ln_augment_apply(&y, turn, flat, draw, &err), LN_ESHAPE,
           "rot90: needs images as NxCxHxW, CxHxW or HxW, got 4");
  CK_FAILS(ln_augment_apply_pair(&y, &z, turn, x, other, draw, &err), LN_ESHAPE,
           "rot90: both images of a pair must have the same height and width, got 2x1x6x4 and 2x1x4x4");
  ln_tensor_unref(x), ln_tensor_unref(other), ln_tensor_unref(flat), ln_item_unref(turn), ln_item_unref(crop);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_known(tests, &ln_augment_flip.type, "numpy.flip of both axes", flips);
  tcase_add_known(tests, &ln_augment_rot90.type, "numpy.rot90 by k = 0 .. 3", quarter_turns);
  tcase_add_known(tests, &ln_augment_crop.type, "closed form: all places alike", crops);
  tcase_add_known(tests, &ln_augment_shift.type, "numpy.roll, numpy.pad", shifts);
  tcase_add_known(tests, &ln_augment_intensity.type, "closed form: moments of uniform numbers", intensities);
  tcase_add_test(tests, nothing_random);
  tcase_add_test(tests, what_cannot_be);
}
