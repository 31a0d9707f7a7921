/* NIfTI volumes: every type of voxel, every orientation, every kind of damage.
 *
 * The volume of all tests has 4x3x5 voxels (right, anterior, superior) of value x + 10 y + 100 z. */
#include <nifti1_io.h>
#include <nifti2.h>
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
  File voxels = {.n = file.n - HEADER}, alone = {.n = 348};
  memcpy(voxels.bytes, file.bytes + HEADER, voxels.n);
  memcpy(alone.bytes, file.bytes, alone.n);
  remove(test_path("pair.img"));
  write_gz("pair.img.gz", &voxels);
  check_images(test_path("pair.hdr"));
  check_images(write_gz("pair.hdr.gz", &alone));
  remove(test_path("pair.img.gz"));
  check_load_fails(&ln_data_nifti, with_path(test_file("pair.other", file.bytes, 348), ""), LN_EFORMAT,
                   "its name must end in .hdr or .hdr.gz");
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

/* Axial slices with one neighbour on either side; at the ends the last one is repeated. */
START_TEST(neighbours) {
  File file;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  const char *path = test_file("a.nii", file.bytes, file.n);
  LnDataset set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"axial\", \"neighbours\": 1"));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(NZ, 3, NY, NX)));
  for (int z = 0; z < NZ; z++)
    for (int k = 0; k < 3; k++) {
      const int near = z + k - 1, slice = near < 0 ? 0 : near >= NZ ? NZ - 1 : near;
      for (int i = 0; i < NX * NY; i++)
        ck_assert_float_eq_tol(set.images->data[(z * 3 + k) * NX * NY + i] * 500,
                               (float)value_of(i % NX, NY - 1 - i / NX, slice), 1e-3f);
    }
  ln_dataset_free(&set);
}
END_TEST

static void write_member(const char *name, const File *file) {
  char path[300];
  snprintf(path, sizeof path, "volumes/%s", name);
  test_file(path, file->bytes, file->n);
}

