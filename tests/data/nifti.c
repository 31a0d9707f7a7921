/* NIfTI volumes: every type of voxel, every orientation, every kind of damage.
 *
 * The volume of all tests has 4x3x5 voxels (right, anterior, superior) of value x + 10 y + 100 z. */
#include <nifti1_io.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/memory.h"
#include "data/suite.h"

enum { NX = 4, NY = 3, NZ = 5, VOXELS = NX * NY * NZ, HEADER = 352, MOST = HEADER + 2 * VOXELS * 8 };

typedef struct File {
  uint8_t bytes[MOST];
  size_t n;
} File;

static int value_of(int x, int y, int z) {
  return x + 10 * y + 100 * z;
}

/* Stores value at index i of an array of a NIfTI type; returns the size of one. */
static int store(void *array, int i, int datatype, double value) {
  switch (datatype) {
    case NIFTI_TYPE_UINT8: ((uint8_t *)array)[i] = (uint8_t)value; return 1;
    case NIFTI_TYPE_INT8: ((int8_t *)array)[i] = (int8_t)value; return 1;
    case NIFTI_TYPE_UINT16: ((uint16_t *)array)[i] = (uint16_t)value; return 2;
    case NIFTI_TYPE_INT16: ((int16_t *)array)[i] = (int16_t)value; return 2;
    case NIFTI_TYPE_UINT32: ((uint32_t *)array)[i] = (uint32_t)value; return 4;
    case NIFTI_TYPE_INT32: ((int32_t *)array)[i] = (int32_t)value; return 4;
    case NIFTI_TYPE_UINT64: ((uint64_t *)array)[i] = (uint64_t)value; return 8;
    case NIFTI_TYPE_INT64: ((int64_t *)array)[i] = (int64_t)value; return 8;
    case NIFTI_TYPE_FLOAT32: ((float *)array)[i] = (float)value; return 4;
    case NIFTI_TYPE_FLOAT64: ((double *)array)[i] = value; return 8;
    default: ck_abort_msg("type %d", datatype);
  }
}

/* order: which patient axis each stored axis runs along (1, 2, 3: right, anterior, superior; negative: the other way).
 * The voxels are (value - inter) / slope. */
static void make_file(File *file, int datatype, const int order[3], float slope, float inter, bool swap) {
  const int sizes[3] = {NX, NY, NZ};
  int stored[3];
  double array[VOXELS];
  struct nifti_1_header header = {.sizeof_hdr = 348, .vox_offset = HEADER, .sform_code = 1, .magic = "n+1"};
  for (int a = 0; a < 3; a++) stored[a] = sizes[abs(order[a]) - 1];
  memcpy(header.dim, (short[]){3, (short)stored[0], (short)stored[1], (short)stored[2], 1, 1, 1, 1}, 16);
  for (int a = 0; a < 8; a++) header.pixdim[a] = 1;
  float *rows[3] = {header.srow_x, header.srow_y, header.srow_z};
  for (int a = 0; a < 3; a++) rows[abs(order[a]) - 1][a] = order[a] > 0 ? 1 : -1;
  header.datatype = (short)datatype;
  header.scl_slope = slope;
  header.scl_inter = inter;
  int bytes = 0;
  for (int i = 0; i < VOXELS; i++) {
    int at[3] = {i % stored[0], i / stored[0] % stored[1], i / stored[0] / stored[1]}, patient[3];
    for (int a = 0; a < 3; a++) patient[abs(order[a]) - 1] = order[a] > 0 ? at[a] : stored[a] - 1 - at[a];
    bytes = store(array, i, datatype, (value_of(patient[0], patient[1], patient[2]) - inter) / slope);
  }
  header.bitpix = (short)(8 * bytes);
  if (swap) nifti_swap_Nbytes(VOXELS, bytes, array), swap_nifti_header(&header, 1);
  memset(file->bytes, 0, HEADER);
  memcpy(file->bytes, &header, sizeof header);
  memcpy(file->bytes + HEADER, array, (size_t)(VOXELS * bytes));
  file->n = (size_t)(HEADER + VOXELS * bytes);
}

static const int ras[3] = {1, 2, 3};
#define PLAIN "\"size\": 0, \"min_fill\": 0, \"high\": 500"

/* The images times `scale` are these values. */
static void check_values(LnDataset *set, const int *want, double scale, double tolerance) {
  double worst = 0;
  for (int i = 0; i < VOXELS; i++) worst = fmax(worst, fabs(set->images->data[i] * scale - want[i]));
  ck_assert_double_le(worst, tolerance);
  ln_dataset_free(set);
}

/* All three planes of the file show the volume as it should be shown: axial with the nose up and left on the left,
 * coronal with the head up and left on the left, sagittal with the head up and the nose to the left. */
