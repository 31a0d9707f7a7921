/* Creating, moving and selecting in C. Values against NumPy's and PyTorch's are in tests/lua/shapes.lua; here are
 * gradients, with each of their allocations failing once, and what can go wrong. */
#include "base/interrupt.h"
#include "base/memory.h"
#include "support/formula.h"
#include "tensor/create.h"
#include "tensor/gradient.h"
#include "tensor/layout.h"
#include "tensor/pad.h"
#include "tensor/patches.h"
#include "tensor/scatter.h"
#include "tensor/take.h"
#include "tensor/where.h"

static LnError err;
static LnTensor *x[2], *mask, *index2; /* 3x4 twice; a mask of 3x4; positions 2x2 */

static void setup(void) {
  x[0] = test_formula_tensor(LN_SHAPE(3, 4), 1, -0.9, 0.9);
  x[1] = test_formula_tensor(LN_SHAPE(3, 4), 2, 0.5, 2);
  CK_OK(ln_tensor_binary(&mask, LN_GT, x[0], x[1], &err));
  for (int i = 0; i < 12; i++) mask->data[i] = i % 3 == 0;
  CK_OK(ln_tensor_new(&index2, LN_SHAPE(2, 2), &err));
  const float positions[] = {3, 3, -1, 1};
  ln_tensor_write(index2, positions);
}

static void teardown(void) {
  ln_tensor_unref(x[0]), ln_tensor_unref(x[1]), ln_tensor_unref(mask), ln_tensor_unref(index2);
  ck_assert_int_eq(ln_memory_live(), 0);
}

static LnStatus masked(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_take(y, in[0], &(LnIndex){.tensor = mask}, 1, "take", e);
}
static LnStatus taken(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_take(y, in[0], &(LnIndex){.tensor = index2, .dim = 1}, 1, "take", e);
}
static LnStatus paired(LnTensor **y, LnTensor *const *in, LnError *e) {
  const LnIndex both[] = {{.tensor = index2}, {.list = (const int64_t[]){4, 1}, .n = 2, .dim = 1}};
  return ln_tensor_take(y, in[0], both, 2, "take", e);
}
static LnStatus apart(LnTensor **y, LnTensor *const *in, LnError *e) {
  const LnIndex both[] = {{.list = (const int64_t[]){2, 2}, .n = 2},
                          {.list = (const int64_t[]){2, -2}, .n = 2, .dim = 2}};
  LnTensor *three;
  LN_TRY(ln_tensor_reshape(&three, in[0], LN_SHAPE(2, 3, 2), e));
  LnStatus status = ln_tensor_take(y, three, both, 2, "take", e);
  ln_tensor_unref(three);
  return status;
}
static LnStatus gathered(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_gather(y, in[0], 0, index2, e);
}
static LnStatus scattered(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_scatter(y, in[0], 1, index2, in[1], false, e);
}
static LnStatus scattered_number(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *mean;
  LN_TRY(ln_tensor_reduce(&mean, LN_MEAN, in[1], -1, false, e));
  LnStatus status = ln_tensor_scatter(y, in[0], 1, index2, mean, false, e);
  ln_tensor_unref(mean);
  return status;
}
static LnStatus added(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_scatter(y, in[0], 1, index2, in[1], true, e);
}
static LnStatus chosen(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_where(y, mask, in[0], in[1], e);
}
static LnStatus stacked(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_stack(y, in, 2, 1, e);
}

START_TEST(gradients_of_selecting) {
  static GradientOp *const one[] = {masked, taken, paired, apart, gathered}, *const two[] = {
      scattered, scattered_number, added, chosen, stacked};
  for (size_t i = 0; i < sizeof one / sizeof *one; i++) check_gradients(one[i], x, 1, 1e-1, 1e-3);
  for (size_t i = 0; i < sizeof two / sizeof *two; i++) check_gradients(two[i], x, 2, 1e-1, 1e-3);
}
END_TEST

