/* The paper's baseline on real images: SSIM of noisy mammograms and of their medians. The images may not be passed
 * on, so they lie beside the repository; where they do not, the test says so and does nothing. */
#include <glob.h>
#include <stdio.h>

#include "base/rng.h"
#include "filter/filter.h"
#include "metric/metric.h"
#include "support/image.h"
#include "support/support.h"

enum { SIDE = 64 };

/* All images in the folder; NULL if there are none. */
static LnTensor *read_folder(const char *folder) {
  LnError err;
  LnTensor *images = NULL;
  glob_t found = {0};
  char pattern[256];
  snprintf(pattern, sizeof pattern, "%s/*.pgm", folder);
  if (glob(pattern, 0, NULL, &found) == 0) {
    CK_OK(ln_tensor_new(&images, LN_SHAPE((int64_t)found.gl_pathc, 1, SIDE, SIDE), &err));
    for (size_t i = 0; i < found.gl_pathc; i++) {
      LnTensor *image = test_image_file(found.gl_pathv[i]);
      ck_assert_msg(image != NULL, "cannot open %s", found.gl_pathv[i]);
      memcpy(images->data + i * SIDE * SIDE, image->data, SIDE * SIDE * sizeof(float));
      ln_tensor_unref(image);
    }
  }
  globfree(&found);
  return images;
}

START_TEST(the_papers_noise_and_median) {
  static const char folder[] = "../shared/data/mias/64";
  LnError err;
  LnTensor *clean = read_folder(folder), *noisy = NULL, *restored = NULL;
  if (clean == NULL) {
    fprintf(stderr, "skipped the_papers_noise_and_median: no images in %s\n", folder);
    return;
  }
  CK_OK(ln_tensor_clone(&noisy, clean, &err));
  for (int64_t i = 0; i < ln_shape_count(clean->shape); i++)
    noisy->data[i] += (float)(0.1 * ln_rng_normal((LnRng){1, 0}, (uint64_t)i));
  LnItem *ssim = test_item(&ln_metric_ssim.type, "{\"preset\": \"gondara2016\"}");
  LnItem *median = test_item(&ln_filter_median.type, "{\"size\": 3}");
  double before, after;
  CK_OK(ln_metric_apply(NULL, &before, ssim, noisy, clean, &err));
  CK_OK(ln_filter_apply(&restored, median, noisy, &err));
  CK_OK(ln_metric_apply(NULL, &after, ssim, restored, clean, &err));
  ck_assert_double_eq_tol(before, 0.45, 0.01);
  ck_assert_double_eq_tol(after, 0.73, 0.01);
  ln_tensor_unref(clean), ln_tensor_unref(noisy), ln_tensor_unref(restored);
  ln_item_unref(ssim), ln_item_unref(median);
}
END_TEST

TESTS {
  tcase_add_test(tests, the_papers_noise_and_median);
}