static void check_images(const char *path) {
  int want[VOXELS];
  LnDataset set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"axial\""));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(NZ, 1, NY, NX)));
  ck_assert_str_eq(set.names[4], "ax004");
  for (int i = 0; i < VOXELS; i++) want[i] = value_of(i % NX, NY - 1 - i / NX % NY, i / (NX * NY));
  check_values(&set, want, 500, 1e-3);

  set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"coronal\""));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(NY, 1, NZ, NX)));
  ck_assert_str_eq(set.names[1], "co001");
  for (int i = 0; i < VOXELS; i++) want[i] = value_of(i % NX, i / (NX * NZ), NZ - 1 - i / NX % NZ);
  check_values(&set, want, 500, 1e-3);

  set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"sagittal\""));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(NX, 1, NZ, NY)));
  ck_assert_str_eq(set.names[0], "sa000");
  for (int i = 0; i < VOXELS; i++) want[i] = value_of(i / (NY * NZ), NY - 1 - i % NY, NZ - 1 - i / NY % NZ);
  check_values(&set, want, 500, 1e-3);
}

START_TEST(types) {
  const int wide[] = {NIFTI_TYPE_UINT16, NIFTI_TYPE_INT16, NIFTI_TYPE_UINT32, NIFTI_TYPE_INT32,
                      NIFTI_TYPE_UINT64, NIFTI_TYPE_INT64, NIFTI_TYPE_FLOAT32, NIFTI_TYPE_FLOAT64};
  File file;
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
    for (int swap = 0; swap < 2; swap++) {
      make_file(&file, wide[i], ras, 1, 0, swap);
      check_images(test_file("a.nii", file.bytes, file.n));
    }
  }
  make_file(&file, NIFTI_TYPE_FLOAT32, ras, 0.5f, 3, false);
  check_images(test_file("a.nii", file.bytes, file.n));
}
END_TEST

/* Bytes hold less than the volume's values, so these come scaled. */
START_TEST(bytes) {
  const int narrow[] = {NIFTI_TYPE_UINT8, NIFTI_TYPE_INT8};
  int want[VOXELS];
  File file;
  for (int i = 0; i < 2; i++) {
    make_file(&file, narrow[i], ras, i == 0 ? 2 : 4, 0, false);
    LnDataset set =
        load_set(&ln_data_nifti, with_path(test_file("a.nii", file.bytes, file.n), PLAIN ", \"plane\": \"axial\""));
    for (int k = 0; k < VOXELS; k++) want[k] = value_of(k % NX, NY - 1 - k / NX % NY, k / (NX * NY));
    check_values(&set, want, 500, 4);
  }
}
END_TEST

START_TEST(orientations) {
  const int axes[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
  File file;
  for (int i = 0; i < 48; i++) {
    int order[3];
    for (int a = 0; a < 3; a++) order[a] = i % 8 >> a & 1 ? -axes[i / 8][a] : axes[i / 8][a];
    make_file(&file, NIFTI_TYPE_INT16, order, 1, 0, false);
    check_images(test_file("a.nii", file.bytes, file.n));
  }
}
END_TEST

static const char *write_gz(const char *name, const File *file) {
  const char *path = test_path(name);
  gzFile gz = gzopen(path, "wb");
  ck_assert_int_eq(gzwrite(gz, file->bytes, (unsigned)file->n), (int)file->n);
  gzclose(gz);
  return path;
}

START_TEST(compressed_and_in_two_files) {
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  check_images(write_gz("a.nii.gz", &file));
  check_images(test_file("odd.name", file.bytes, file.n));
  struct nifti_1_header *header = (struct nifti_1_header *)(void *)file.bytes;
  header->vox_offset = 0;
  memcpy(header->magic, "ni1", 4);
  test_file("pair.img", file.bytes + HEADER, file.n - HEADER);
  check_images(test_file("pair.hdr", file.bytes, 348));
  remove(test_path("pair.img"));
  check_load_fails(&ln_data_nifti, with_path(test_path("pair.hdr"), ""), LN_EIO, "pair.img': No such file");
}
END_TEST

START_TEST(options) {
  LnError err;
  LnItem *item = NULL;
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  const char *path = test_file("a.nii", file.bytes, file.n);
  LnDataset set = load_set(&ln_data_nifti, with_path(path, "\"size\": [8, 6], \"min_fill\": 0"));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(NX + NY + NZ, 1, 8, 6)));
  ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_RMAX, set.images), 1, 1e-6); /* the largest voxel */
  ck_assert_str_eq(set.names[NZ], "co000");
  ln_dataset_free(&set);
  set = load_set(&ln_data_nifti,
                 with_path(path, "\"step\": 2, \"plane\": \"axial\", \"low\": 100, \"high\": 300, \"min_fill\": 0.5"));
  ck_assert_int_eq(set.images->shape.d[0], 2); /* of 0, 2, 4 the first is black */
  ck_assert_str_eq(set.names[0], "ax002");
  ck_assert_float_eq_tol(set.images->data[63 * 64], 0.5f, 1e-6f);
  ln_dataset_free(&set);
  check_load_fails(&ln_data_nifti, with_path(path, "\"low\": 423"), LN_EARG, "largest voxel of");
  check_load_fails(&ln_data_nifti, with_path(path, "\"high\": 100000"), LN_EARG,
                   "has the share 0.15 of the option 'min_fill'");
  check_load_fails(&ln_data_nifti, with_path(path, "\"volume\": 2"), LN_EARG,
                   "option 'volume' is 2, but the file has 1");
  CK_FAILS(ln_item_from_json(&item, &ln_data_nifti.type, "{\"path\": \"a\", \"size\": 0}", &err), LN_EARG,
           "give a size or one plane");
  CK_FAILS(ln_item_from_json(&item, &ln_data_nifti.type, "{\"path\": \"a\", \"low\": 5, \"high\": 4}", &err), LN_EARG,
           "above 'low'");
  CK_FAILS(ln_item_from_json(&item, &ln_data_nifti.type, "{}", &err), LN_EARG, "'path' is required");
}
END_TEST