static LnStatus squeezed(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *wide;
  LN_TRY(ln_tensor_unsqueeze(&wide, in[0], 1, e));
  LnStatus status = ln_tensor_squeeze(y, wide, NULL, e);
  ln_tensor_unref(wide);
  return status;
}
static LnStatus rotated(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_rot90(y, in[0], -1, 0, 1, e);
}
static LnStatus turned_over(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_rot90(y, in[0], 2, 0, 1, e);
}
static LnStatus moved(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_movedim(y, in[0], &(LnDims){1, {0}}, &(LnDims){1, {1}}, e);
}
static LnStatus rolled(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_roll(y, in[0], 5, -1, e);
}
static LnStatus tiled(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_tile(y, in[0], LN_SHAPE(2, 1, 3), e);
}
static LnStatus repeated(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_repeat(y, in[0], 2, 0, e);
}
static LnStatus upper(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_triangle(y, in[0], 1, true, e);
}
static LnStatus diagonal(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_diagonal(y, in[0], 1, 0, 1, e);
}
static LnStatus on_diagonal(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *line;
  LN_TRY(ln_tensor_flatten(&line, in[0], 0, 1, e));
  LnStatus status = ln_tensor_diag(y, line, -1, e);
  ln_tensor_unref(line);
  return status;
}
static LnStatus gridded(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *line;
  LN_TRY(ln_tensor_diagonal(&line, in[0], 0, 0, 1, e));
  LnStatus status = ln_tensor_meshgrid(y, (LnTensor *const[]){line, line}, 2, 1, true, e);
  ln_tensor_unref(line);
  return status;
}

START_TEST(gradients_of_moving) {
  static GradientOp *const all[] = {squeezed, rotated, turned_over, moved, rolled, tiled,
                                    repeated, upper, diagonal, on_diagonal, gridded};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) check_gradients(all[i], x, 1, 1e-1, 1e-3);
}
END_TEST

static LnPadMode pad_mode;
static LnStatus padded(LnTensor **y, LnTensor *const *in, LnError *e) {
  return ln_tensor_pad(y, in[0], &(LnPads){{1, 5}, {2, 0}}, pad_mode, 2, e);
}

static const LnPatches patches = {{2, 3}, {1, 2}, {1, 1}, {2, 1}};
static LnStatus unfolded(LnTensor **y, LnTensor *const *in, LnError *e) {
  LnTensor *image;
  LN_TRY(ln_tensor_unsqueeze(&image, in[0], 0, e));
  LnStatus status = ln_tensor_unfold(y, image, &patches, e);
  ln_tensor_unref(image);
  return status;
}
static bool fold_average;
static LnStatus folded(LnTensor **y, LnTensor *const *in, LnError *e) {
  const LnPatches two = {{1, 3}, {1, 2}, {0, 1}, {1, 1}};
  return ln_tensor_fold(y, in[0], &two, (const int64_t[]){2, 3}, fold_average, e);
}

START_TEST(gradients_of_padding_and_patches) {
  for (pad_mode = LN_PAD_CONSTANT; pad_mode <= LN_PAD_CIRCULAR; pad_mode++) check_gradients(padded, x, 1, 1e-1, 1e-3);
  check_gradients(unfolded, x, 1, 1e-1, 1e-3);
  for (int average = 0; average < 2; average++) {
    fold_average = average;
    check_gradients(folded, x, 1, 1e-1, 1e-3);
  }
}
END_TEST

/* Enough elements for several threads: the same bits with any number of them would be no surprise, for planes are
 * apart. */
START_TEST(large_images_unfold_as_small_ones) {
  LnTensor *image = test_random(LN_SHAPE(3, 2, 40, 50), 1, 0, 1), *all = NULL, *one = NULL, *part = NULL, *back = NULL;
  const LnPatches five = {{5, 5}, {1, 1}, {2, 2}, {1, 1}};
  CK_OK(ln_tensor_unfold(&all, image, &five, &err));
  for (int64_t n = 0; n < 3; n++) {
    CK_OK(ln_tensor_slice(&part, image, 0, n, 1, 1, &err));
    CK_OK(ln_tensor_unfold(&one, part, &five, &err));
    int64_t count = ln_shape_count(one->shape);
    ck_assert_int_eq(memcmp(one->data, all->data + n * count, (size_t)count * sizeof(float)), 0);
    ln_tensor_unref(one), ln_tensor_unref(part);
  }
  CK_OK(ln_tensor_fold(&back, all, &five, (const int64_t[]){40, 50}, true, &err));
  ck_assert_close(back->data, image->data, ln_shape_count(image->shape), 1e-6);
  ln_tensor_unref(image), ln_tensor_unref(all), ln_tensor_unref(back);
}
END_TEST

