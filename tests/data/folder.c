/* Images from folders. */
#include "base/memory.h"
#include "data/suite.h"
#include "image/image.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_pgm(const char *name, int height, int width, int value) {
  char bytes[4096];
  int n = snprintf(bytes, sizeof bytes, "P5\n%d %d\n255\n", width, height);
  memset(bytes + n, value, (size_t)(height * width));
  test_file(name, bytes, (size_t)(n + height * width));
}

static void make_folder_of_four(const char *folder) {
  char name[128];
  const char *names[] = {"b.PGM", "a.pgm", "c.d.pnm", "Z.pgm"};
  mkdir(test_path(folder), 0777);
  for (int i = 0; i < 4; i++) {
    snprintf(name, sizeof name, "%s/%s", folder, names[i]);
    make_pgm(name, 6, 8, 51 * i);
  }
  snprintf(name, sizeof name, "%s/.hidden.pgm", folder);
  test_file(name, "no", 2);
  snprintf(name, sizeof name, "%s/folder.png", folder);
  mkdir(test_path(name), 0777);
  snprintf(name, sizeof name, "%s/pipe.png", folder);
  mkfifo(test_path(name), 0666);
  snprintf(name, sizeof name, "%s/notes.txt", folder);
  test_file(name, "no", 2);
}

START_TEST(sorted_by_name) {
  make_folder_of_four("four");
  LnDataset set = load_set(&ln_data_folder, with_path(test_path("four"), ""));
  const char *names[] = {"Z", "a", "b", "c.d"};
  const float values[] = {0.6f, 0.2f, 0, 0.4f};
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(4, 1, 6, 8)));
  for (int i = 0; i < 4; i++) {
    ck_assert_str_eq(set.names[i], names[i]);
    ck_assert_float_eq(set.images->data[i * 48 + 47], values[i]);
  }
  ln_dataset_free(&set);
}
END_TEST

START_TEST(limit_and_size) {
  make_folder_of_four("limit");
  make_pgm("limit/odd.pgm", 3, 3, 255);
  const char *path = test_path("limit");
  LnDataset set = load_set(&ln_data_folder, with_path(path, "\"limit\": 2"));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(2, 1, 6, 8)));
  ln_dataset_free(&set);
  set = load_set(&ln_data_folder, with_path(path, "\"size\": [4, 5], \"resize\": \"bilinear\""));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(5, 1, 4, 5)));
  ck_assert_float_eq(set.images->data[4 * 20], 1);
  ln_dataset_free(&set);
  check_load_fails(&ln_data_folder, with_path(path, ""), LN_ESHAPE,
                   "'odd.pgm' has 3x3 pixels, the first image 'Z.pgm' has 6x8; give a size");
}
END_TEST

/* Names and files alone; each image when it is asked for, of whatever size. */
START_TEST(read_one_by_one) {
  LnError err;
  make_folder_of_four("stream");
  make_pgm("stream/odd.pgm", 3, 3, 255);
  LnItem *item = test_item(&ln_data_folder.type, with_path(test_path("stream"), "\"stream\": true, \"limit\": 5"));
  LnDataset set = {0};
  LnTensor *image = NULL;
  CK_OK(ln_data_folder.load(ln_item_options(item), &set, &err));
  ck_assert(set.images == NULL && set.count == 5);
  ck_assert_str_eq(set.names[4], "odd");
  ck_assert_str_eq(set.files[4], "odd.pgm");
  CK_OK(ln_data_folder.read(ln_item_options(item), &image, set.files[4], &err));
  ck_assert(ln_shape_equal(image->shape, LN_SHAPE(1, 3, 3)));
  ln_tensor_unref(image);
  CK_FAILS(ln_data_folder.read(ln_item_options(item), &image, "none.pgm", &err), LN_EIO, "none.pgm");
  ln_dataset_free(&set);
  CK_EVERY_ALLOCATION(ln_data_folder.load(ln_item_options(item), &set, &err), ln_dataset_free(&set));
  ln_item_unref(item);
}
END_TEST

/* Folders within, one level: their files come among the others in the order of the whole names. */
START_TEST(folders_within) {
  const char *folders[] = {"within", "within/b", "within/a.d", "within/b/deeper", "within/.hidden"};
  const char *files[] = {"within/b/1.pgm", "within/a.d/2.pgm", "within/a.d/1.PGM", "within/b/deeper/no.pgm",
                         "within/.hidden/no.pgm", "within/c.pgm"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) mkdir(test_path(folders[i]), 0777);
  for (int i = 0; i < 6; i++) make_pgm(files[i], 2, 3, 51 * i);
  const char *path = test_path("within"), *names[] = {"a.d/1", "a.d/2", "b/1", "c"};
  const float values[] = {0.4f, 0.2f, 0, 1};
  LnDataset set = load_set(&ln_data_folder, with_path(path, "\"within\": true"));
  ck_assert_int_eq(set.count, 4);
  for (int i = 0; i < 4; i++) {
    ck_assert_str_eq(set.names[i], names[i]);
    ck_assert_float_eq(set.images->data[i * 6], values[i]);
  }
  ln_dataset_free(&set);
  set = load_set(&ln_data_folder, with_path(path, ""));
  ck_assert_int_eq(set.count, 1);
  ln_dataset_free(&set);
  LnItem *item = test_item(&ln_data_folder.type, with_path(path, "\"within\": true, \"stream\": true"));
  LnError err;
  CK_EVERY_ALLOCATION(ln_data_folder.load(ln_item_options(item), &set, &err), ln_dataset_free(&set));
  ln_item_unref(item);
}
END_TEST