START_TEST(second_volume) {
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  struct nifti_1_header *header = (struct nifti_1_header *)(void *)file.bytes;
  header->dim[0] = 4;
  header->dim[4] = 2;
  memcpy(file.bytes + file.n, file.bytes + HEADER, file.n - HEADER);
  memset(file.bytes + HEADER, 0, file.n - HEADER);
  file.n += file.n - HEADER;
  const char *path = write_gz("two.nii.gz", &file);
  LnDataset set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"axial\", \"volume\": 2"));
  ck_assert_float_eq_tol(set.images->data[VOXELS - 1] * 500, 403, 1e-3f);
  ln_dataset_free(&set);
  check_load_fails(&ln_data_nifti, with_path(path, ""), LN_EARG, "largest voxel");
}
END_TEST

START_TEST(numbers_that_are_none) {
  File file;
  make_file(&file, NIFTI_TYPE_FLOAT32, ras, 1, 0, false);
  float *voxels = (float *)(void *)(file.bytes + HEADER);
  voxels[1 + NX * 2] = NAN;
  check_load_fails(&ln_data_nifti, with_path(test_file("nan.nii", file.bytes, file.n), ""), LN_ENUMERIC,
                   "nan.nii': voxel (2, 3, 1) is NaN");
  voxels[1 + NX * 2] = -INFINITY;
  check_load_fails(&ln_data_nifti, with_path(test_file("inf.nii", file.bytes, file.n), ""), LN_ENUMERIC, "is infinite");
}
END_TEST