START_TEST(interrupts) {
  LnTensor *y = NULL;
  int64_t before = ln_memory_live();
  ln_interrupt();
  CK_FAILS(masked(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(gathered(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(scattered(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(chosen(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(upper(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(tiled(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(padded(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(unfolded(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(folded(&y, x, &err), LN_EINTERRUPTED, "interrupted");
  CK_FAILS(ln_tensor_randint(&y, LN_SHAPE(5), 1, 2, 3, &err), LN_EINTERRUPTED, "interrupted");
  ck_assert_int_eq(ln_memory_live(), before);
  LnTensor *two = NULL;
  const LnIndex first = {.list = (const int64_t[]){1}, .n = 1};
  CK_OK(ln_tensor_new(&two, (LnShape){0}, &err));
  two->data[0] = 2;
  float before_it = x[0]->data[0];
  CK_FAILS(ln_tensor_put(x[0], &(LnIndex){.tensor = mask}, 1, two, "put", &err), LN_EINTERRUPTED, "interrupted");
  ck_assert(x[0]->data[0] == before_it);                   /* not begun */
  CK_OK(ln_tensor_put(x[0], &first, 1, two, "put", &err)); /* or done */
  ln_interrupt_clear();
  for (int i = 0; i < 4; i++) ck_assert(x[0]->data[i] == 2);
  ln_tensor_unref(two);
}
END_TEST

START_TEST(refusals_in_c) {
  LnTensor *y = NULL;
  CK_FAILS(ln_tensor_take(&y, x[0], &(LnIndex){.dim = 2}, 1, "take", &err), LN_EARG,
           "take: no dimension 3 in shape 3x4");
  CK_FAILS(ln_tensor_squeeze(&y, x[0], &(LnDims){1, {2}}, &err), LN_EARG, "squeeze: no dimension 3 in shape 3x4");
  CK_FAILS(ln_tensor_unsqueeze(&y, x[0], 3, &err), LN_EARG, "the new dimension of shape 3x4 must be 1..3, got 4");
  CK_FAILS(ln_tensor_movedim(&y, x[0], &(LnDims){2, {0, 0}}, &(LnDims){2, {0, 1}}, &err), LN_EARG, "1 is named twice");
  CK_FAILS(ln_tensor_rot90(&y, x[0], 1, 1, 1, &err), LN_EARG, "rot90: turns dimension 2 towards itself");
  CK_FAILS(ln_tensor_stack(&y, NULL, 0, 0, &err), LN_EARG, "stack: needs at least one tensor");
  CK_FAILS(ln_tensor_diag(&y, x[0], 0, &err), LN_ESHAPE, "diag: needs a vector, got shape 3x4");
  CK_FAILS(ln_tensor_put(x[0], &(LnIndex){.tensor = mask}, 1, index2, "put", &err), LN_ESHAPE,
           "put: values of shape 2x2 do not fit the 4 that are written to");
  CK_FAILS(ln_tensor_roll(&y, x[0], 1, 2, &err), LN_EARG, "roll: no dimension 3");
  CK_FAILS(ln_tensor_gather(&y, x[0], 2, index2, &err), LN_EARG, "gather: no dimension 3");
  CK_FAILS(
      ln_tensor_meshgrid(&y, (LnTensor *[]){x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0]}, 9, 0, true, &err),
      LN_EARG, "meshgrid: 9 vectors, at most 8");
  ck_assert_ptr_null(y);
}
END_TEST

TESTS {
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, gradients_of_selecting);
  tcase_add_test(tests, gradients_of_moving);
  tcase_add_test(tests, gradients_of_padding_and_patches);
  tcase_add_test(tests, large_images_unfold_as_small_ones);
  tcase_add_test(tests, interrupts);
  tcase_add_test(tests, refusals_in_c);
}
