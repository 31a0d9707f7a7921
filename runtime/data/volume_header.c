/* Headers of volumes: see volume_header.h. https://nifti.nimh.nih.gov/nifti-1 and /nifti-2
 *
 * The structures and the geometry are libnifti's. Its functions for whole files are not used: they print their
 * complaints, look for other files by themselves, and know NIfTI-2 only in a library of its own with the same names. */
#include "data/volume_header.h"

#include <math.h>
#include <nifti1_io.h>
#include <nifti2.h>
#include <string.h>

/* ---- Types of voxels ---- */

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

void ln_volume_voxels(double *out, void *raw, int64_t n, const LnVolumeHeader *header) {
  if (header->swapped && header->bytes > 1) nifti_swap_Nbytes((size_t)n, header->bytes, raw);
  convert(out, raw, n, header->datatype);
}

static LnStatus check_type(LnVolumeHeader *out, LnError *err) {
  static const int others[] = {DT_BINARY,           NIFTI_TYPE_COMPLEX64, NIFTI_TYPE_COMPLEX128, NIFTI_TYPE_COMPLEX256,
                               NIFTI_TYPE_FLOAT128, NIFTI_TYPE_RGB24,     NIFTI_TYPE_RGBA32};
  int swap_size;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (out->datatype == others[i])
      return ln_fail(err, LN_EUNSUPPORTED,
                     "not supported: voxels of type %s; integers and 32 or 64 bit floats are read",
                     nifti_datatype_string(out->datatype));
  if (!convert(NULL, NULL, 0, out->datatype))
    return ln_fail(err, LN_EFORMAT, "damaged: there is no type of voxels %d", out->datatype);
  nifti_datatype_sizes(out->datatype, &out->bytes, &swap_size);
  return LN_OK;
}

/* ---- Sizes ---- */

static LnStatus set_sizes(LnVolumeHeader *out, const int64_t dim[8], LnError *err) {
  if (dim[0] < 1 || dim[0] > 7)
    return ln_fail(err, LN_EFORMAT, "damaged: %lld dimensions", (long long)dim[0]);
  out->volumes = 1;
  for (int i = 1; i <= 7; i++) {
    int64_t size = i <= dim[0] ? dim[i] : 1;
    if (i > 3 && size == 0) size = 1; /* some writers leave them out like this */
    if (size < 1) return ln_fail(err, LN_EFORMAT, "damaged: dimension %d has the size %lld", i, (long long)size);
    if (i <= 3)
      out->size[i - 1] = size;
    else if (__builtin_mul_overflow(out->volumes, size, &out->volumes))
      return ln_fail(err, LN_EFORMAT, "damaged: too many volumes");
  }
  return LN_OK;
}

/* As nibabel: a slope of 0 or NaN is none. */
static LnStatus set_scale(LnVolumeHeader *out, double slope, double intercept, LnError *err) {
  bool none = slope == 0 || !isfinite(slope);
  if (!none && !isfinite(intercept))
    return ln_fail(err, LN_EFORMAT, "damaged: the intercept of its scaling is no number");
  out->slope = none ? 1 : slope;
  out->intercept = none ? 0 : intercept;
  return LN_OK;
}

/* In a single file the voxels cannot begin within the header: what is smaller stands for its end. */
static LnStatus set_offset(LnVolumeHeader *out, double offset, double header_size, LnError *err) {
  if (!isfinite(offset)) return ln_fail(err, LN_EFORMAT, "damaged: the place of the voxels is no number");
  if (!out->pair && offset < header_size) offset = header_size;
  if (offset < 0) return ln_fail(err, LN_EFORMAT, "damaged: its voxels begin at byte %g", offset);
  out->offset = floor(offset);
  return LN_OK;
}

/* ---- Orientation ---- */

/* The way of the axes by a matrix from voxels to the patient; false where it does not tell, as one of zeros. */
static bool codes_from(int codes[3], mat44 m) {
  double det = 0;
  for (int i = 0; i < 3; i++) {
    int j = (i + 1) % 3, k = (i + 2) % 3;
    det += (double)m.m[0][i] * ((double)m.m[1][j] * m.m[2][k] - (double)m.m[1][k] * m.m[2][j]);
  }
  if (!isfinite(det) || det == 0) return false;
  int found[3] = {0}, seen = 0;
  nifti_mat44_to_orientation(m, &found[0], &found[1], &found[2]);
  for (int i = 0; i < 3; i++)
    if (found[i] >= 1 && found[i] <= 6) seen |= 1 << (found[i] - 1) / 2; /* pairs: right, left; front, back; up, down */
  if (seen != 7) return false;
  memcpy(codes, found, sizeof found);
  return true;
}

typedef struct Geometry {
  int qform_code, sform_code;
  double quaternion[3], shift[3], pixdim[4], rows[3][4];
} Geometry;

