/* The kernel that brings values from C,H,W to H,W,C and back, on every instruction set: all small sizes, and nothing is
 * written beside the matrix. */
#include "kernels/kernels.h"
#include "support/support.h"

enum { MOST = 36, STEP = 41 };

static void check_size(const LnKernels *kernels, int64_t rows, int64_t columns) {
  static float from[MOST * STEP], to[MOST * STEP];
  int wrong = 0;
  for (int64_t i = 0; i < MOST * STEP; i++) from[i] = (float)i, to[i] = -1;
  kernels->transpose(to, STEP, from, STEP - 2, rows, columns);
  for (int64_t c = 0; c < MOST; c++)
    for (int64_t r = 0; r < STEP; r++) {
      float want = c < columns && r < rows ? from[r * (STEP - 2) + c] : -1;
      wrong += to[c * STEP + r] != want;
    }
  ck_assert_msg(wrong == 0, "%s, %dx%d: %d wrong", kernels->name, (int)rows, (int)columns, wrong);
}

/* The one with the longer step is read, then written. */
static void check_steps(const LnKernels *kernels) {
  static float from[20 * 100], to[20 * 100];
  for (int i = 0; i < 2000; i++) from[i] = (float)i;
  kernels->transpose(to, 20, from, 100, 20, 100);
  int wrong = 0;
  for (int i = 0; i < 2000; i++) wrong += to[i % 100 * 20 + i / 100] != from[i];
  kernels->transpose(from, 100, to, 20, 100, 20);
  for (int i = 0; i < 2000; i++) wrong += from[i] != (float)i;
  ck_assert_int_eq(wrong, 0);
}

START_TEST(every_size) {
  LnError err;
  for (const char *const *isa = ln_kernels_available(); *isa != NULL; isa++) {
    CK_OK(ln_kernels_select(*isa, &err));
    for (int64_t rows = 0; rows <= MOST; rows++)
      for (int64_t columns = 0; columns <= MOST; columns++) check_size(ln_kernels(), rows, columns);
    check_steps(ln_kernels());
  }
  CK_OK(ln_kernels_select(NULL, &err));
}
END_TEST

TESTS {
  tcase_add_test(tests, every_size);
}