START_TEST(folder_of_volumes) {
  LnError err;
  File file, small;
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  small = file;
  ((struct nifti_1_header *)(void *)small.bytes)->dim[1] = NX - 1; /* its voxels are others */
  mkdir(test_path("volumes"), 0777);
  write_member("b.nii", &file), write_member("a.nii", &file), write_member("notes.txt", &file);
  const char *path = test_path("volumes");
  LnDataset set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"axial\""));
  ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(2 * NZ, 1, NY, NX)));
  ck_assert_str_eq(set.names[0], "a/ax000");
  ck_assert_str_eq(set.names[2 * NZ - 1], "b/ax004");
  ck_assert_mem_eq(set.images->data, set.images->data + VOXELS, VOXELS * sizeof(float));
  ln_dataset_free(&set);
  LnItem *item = test_item(&ln_data_nifti.type, with_path(path, PLAIN ", \"plane\": \"axial\""));
  CK_EVERY_ALLOCATION(ln_data_nifti.load(ln_item_options(item), &set, &err), ln_dataset_free(&set));
  ln_item_unref(item);
  write_member("c.nii", &small);
  check_load_fails(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"axial\""), LN_ESHAPE,
                   "the slices of 'c.nii' have 3x3 pixels, those of 'a.nii' 3x4; give a size");
  write_member("c.nii", &(File){.n = 0});
  check_load_fails(&ln_data_nifti, with_path(path, ""), LN_EFORMAT, "volumes/c.nii': the file is empty");
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
  check_load_fails(&ln_data_nifti, with_path(test_path("folder.nii"), ""), LN_EIO,
                   "folder.nii' has no volumes (.nii, .nii.gz, .hdr)");
  check_load_fails(&ln_data_nifti, with_path(test_file("empty.nii", "", 0), ""), LN_EFORMAT, "the file is empty");
  check_load_fails(&ln_data_nifti, with_path(test_file("text.nii.gz", "hello", 5), ""), LN_EFORMAT, "not a NIfTI file");
  header->datatype = NIFTI_TYPE_COMPLEX64;
  header->bitpix = 64;
  check_load_fails(&ln_data_nifti, with_path(test_file("c.nii", file.bytes, file.n), ""), LN_EUNSUPPORTED,
                   "not supported: voxels of type COMPLEX64");
  header->datatype = NIFTI_TYPE_RGB24;
  check_load_fails(&ln_data_nifti, with_path(test_file("c.nii", file.bytes, file.n), ""), LN_EUNSUPPORTED,
                   "not supported: voxels of type RGB24");
  header->datatype = 12345;
  check_load_fails(&ln_data_nifti, with_path(test_file("c.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: there is no type of voxels 12345");
  header->datatype = NIFTI_TYPE_UINT8;
  header->dim[2] = -3;
  check_load_fails(&ln_data_nifti, with_path(test_file("d.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: dimension 2 has the size -3");
  header->dim[0] = 8;
  check_load_fails(&ln_data_nifti, with_path(test_file("d.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: 8 dimensions");
}
END_TEST

/* What a header claims is compared with the limit and with the file before memory is taken, packed or not. */
START_TEST(claims) {
  File file;
  int64_t peak = ln_memory_peak();
  make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
  struct nifti_1_header *header = (struct nifti_1_header *)(void *)file.bytes;
  header->dim[1] = header->dim[2] = header->dim[3] = 32767;
  check_load_fails(&ln_data_nifti, with_path(test_file("big.nii", file.bytes, file.n), ""), LN_ELIMIT,
                   "too large: 32767x32767x32767 values");
  header->dim[1] = header->dim[2] = 500;
  header->dim[3] = 1000;
  check_load_fails(&ln_data_nifti, with_path(test_file("big.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: cut short: its voxels reach to byte 500000352, but there are at most 472");
  check_load_fails(&ln_data_nifti, with_path(write_gz("big.nii.gz", &file), ""), LN_EFORMAT, "damaged: cut short");
  check_load_fails(&ln_data_nifti, with_path(test_path("big.nii.gz"), "\"size\": 8192, \"volume\": 2"), LN_EARG,
                   "option 'volume' is 2, but the file has 1");
  ck_assert_int_lt(ln_memory_peak() - peak, 64 << 20);
}
END_TEST

/* ---- What a header may say about the place, scale and ways of its voxels ---- */

/* The file, with one field of its header changed. */
#define CHANGED(file, field, value)                                              \
  do {                                                                           \
    make_file(&(file), NIFTI_TYPE_INT16, ras, 1, 0, false);                      \
    ((struct nifti_1_header *)(void *)(file).bytes)->field = (value);            \
  } while (0)

START_TEST(voxel_offset) {
  const float early[] = {0, 1, 348, 351.5f, -1e30f, 352.5f}, nowhere[] = {NAN, INFINITY, -INFINITY};
  File file;
  for (size_t i = 0; i < sizeof early / sizeof *early; i++) {
    CHANGED(file, vox_offset, early[i]);
    check_images(test_file("a.nii", file.bytes, file.n));
  }
  for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
    CHANGED(file, vox_offset, nowhere[i]);
    check_load_fails(&ln_data_nifti, with_path(test_file("a.nii", file.bytes, file.n), ""), LN_EFORMAT,
                     "damaged: the place of the voxels is no number");
  }
  CHANGED(file, vox_offset, 1e30f);
  check_load_fails(&ln_data_nifti, with_path(test_file("a.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: cut short: its voxels reach to byte");
  CHANGED(file, vox_offset, 353);
  check_load_fails(&ln_data_nifti, with_path(test_file("a.nii", file.bytes, file.n), ""), LN_EFORMAT, "cut short");
}
END_TEST

/* As nibabel: a slope of 0 or NaN means no scaling, whatever the intercept. */
START_TEST(scaling_that_is_none) {
  const float none[] = {0, NAN, INFINITY};
  File file;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    CHANGED(file, scl_slope, none[i]);
    ((struct nifti_1_header *)(void *)file.bytes)->scl_inter = i == 1 ? NAN : 7;
    check_images(test_file("a.nii", file.bytes, file.n));
  }
  CHANGED(file, scl_inter, NAN);
  check_load_fails(&ln_data_nifti, with_path(test_file("a.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: the intercept of its scaling is no number");
}
END_TEST

/* An sform that tells nothing, of zeros or NaN, leaves it to the qform; without one, voxels are taken as stored. */
START_TEST(sform_of_zeros) {
  const int turned[3] = {-1, -2, 3}; /* by half a turn about the third axis: quaternion 0, 0, 0, 1 */
  const float nothing[] = {0, NAN};
  File file;
  struct nifti_1_header *header = (struct nifti_1_header *)(void *)file.bytes;
  for (int i = 0; i < 4; i++) {
    make_file(&file, NIFTI_TYPE_INT16, i < 2 ? turned : ras, 1, 0, false);
    for (int k = 0; k < 4; k++)
      header->srow_x[k] = header->srow_y[k] = nothing[i % 2], header->srow_z[k] = 0;
    header->qform_code = i < 2;
    header->quatern_d = 1;
    check_images(test_file("a.nii", file.bytes, file.n));
  }
}
END_TEST

/* A file of one slice, as two dimensions or as three of which one is 1. */
START_TEST(one_slice) {
  File file;
  for (int i = 0; i < 3; i++) {
    make_file(&file, NIFTI_TYPE_INT16, ras, 1, 0, false);
    struct nifti_1_header *header = (struct nifti_1_header *)(void *)file.bytes;
    header->dim[0] = i == 0 ? 2 : 3;
    header->dim[3] = i == 0 ? 0 : 1;
    if (i == 2) header->sform_code = 0;
    const char *path = test_file("flat.nii", file.bytes, file.n);
    LnDataset set = load_set(&ln_data_nifti, with_path(path, "\"size\": [3, 4], \"min_fill\": 0, \"high\": 500"));
    ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(1, 1, NY, NX)));
    ck_assert_str_eq(set.names[0], "ax000");
    for (int k = 0; k < NX * NY; k++)
      ck_assert_float_eq_tol(set.images->data[k] * 500, (float)value_of(k % NX, NY - 1 - k / NX, 0), 1e-3f);
    ln_dataset_free(&set);
    check_load_fails(&ln_data_nifti, with_path(path, "\"plane\": \"sagittal\""), LN_EARG,
                     "flat.nii' has no sagittal slices: it has 4x3x1 voxels");
  }
  CHANGED(file, dim[0], 1);
  check_load_fails(&ln_data_nifti, with_path(test_file("line.nii", file.bytes, file.n), ""), LN_EARG,
                   "it has 4x1x1 voxels");
}
END_TEST

/* ---- NIfTI-2 ---- */

/* The same volume with the other header, in either byte order. */
static void make_second(File *file, int datatype, double slope, bool swap) {
  File first;
  make_file(&first, datatype, ras, (float)slope, 3, swap);
  make_file(file, datatype, ras, (float)slope, 3, false);
  struct nifti_1_header old;
  memcpy(&old, file->bytes, sizeof old);
  struct nifti_2_header h = {.sizeof_hdr = 540, .magic = "n+2\0\r\n\032\n", .vox_offset = 544};
  h.datatype = old.datatype;
  h.sform_code = 1;
  h.scl_slope = slope;
  h.scl_inter = 3;
  for (int i = 0; i < 8; i++) h.dim[i] = old.dim[i], h.pixdim[i] = 1;
  for (int i = 0; i < 4; i++) h.srow_x[i] = old.srow_x[i], h.srow_y[i] = old.srow_y[i], h.srow_z[i] = old.srow_z[i];
  if (swap) {
    nifti_swap_4bytes(1, &h.sizeof_hdr);
    nifti_swap_2bytes(1, &h.datatype);
    nifti_swap_8bytes(8, h.dim), nifti_swap_8bytes(8, h.pixdim);
    nifti_swap_8bytes(1, &h.vox_offset);
    nifti_swap_8bytes(2, &h.scl_slope);
    nifti_swap_4bytes(2, &h.qform_code);
    nifti_swap_8bytes(12, h.srow_x);
  }
  memset(file->bytes, 0, 544);
  memcpy(file->bytes, &h, sizeof h);
  memcpy(file->bytes + 544, first.bytes + HEADER, first.n - HEADER);
  file->n = 544 + first.n - HEADER;
}

START_TEST(second_version) {
  File file;
  for (int swap = 0; swap < 2; swap++) {
    make_second(&file, NIFTI_TYPE_FLOAT32, 0.5, swap);
    check_images(test_file("n2.nii", file.bytes, file.n));
    check_images(write_gz("n2.nii.gz", &file));
  }
  struct nifti_2_header *header = (struct nifti_2_header *)(void *)file.bytes;
  make_second(&file, NIFTI_TYPE_INT16, 1, false);
  header->vox_offset = 0;
  check_images(test_file("n2.nii", file.bytes, file.n));
  header->vox_offset = INT64_MAX;
  check_load_fails(&ln_data_nifti, with_path(test_file("n2.nii", file.bytes, file.n), ""), LN_EFORMAT, "cut short");
  header->dim[0] = 7;
  for (int i = 1; i < 8; i++) header->dim[i] = INT64_MAX;
  check_load_fails(&ln_data_nifti, with_path(test_file("n2.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: too many volumes");
  header->magic[4] = '\n'; /* as a transfer that changes line ends would leave it */
  check_load_fails(&ln_data_nifti, with_path(test_file("n2.nii", file.bytes, file.n), ""), LN_EFORMAT,
                   "damaged: its magic bytes are no NIfTI-2's");
}
END_TEST

/* Files of the project's collection. Values: numpy.asarray(nibabel.load(path).dataobj)[:5, 0, 0], nibabel 5.3; of
 * vox0.nii, whose offset of 0 means 352, as of the others. */
START_TEST(shared_cases) {
  const struct {
    const char *path, *message;
  } cases[] = {{"../cases/type_i2.nii", NULL}, {"../cases/vox0.nii", NULL}, {"../cases/vohuge.nii", "damaged"},
               {"../cases/n2.nii", NULL}};
  const float values[] = {134, 180, 160, 71, 129};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *path = test_shared(cases[i].path);
    if (path == NULL) return;
    if (cases[i].message != NULL) {
      check_load_fails(&ln_data_nifti, with_path(path, ""), LN_EFORMAT, cases[i].message);
      continue;
    }
    LnDataset set = load_set(&ln_data_nifti, with_path(path, PLAIN ", \"plane\": \"axial\""));
    ck_assert(ln_shape_equal(set.images->shape, LN_SHAPE(7, 1, 6, 5)));
    for (int x = 0; x < 5; x++) ck_assert_float_eq_tol(set.images->data[5 * 5 + x] * 500, values[x], 1e-3f);
    ln_dataset_free(&set);
  }
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
  LnDataset set = {0};
  packed[n - 6] ^= 1; /* of the checksum */
  test_file("cut.nii.gz", packed, n);
  CK_FAILS(ln_data_nifti.load(ln_item_options(item), &set, &err), LN_EFORMAT, "cut.nii.gz': damaged: incorrect data");
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
  tcase_add_test(tests, neighbours);
  tcase_add_test(tests, folder_of_volumes);
  tcase_add_test(tests, numbers_that_are_none);
  tcase_add_test(tests, no_volume_at_all);
  tcase_add_test(tests, claims);
  tcase_add_test(tests, voxel_offset);
  tcase_add_test(tests, scaling_that_is_none);
  tcase_add_test(tests, sform_of_zeros);
  tcase_add_test(tests, one_slice);
  tcase_add_test(tests, second_version);
  tcase_add_test(tests, shared_cases);
  tcase_add_test(tests, cut_at_every_length);
  tcase_add_test(tests, any_bit_changed);
  tcase_add_test(tests, any_header_bit_changed);
  tcase_add_test(tests, every_allocation);
  tcase_add_test(tests, shared_slices);
}