START_TEST(no_volume_at_all) {
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  struct nifti_1_header *header = (struct nifti_1_header *)(void *)file.bytes;
  mkdir(test_path("folder.nii"), 0777);
  check_load_fails(&ln_data_nifti, with_path(test_path("none.nii"), ""), LN_EIO,
                   "none.nii': No such file or directory");
  check_load_fails(&ln_data_nifti, with_path(test_path("folder.nii"), ""), LN_EIO, "it is a folder");
  check_load_fails(&ln_data_nifti, with_path(test_file("empty.nii", "", 0), ""), LN_EFORMAT, "the file is empty");
  check_load_fails(&ln_data_nifti, with_path(test_file("text.nii.gz", "hello", 5), ""), LN_EFORMAT, "not a NIfTI file");
  header->datatype = NIFTI_TYPE_COMPLEX64;
  header->bitpix = 64;
  check_load_fails(&ln_data_nifti, with_path(test_file("c.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "(COMPLEX64) are not supported");
  header->datatype = NIFTI_TYPE_UINT8;
  header->dim[1] = header->dim[2] = header->dim[3] = 32767;
  check_load_fails(&ln_data_nifti, with_path(test_file("big.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "more than the limit");
}
END_TEST

START_TEST(cut_at_every_length) {
  LnError err;
  File file, cut;
  uint8_t packed[4096];
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  FILE *gz = fopen(write_gz("whole.nii.gz", &file), "rb");
  size_t n = fread(packed, 1, sizeof packed, gz);
  fclose(gz);
  LnItem *item = test_item(&ln_data_nifti.type, with_path(test_path("cut.nii.gz"), "\"min_fill\": 0"));
  LnItem *plain = test_item(&ln_data_nifti.type, with_path(test_path("cut.nii"), "\"min_fill\": 0"));
  int64_t live = ln_memory_live();
  for (size_t length = 0; length < n || length < file.n; length++) {
    LnDataset set = {0};
    if (length < n) {
      test_file("cut.nii.gz", packed, length);
      CK_FAILS(ln_data_nifti.load(ln_item_options(item), &set, &err), LN_EFORMAT, "cut.nii.gz'");
    }
    if (length < file.n) {
      memcpy(cut.bytes, file.bytes, length);
      test_file("cut.nii", cut.bytes, length);
      CK_FAILS(ln_data_nifti.load(ln_item_options(plain), &set, &err), LN_EFORMAT, "cut.nii'");
    }
    ck_assert_int_eq(ln_memory_live(), live);
  }
  ln_item_unref(item), ln_item_unref(plain);
}
END_TEST

/* One bit changed: a compressed file is refused or (in what does not matter, e.g. the time) the same. */
START_TEST(any_bit_changed) {
  LnError err;
  File file;
  uint8_t packed[4096];
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  FILE *gz = fopen(write_gz("whole.nii.gz", &file), "rb");
  size_t n = fread(packed, 1, sizeof packed, gz);
  fclose(gz);
  LnDataset whole = load_set(&ln_data_nifti, with_path(test_path("whole.nii.gz"), "\"min_fill\": 0, \"size\": 4"));
  LnItem *item = test_item(&ln_data_nifti.type, with_path(test_path("changed.nii.gz"), "\"min_fill\": 0, \"size\": 4"));
  for (size_t bit = 0; bit < 8 * n; bit++) {
    LnDataset set = {0};
    packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    test_file("changed.nii.gz", packed, n);
    LnStatus status = ln_data_nifti.load(ln_item_options(item), &set, &err);
    if (status == LN_OK) ck_assert_mem_eq(set.images->data, whole.images->data, 12 * 16 * sizeof(float));
    ln_dataset_free(&set);
    packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  ln_dataset_free(&whole);
  ln_item_unref(item);
}
END_TEST

/* A header may say anything; without a checksum it may make sense, but nothing worse may come of it. */
START_TEST(any_header_bit_changed) {
  LnError err;
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  LnItem *item = test_item(&ln_data_nifti.type, with_path(test_path("changed.nii"), "\"min_fill\": 0, \"size\": 4"));
  int64_t live = ln_memory_live();
  for (size_t bit = 0; bit < 8 * HEADER; bit++) {
    LnDataset set = {0};
    file.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    test_file("changed.nii", file.bytes, file.n);
    if (ln_data_nifti.load(ln_item_options(item), &set, &err) == LN_OK) ln_dataset_free(&set);
    ck_assert_int_eq(ln_memory_live(), live);
    file.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  ln_item_unref(item);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnDataset set = {0};
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  LnItem *item =
      test_item(&ln_data_nifti.type, with_path(test_file("a.nii", file.bytes, file.n), "\"min_fill\": 0, \"size\": 4"));
  CK_EVERY_ALLOCATION(ln_data_nifti.load(ln_item_options(item), &set, &err), ln_dataset_free(&set));
  ln_item_unref(item);
}
END_TEST

/* The stored slices of Debian's head were made by exact area averaging and rounded to 8 bits, with 255 as white. */
START_TEST(shared_slices) {
  const char *path = "/usr/share/mricron/templates/ch2.nii.gz", *folder = test_shared("mri-ch2/64");
  struct stat about;
  if (folder == NULL) return;
  if (stat(path, &about) != 0) {
    printf("skipped %s: it is not here\n", path);
    return;
  }
  LnDataset stored = load_set(&ln_data_folder, with_path(folder, "")),
            made = load_set(&ln_data_nifti, with_path(path, "\"high\": 255"));
  int64_t found = 0;
  for (int64_t i = 0; i < made.images->shape.d[0]; i++) {
    for (int64_t k = 0; k < stored.images->shape.d[0]; k++) {
      if (strcmp(made.names[i], stored.names[k]) != 0) continue;
      ck_assert_close(made.images->data + i * 4096, stored.images->data + k * 4096, 4096, 0.5001 / 255);
      found++;
    }
  }
  ck_assert_int_ge(found, stored.images->shape.d[0] - 5); /* what counts as empty is another rule */
  ln_dataset_free(&stored), ln_dataset_free(&made);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 60);
  tcase_add_known(tests, &ln_data_nifti.type, "closed form: voxel x + 10 y + 100 z, turned by hand", types);
  tcase_add_test(tests, bytes);
  tcase_add_test(tests, orientations);
  tcase_add_test(tests, compressed_and_in_two_files);
  tcase_add_test(tests, options);
  tcase_add_test(tests, second_volume);
  tcase_add_test(tests, numbers_that_are_none);
  tcase_add_test(tests, no_volume_at_all);
  tcase_add_test(tests, cut_at_every_length);
  tcase_add_test(tests, any_bit_changed);
  tcase_add_test(tests, any_header_bit_changed);
  tcase_add_test(tests, every_allocation);
  tcase_add_test(tests, shared_slices);
}
