/* Drawn heads. */
#include "base/memory.h"
#include "base/parallel.h"
#include "data/suite.h"

static void check_same(const LnDataset *a, const LnDataset *b, int64_t images) {
  int64_t floats = images * a->images->shape.d[2] * a->images->shape.d[3];
  ck_assert_mem_eq(a->images->data, b->images->data, (size_t)floats * sizeof(float));
}

START_TEST(the_first_is_shepp_and_logan) {
  LnDataset set = load_set(&ln_data_phantom, "{\"count\": 1, \"size\": 200}");
  const struct {
    double x, y, value; /* the image is [-1, 1] both ways, y upwards */
  } points[] = {
      {0.99, 0.99, 0}, {0, 0.9, 1},        {0.675, 0, 1},     {0, 0.7, 0.2},  {0.22, 0, 0},     {-0.22, 0, 0},
      {0, 0.35, 0.3},  {0, 0.1, 0.3},      {0, -0.1, 0.3},    {0, -0.4, 0.2}, {0, -0.606, 0.3}, {-0.08, -0.605, 0.3},
      {0, -0.905, 1},  {0.06, -0.605, 0.3},
  };
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    int row = (int)((1 - points[i].y) * 100), column = (int)((1 + points[i].x) * 100);
    ck_assert_float_eq_tol(set.images->data[row * 200 + column], (float)points[i].value, 1e-6f);
  }
  ck_assert_str_eq(set.names[0], "phantom0001");
  ln_dataset_free(&set);
}
END_TEST

START_TEST(edges_are_smooth) {
  LnDataset set = load_set(&ln_data_phantom, "{\"count\": 1, \"size\": 64, \"ellipses\": 1}");
  double area = ln_tensor_reduce_all(LN_SUM, set.images) * 4 / (64 * 64);
  ck_assert_double_eq_tol(area, M_PI * 0.69 * 0.92, 2e-3);
  ln_dataset_free(&set);
}
END_TEST

START_TEST(same_seed_same_images) {
  LnDataset a = load_set(&ln_data_phantom, "{\"count\": 4, \"size\": [30, 20], \"ellipses\": 20, \"seed\": 3}");
  LnDataset more = load_set(&ln_data_phantom, "{\"count\": 6, \"size\": [30, 20], \"ellipses\": 20, \"seed\": 3}");
  LnDataset other = load_set(&ln_data_phantom, "{\"count\": 4, \"size\": [30, 20], \"ellipses\": 20, \"seed\": 4}");
  ln_set_threads(1);
  LnDataset alone = load_set(&ln_data_phantom, "{\"count\": 4, \"size\": [30, 20], \"ellipses\": 20, \"seed\": 3}");
  check_same(&a, &more, 4);
  check_same(&a, &alone, 4);
  ck_assert_mem_ne(a.images->data + 600, other.images->data + 600, 600 * sizeof(float));
  ck_assert_mem_ne(a.images->data + 600, a.images->data + 1200, 600 * sizeof(float));
  ln_dataset_free(&a), ln_dataset_free(&more), ln_dataset_free(&other), ln_dataset_free(&alone);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnDataset set = {0};
  LnItem *item = test_item(&ln_data_phantom.type, "{\"count\": 3, \"size\": 4}");
  CK_EVERY_ALLOCATION(ln_data_phantom.load(ln_item_options(item), &set, &err), ln_dataset_free(&set));
  ln_item_unref(item);
}
END_TEST

TESTS {
  tcase_add_known(tests, &ln_data_phantom.type, "closed form: sums of Shepp and Logan's ellipses",
                  the_first_is_shepp_and_logan);
  tcase_add_test(tests, edges_are_smooth);
  tcase_add_test(tests, same_seed_same_images);
  tcase_add_test(tests, every_allocation);
}