static void set_codes(LnVolumeHeader *out, const Geometry *g) {
  mat44 m = {{{0}}};
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++) m.m[r][c] = (float)g->rows[r][c];
  m.m[3][3] = 1;
  if (g->sform_code > 0 && codes_from(out->codes, m)) return;
  const double *q = g->quaternion, *s = g->shift, *p = g->pixdim;
  if (g->qform_code > 0 &&
      codes_from(out->codes, nifti_quatern_to_mat44((float)q[0], (float)q[1], (float)q[2], (float)s[0], (float)s[1],
                                                    (float)s[2], (float)p[1], (float)p[2], (float)p[3],
                                                    p[0] < 0 ? -1.0f : 1.0f)))
    return;
  const int as_stored[3] = {NIFTI_L2R, NIFTI_P2A, NIFTI_I2S};
  memcpy(out->codes, as_stored, sizeof as_stored);
}

/* ---- Headers ---- */

/* NIfTI-1 and -2 have the same fields, of other sizes. */
#define UNDERSTAND(h, known)                                                                                    \
  do {                                                                                                          \
    int64_t dim[8];                                                                                             \
    Geometry g = {.qform_code = (known) ? (h).qform_code : 0,                                                   \
                  .sform_code = (known) ? (h).sform_code : 0,                                                   \
                  .quaternion = {(h).quatern_b, (h).quatern_c, (h).quatern_d},                                  \
                  .shift = {(h).qoffset_x, (h).qoffset_y, (h).qoffset_z}};                                      \
    for (int i = 0; i < 8; i++) dim[i] = (h).dim[i];                                                            \
    for (int i = 0; i < 4; i++) {                                                                               \
      g.pixdim[i] = (h).pixdim[i];                                                                              \
      g.rows[0][i] = (h).srow_x[i], g.rows[1][i] = (h).srow_y[i], g.rows[2][i] = (h).srow_z[i];                 \
    }                                                                                                           \
    out->datatype = (h).datatype;                                                                               \
    set_codes(out, &g);                                                                                         \
    LN_TRY(set_sizes(out, dim, err));                                                                           \
    LN_TRY(check_type(out, err));                                                                               \
    LN_TRY(set_scale(out, (known) ? (double)(h).scl_slope : 0, (known) ? (double)(h).scl_inter : 0, err));      \
    return set_offset(out, (double)(h).vox_offset, (double)sizeof(h) + 4, err); /* 4: says whether more follows */ \
  } while (0)

/* ANALYZE 7.5 has no magic, no scaling and no orientation: its voxels are taken as they are stored. */
static LnStatus read_first(LnVolumeHeader *out, const void *bytes, LnError *err) {
  nifti_1_header h;
  memcpy(&h, bytes, sizeof h);
  bool one = memcmp(h.magic, "n+1", 4) == 0, two = memcmp(h.magic, "ni1", 4) == 0;
  if (!one && !two && h.magic[0] == 'n') return ln_fail(err, LN_EFORMAT, "damaged: its magic bytes are no NIfTI-1's");
  if (out->swapped) swap_nifti_header(&h, one || two);
  out->pair = !one;
  UNDERSTAND(h, one || two);
}

static void swap_second(nifti_2_header *h) {
  nifti_swap_2bytes(1, &h->datatype);
  nifti_swap_8bytes(8, h->dim);
  nifti_swap_8bytes(8, h->pixdim);
  nifti_swap_8bytes(1, &h->vox_offset);
  nifti_swap_8bytes(2, &h->scl_slope); /* and scl_inter */
  nifti_swap_4bytes(2, &h->qform_code); /* and sform_code */
  nifti_swap_8bytes(6, &h->quatern_b);  /* and on to qoffset_z */
  nifti_swap_8bytes(12, h->srow_x);     /* and srow_y, srow_z */
}

static LnStatus read_second(LnVolumeHeader *out, const void *bytes, LnError *err) {
  nifti_2_header h;
  memcpy(&h, bytes, sizeof h);
  bool one = memcmp(h.magic, "n+2\0\r\n\032\n", 8) == 0, two = memcmp(h.magic, "ni2\0\r\n\032\n", 8) == 0;
  if (!one && !two) return ln_fail(err, LN_EFORMAT, "damaged: its magic bytes are no NIfTI-2's");
  if (out->swapped) swap_second(&h);
  out->pair = two;
  UNDERSTAND(h, true);
}

LnStatus ln_volume_header_read(LnVolumeHeader *out, const void *bytes, size_t n, LnError *err) {
  int32_t size = 0;
  *out = (LnVolumeHeader){0};
  if (n >= sizeof(nifti_1_header)) memcpy(&size, bytes, sizeof size);
  if (size != 348 && size != 540) {
    nifti_swap_4bytes(1, &size);
    out->swapped = true;
  }
  if (size == 348) return read_first(out, bytes, err);
  if (size == 540 && n >= sizeof(nifti_2_header)) return read_second(out, bytes, err);
  return ln_fail(err, LN_EFORMAT, "not a NIfTI file (.nii, .nii.gz, or .hdr with .img), or cut short");
}