START_TEST(colour) {
  mkdir(test_path("colour"), 0777);
  test_file("colour/a.ppm", "P6 1 1 255\n\xff\x00\x00", 14);
  const char *path = test_path("colour");
  LnDataset set = load_set(&ln_data_folder, with_path(path, "\"gray\": false"));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(1, 3, 1, 1)));
  ln_dataset_free(&set);
  make_pgm("colour/b.pgm", 1, 1, 0);
  check_load_fails(&ln_data_folder, with_path(path, "\"gray\": false"), LN_ESHAPE,
                   "'b.pgm' is in gray, the first image 'a.ppm' is not; give gray = true");
  set = load_set(&ln_data_folder, with_path(path, ""));
  ck_assert_float_eq_tol(set.images->data[0], 0.299f, 1e-6f);
  ln_dataset_free(&set);
}
END_TEST

START_TEST(nothing_to_read) {
  mkdir(test_path("empty"), 0777);
  test_file("file.pgm", "x", 1);
  check_load_fails(&ln_data_folder, with_path(test_path("empty"), ""), LN_EIO,
                   "empty' has no images (PNG, JPEG, BMP, PGM, PPM, PBM)");
  mkdir(test_path("empty/full"), 0777);
  mkdir(test_path("empty/64"), 0777);
  mkdir(test_path("empty/.hidden"), 0777);
  check_load_fails(&ln_data_folder, with_path(test_path("empty"), ""), LN_EIO, "PBM); folders within: 64, full");
  check_load_fails(&ln_data_folder, with_path(test_path("none"), ""), LN_EIO, "none': No such file or directory");
  check_load_fails(&ln_data_folder, with_path(test_path("file.pgm"), ""), LN_EIO, "file.pgm': Not a directory");
}
END_TEST

START_TEST(damaged_image) {
  make_folder_of_four("damaged");
  test_file("damaged/b2.png", "\x89PNG\r\n\x1a\n", 8);
  check_load_fails(&ln_data_folder, with_path(test_path("damaged"), ""), LN_EFORMAT,
                   "damaged/b2.png': damaged: cut short");
  remove(test_path("damaged/b2.png"));
  ck_assert_int_eq(symlink("nowhere", test_path("damaged/b2.png")), 0);
  check_load_fails(&ln_data_folder, with_path(test_path("damaged"), ""), LN_EIO, "b2.png': No such file");
}
END_TEST

START_TEST(options) {
  LnError err;
  LnItem *item = NULL;
  CK_FAILS(ln_item_from_json(&item, &ln_data_folder.type, "{}", &err), LN_EARG, "option 'path' is required");
  CK_FAILS(ln_item_from_json(&item, &ln_data_folder.type, "{\"path\": \"a\", \"size\": [0, 4]}", &err), LN_EARG,
           "got 0 and 4");
  CK_FAILS(ln_item_from_json(&item, &ln_data_folder.type, "{\"path\": \"a\", \"sise\": 4}", &err), LN_EARG,
           "did you mean 'size'");
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnDataset set = {0};
  make_folder_of_four("memory");
  LnItem *item = test_item(&ln_data_folder.type, with_path(test_path("memory"), "\"size\": 4"));
  CK_EVERY_ALLOCATION(ln_data_folder.load(ln_item_options(item), &set, &err), ln_dataset_free(&set));
  ln_item_unref(item);
}
END_TEST

/* The stored 64x64 files were made from the full ones by exact area averaging, rounded half up to 8 bits. */
START_TEST(shared_images) {
  const char *full = test_shared("ceph/full"), *small = test_shared("ceph/64");
  if (full == NULL || small == NULL) return;
  LnDataset made = load_set(&ln_data_folder, with_path(full, "\"size\": 64")),
            all = load_set(&ln_data_folder, with_path(small, ""));
  int64_t found = 0;
  for (int64_t i = 0; i < made.images->shape.d[0]; i++) {
    for (int64_t k = 0; k < all.images->shape.d[0]; k++) {
      if (strcmp(made.names[i], all.names[k]) != 0) continue;
      ck_assert_close(made.images->data + i * 4096, all.images->data + k * 4096, 4096, 0.5001 / 255);
      found++;
    }
  }
  ck_assert_int_eq(found, made.images->shape.d[0]);
  ln_dataset_free(&made), ln_dataset_free(&all);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 60);
  tcase_add_known(tests, &ln_data_folder.type, "closed form: byte / 255", sorted_by_name);
  tcase_add_test(tests, limit_and_size);
  tcase_add_test(tests, read_one_by_one);
  tcase_add_test(tests, folders_within);
  tcase_add_test(tests, colour);
  tcase_add_test(tests, nothing_to_read);
  tcase_add_test(tests, damaged_image);
  tcase_add_test(tests, options);
  tcase_add_test(tests, every_allocation);
  tcase_add_test(tests, shared_images);
}
