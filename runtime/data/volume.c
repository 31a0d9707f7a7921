/* Volumes from NIfTI files: see volume.h.
 *
 * libnifti makes sense of the header. Reading is done here, through zlib: libnifti prints its complaints, takes the
 * failure code of a short read for success, and turns NaN into 0. Format: https://nifti.nimh.nih.gov/nifti-1 */
#include "data/volume.h"

#include <errno.h>
#include <math.h>
#include <nifti1_io.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/memory.h"

#define MAX_VOXELS (1 << 28) /* 1 GB as floats */

/* n values of a stored type, in this machine's byte order, to doubles. False: not a type that is read. */
static bool convert(double *out, const void *raw, int64_t n, int datatype) {
#define CONVERT(type)                                                     \
  do {                                                                    \
    const type *in = raw;                                                 \
    for (int64_t i = 0; i < n; i++) out[i] = (double)in[i];               \
    return true;                                                          \
  } while (0)
  switch (datatype) {
    case NIFTI_TYPE_UINT8: CONVERT(uint8_t);
    case NIFTI_TYPE_INT8: CONVERT(int8_t);
    case NIFTI_TYPE_UINT16: CONVERT(uint16_t);
    case NIFTI_TYPE_INT16: CONVERT(int16_t);
    case NIFTI_TYPE_UINT32: CONVERT(uint32_t);
    case NIFTI_TYPE_INT32: CONVERT(int32_t);
    case NIFTI_TYPE_UINT64: CONVERT(uint64_t);
    case NIFTI_TYPE_INT64: CONVERT(int64_t);
    case NIFTI_TYPE_FLOAT32: CONVERT(float);
    case NIFTI_TYPE_FLOAT64: CONVERT(double);
    default: return false;
  }
#undef CONVERT
}

/* h: in this machine's byte order. What libnifti would complain about is found here, for it prints that. */
static LnStatus check_header(const nifti_1_header *h, int64_t number, LnError *err) {
  long long x = h->dim[1], y = h->dim[2], z = h->dim[3], volumes = 1;
  if (h->dim[0] < 1 || h->dim[0] > 7) return ln_fail(err, LN_EFORMAT, "damaged header: %d dimensions", h->dim[0]);
  if (h->dim[0] < 3 || x < 2 || y < 2 || z < 2)
    return ln_fail(err, LN_EFORMAT, "expected a volume of at least 2x2x2 voxels, got %lldx%lldx%lld", x, y, z);
  if (x * y * z > MAX_VOXELS)
    return ln_fail(err, LN_EFORMAT, "%lldx%lldx%lld voxels are more than the limit of %d million", x, y, z,
                   MAX_VOXELS >> 20);
  if (!convert(NULL, NULL, 0, h->datatype))
    return ln_fail(err, LN_EFORMAT, "voxels of type %d (%s) are not supported, only integers and 32 or 64 bit floats",
                   h->datatype, nifti_datatype_string(h->datatype));
  for (int i = 4; i <= h->dim[0]; i++) volumes *= h->dim[i] < 1 ? 1 : h->dim[i];
  if (number > volumes)
    return ln_fail(err, LN_EARG, "option 'volume' is %lld, but the file has %lld", (long long)number, volumes);
  return LN_OK;
}

/* Header and voxels in the same file, whatever it is called. */
static bool in_one_file(const nifti_image *nim) {
  return nim->nifti_type == NIFTI_FTYPE_NIFTI1_1;
}

/* libnifti's image from the header alone. */
static LnStatus open_image(nifti_image **out, const char *path, int64_t number, LnError *err) {
  nifti_1_header stored, header;
  gzFile file = gzopen(path, "rb"); /* reads files that are not compressed as well */
  if (file == NULL) return ln_fail(err, LN_EIO, "%s", strerror(errno));
  int got = gzread(file, &stored, sizeof stored);
  gzclose(file);
  header = stored;
  if (got == sizeof stored && header.sizeof_hdr != sizeof stored) swap_nifti_header(&header, NIFTI_VERSION(stored));
  if (got != sizeof stored || header.sizeof_hdr != sizeof stored)
    return ln_fail(err, LN_EFORMAT, "not a NIfTI file (.nii, .nii.gz, or .hdr with .img), or cut short");
  LN_TRY(check_header(&header, number, err));
  nifti_set_debug_level(0);
  *out = nifti_convert_nhdr2nim(stored, path);
  if (*out == NULL || (*out)->iname_offset < 0 || ((*out)->iname == NULL && !in_one_file(*out)))
    return ln_fail(err, LN_EFORMAT, "its header does not lead to the voxels");
  return LN_OK;
}

static LnStatus fail_short(gzFile file, LnError *err) {
  int code;
  const char *reason = gzerror(file, &code);
  if (code == Z_OK || code == Z_BUF_ERROR) return ln_fail(err, LN_EFORMAT, "cut short: the voxels end too soon");
  return ln_fail(err, LN_EFORMAT, "damaged: %.100s", reason);
}

static LnStatus read_exactly(void *out, int64_t n, gzFile file, LnError *err) {
  for (char *at = out; n > 0;) {
    int got = gzread(file, at, n > (1 << 24) ? 1 << 24 : (unsigned)n);
    if (got <= 0) return fail_short(file, err);
    at += got;
    n -= got;
  }
  return LN_OK;
}

/* raw, wide: scratch for one plane of the file */
static LnStatus read_planes(float *voxels, void *raw, double *wide, gzFile file, const nifti_image *nim, LnError *err) {
  int64_t plane = (int64_t)nim->nx * nim->ny;
  bool swap = nim->nbyper > 1 && nim->byteorder != nifti_short_order();
  double slope = nim->scl_slope == 0 ? 1 : nim->scl_slope, intercept = nim->scl_slope == 0 ? 0 : nim->scl_inter;
  for (int64_t z = 0; z < nim->nz; z++) {
    LN_TRY(read_exactly(raw, plane * nim->nbyper, file, err));
    if (swap) nifti_swap_Nbytes((size_t)plane, nim->nbyper, raw);
    convert(wide, raw, plane, nim->datatype);
    for (int64_t i = 0; i < plane; i++) {
      float value = (float)(wide[i] * slope + intercept);
      if (!isfinite(value))
        return ln_fail(err, LN_ENUMERIC, "voxel (%lld, %lld, %lld) is %s", (long long)(i % nim->nx) + 1,
                       (long long)(i / nim->nx) + 1, (long long)z + 1, isnan(value) ? "NaN" : "infinite");
      voxels[z * plane + i] = value;
    }
  }
  return LN_OK;
}

/* Whether the checksum at a gzip file's end agrees shows only when reading goes past the last byte. */
static LnStatus check_end(gzFile file, LnError *err) {
  char byte;
  int code;
  if (gzread(file, &byte, 1) < 0) return fail_short(file, err);
  gzerror(file, &code);
  return code == Z_OK ? LN_OK : fail_short(file, err);
}

static LnStatus read_voxels(float *voxels, const nifti_image *nim, const char *path, int64_t number, LnError *err) {
  int64_t plane = (int64_t)nim->nx * nim->ny;
  int64_t offset = (int64_t)nim->iname_offset + (number - 1) * plane * nim->nz * nim->nbyper;
  void *raw = ln_alloc((size_t)(plane * nim->nbyper));
  double *wide = ln_alloc((size_t)plane * sizeof *wide);
  gzFile file = gzopen(path, "rb");
  LnStatus status;
  if (raw == NULL || wide == NULL)
    status = ln_fail_memory(err, "a plane of voxels", (size_t)plane * 8);
  else if (file == NULL)
    status = ln_fail(err, LN_EIO, "cannot read the voxels in '%.200s': %s", path, strerror(errno));
  else if (gzseek(file, (z_off_t)offset, SEEK_SET) < 0)
    status = fail_short(file, err);
  else
    status = read_planes(voxels, raw, wide, file, nim, err);
  if (status == LN_OK) status = check_end(file, err);
  if (file != NULL) gzclose(file);
  ln_free(wide), ln_free(raw);
  return status;
}

/* Which stored axis runs along right, anterior and superior, and which way; as stored where the header is silent. */
static void orient(LnVolume *volume, const nifti_image *nim) {
  const int64_t size[3] = {nim->nx, nim->ny, nim->nz}, stride[3] = {1, nim->nx, (int64_t)nim->nx * nim->ny};
  int codes[3] = {NIFTI_L2R, NIFTI_P2A, NIFTI_I2S};
  if (nim->sform_code > 0)
    nifti_mat44_to_orientation(nim->sto_xyz, &codes[0], &codes[1], &codes[2]);
  else if (nim->qform_code > 0)
    nifti_mat44_to_orientation(nim->qto_xyz, &codes[0], &codes[1], &codes[2]);
  if (codes[0] < 1 || codes[1] < 1 || codes[2] < 1) codes[0] = NIFTI_L2R, codes[1] = NIFTI_P2A, codes[2] = NIFTI_I2S;
  volume->origin = volume->voxels;
  for (int stored = 0; stored < 3; stored++) {
    int axis = (codes[stored] - 1) / 2; /* codes come in pairs: 1, 2 right, left; 3, 4 front, back; 5, 6 up, down */
    bool backwards = (codes[stored] - 1) % 2 == 1;
    volume->size[axis] = size[stored];
    volume->stride[axis] = backwards ? -stride[stored] : stride[stored];
    if (backwards) volume->origin += (size[stored] - 1) * stride[stored];
  }
}

static LnStatus read_image(LnVolume *volume, const nifti_image *nim, const char *path, int64_t number, LnError *err) {
  size_t count = (size_t)nim->nx * (size_t)nim->ny * (size_t)nim->nz;
  volume->voxels = ln_alloc(count * sizeof(float));
  if (volume->voxels == NULL) return ln_fail_memory(err, "voxels", count * sizeof(float));
  LN_TRY(read_voxels(volume->voxels, nim, in_one_file(nim) ? path : nim->iname, number, err));
  orient(volume, nim);
  return LN_OK;
}

static LnStatus check_path(const char *path, LnError *err) {
  struct stat about;
  if (stat(path, &about) != 0) return ln_fail(err, LN_EIO, "%s", strerror(errno));
  if (S_ISDIR(about.st_mode)) return ln_fail(err, LN_EIO, "it is a folder, not a file");
  if (about.st_size == 0) return ln_fail(err, LN_EFORMAT, "the file is empty");
  return LN_OK;
}

LnStatus ln_volume_read(LnVolume *out, const char *path, int64_t number, LnError *err) {
  LnError why;
  LnVolume volume = {0};
  nifti_image *nim = NULL;
  LnStatus status = check_path(path, &why);
  if (status == LN_OK) status = open_image(&nim, path, number, &why);
  if (status == LN_OK) status = read_image(&volume, nim, path, number, &why);
  nifti_image_free(nim);
  if (status != LN_OK)
    return ln_volume_free(&volume), ln_fail(err, status, "nifti: cannot read '%.240s': %s", path, why.msg);
  *out = volume;
  return LN_OK;
}

void ln_volume_free(LnVolume *volume) {
  ln_free(volume->voxels);
  *volume = (LnVolume){0};
}
