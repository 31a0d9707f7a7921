/* JPEG through libjpeg-turbo: baseline, extended and progressive, gray, YCbCr, RGB, CMYK and YCCK, 8 bits.
 *
 * libjpeg makes up what a damaged file lacks and says so in a warning; here a warning that means lost pixels is an
 * error. It also takes the standard Huffman tables where a file defines none, and gray for a component without a scan;
 * both are looked for. Arithmetic coding is not read: where its data ends too soon it goes on with zeros, as the format
 * wants it, and nobody sees the loss. Format: ITU-T T.81; Adobe's marker: Adobe Technical Note 5116. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "image/exif.h"
#include "image/format.h"
#include "image/samples.h"

/* Progressive files have about ten scans; each goes over the whole image, so that many of them, each of a few bytes,
 * take hours. */
#define MOST_SCANS 200

typedef struct Decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  jmp_buf failed;
  LnStatus status;
  LnError *err;
  size_t n; /* bytes of the file */
} Decoder;

/* End the decoding: back to setjmp in `decode`. */
static void stop(Decoder *d, LnStatus status) __attribute__((noreturn));
static void stop(Decoder *d, LnStatus status) {
  d->status = status;
  longjmp(d->failed, 1);
}

/* Errors of libjpeg that speak of kinds of files, not of damage. */
static const char *unsupported(const struct jpeg_decompress_struct *jpeg) {
  switch (jpeg->err->msg_code) {
    case JERR_BAD_PRECISION: return jpeg->data_precision == 12 ? "12-bit JPEG" : "JPEG of other than 8 bits";
    case JERR_SOF_UNSUPPORTED: return (jpeg->err->msg_parm.i[0] & 3) == 3 ? "lossless JPEG" : "hierarchical JPEG";
    case JERR_ARITH_NOTIMPL: return "arithmetic coding in JPEG";
    case JERR_COMPONENT_COUNT: return "JPEG of more than 10 components";
    case JERR_EMPTY_IMAGE: return jpeg->image_height == 0 ? "JPEG whose height comes after its data" : NULL;
    case JERR_IMAGE_TOO_BIG: return "JPEG of more than 65500 pixels a side";
    case JERR_CONVERSION_NOTIMPL: return "this colour space in JPEG";
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL: return "this subsampling in JPEG";
    default: return NULL;
  }
}

static void on_error(j_common_ptr common) {
  Decoder *d = common->client_data;
  const char *kind = unsupported(&d->jpeg);
  char text[JMSG_LENGTH_MAX];
  if (common->err->msg_code == JERR_OUT_OF_MEMORY) stop(d, ln_fail(d->err, LN_EMEMORY, "JPEG: out of memory"));
  if (kind != NULL) stop(d, ln_fail(d->err, LN_EUNSUPPORTED, "not supported: %s", kind));
  common->err->format_message(common, text);
  stop(d, ln_fail(d->err, LN_EFORMAT, "damaged: %s", text));
}

/* Whether the decoder is between the first and the last row of a scan. Bytes passed over there belonged to pixels. */
static bool within_scan(const struct jpeg_decompress_struct *jpeg) {
  return jpeg->input_scan_number > 0 && jpeg->input_iMCU_row < jpeg->total_iMCU_rows;
}

/* level: -1 for a warning. */
static void on_message(j_common_ptr common, int level) {
  Decoder *d = common->client_data;
  if (level >= 0) return;
  switch (common->err->msg_code) {
    case JWRN_ADOBE_XFORM:    /* an unknown number for the colour space: the usual one is taken */
    case JWRN_JFIF_MAJOR:     /* a version of JFIF after 1 */
    case JWRN_NOT_SEQUENTIAL: /* numbers that sequential files do not need */
      return;
    case JWRN_EXTRANEOUS_DATA: /* stray bytes before a marker */
      if (!within_scan(&d->jpeg)) return;
      break;
    case JWRN_JPEG_EOF: stop(d, ln_fail(d->err, LN_EFORMAT, "damaged: cut short after %zu bytes", d->n));
    default: break;
  }
  on_error(common);
}

static void on_output(j_common_ptr common) {
  (void)common;
}

/* What libjpeg is to give: gray, RGB or CMYK. Two, or more than four, components have no colours. */
static void choose_colours(Decoder *d) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  if (jpeg->arith_code) stop(d, ln_fail(d->err, LN_EUNSUPPORTED, "not supported: arithmetic coding in JPEG"));
  switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE: jpeg->out_color_space = JCS_GRAYSCALE; return;
    case JCS_YCbCr:
    case JCS_RGB: jpeg->out_color_space = JCS_RGB; return;
    case JCS_CMYK:
    case JCS_YCCK: jpeg->out_color_space = JCS_CMYK; return;
    default:
      stop(d, ln_fail(d->err, LN_EUNSUPPORTED, "not supported: JPEG of %d components", jpeg->num_components));
  }
}

/* A block of 8x8 samples takes a bit of Huffman codes at the very least. */
static double least_bytes(const struct jpeg_decompress_struct *jpeg) {
  double blocks = 0;
  for (int c = 0; c < jpeg->num_components; c++)
    blocks += (double)jpeg->comp_info[c].width_in_blocks * jpeg->comp_info[c].height_in_blocks;
  return blocks / 8;
}

static void begin(Decoder *d, LnImage *out) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  LnClaim claim = {.format = "JPEG", .channels = jpeg->out_color_space == JCS_GRAYSCALE ? 1 : 3,
                   .height = jpeg->image_height, .width = jpeg->image_width, .least = least_bytes(jpeg)};
  LnStatus status = ln_image_begin(out, &claim, d->n, d->err);
  if (status != LN_OK) stop(d, status);
}

/* The first scan of a sequential file needs the tables that it names. */
static void check_tables(Decoder *d) {
  const struct jpeg_decompress_struct *jpeg = &d->jpeg;
  for (int i = 0; i < jpeg->comps_in_scan && !jpeg->progressive_mode; i++) {
    int dc = jpeg->cur_comp_info[i]->dc_tbl_no, ac = jpeg->cur_comp_info[i]->ac_tbl_no;
    if (dc >= NUM_HUFF_TBLS || ac >= NUM_HUFF_TBLS || jpeg->dc_huff_tbl_ptrs[dc] == NULL ||
        jpeg->ac_huff_tbl_ptrs[ac] == NULL)
      stop(d, ln_fail(d->err, LN_EFORMAT, "damaged: a Huffman table of component %d is missing", i + 1));
  }
}

/* libjpeg fills in standard tables when it starts; forgotten again, they are missed if a later scan needs them. */
static void start_without_standard_tables(Decoder *d) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  bool has_dc[NUM_HUFF_TBLS], has_ac[NUM_HUFF_TBLS];
  for (int i = 0; i < NUM_HUFF_TBLS; i++) {
    has_dc[i] = jpeg->dc_huff_tbl_ptrs[i] != NULL;
    has_ac[i] = jpeg->ac_huff_tbl_ptrs[i] != NULL;
  }
  jpeg_start_decompress(jpeg);
  for (int i = 0; i < NUM_HUFF_TBLS; i++) {
    if (!has_dc[i]) jpeg->dc_huff_tbl_ptrs[i] = NULL;
    if (!has_ac[i]) jpeg->ac_huff_tbl_ptrs[i] = NULL;
  }
}

/* Every component has a scan, and a progressive one every bit of every coefficient. */
static void check_complete(Decoder *d) {
  const struct jpeg_decompress_struct *jpeg = &d->jpeg;
  for (int c = 0; c < jpeg->num_components; c++) {
    bool complete = jpeg->comp_info[c].quant_table != NULL;
    for (int k = 0; complete && jpeg->progressive_mode && k < DCTSIZE2; k++) complete = jpeg->coef_bits[c][k] == 0;
    if (!complete) stop(d, ln_fail(d->err, LN_EFORMAT, "damaged: scans of component %d are missing", c + 1));
  }
}

/* Takes in all scans, where there are several, so that they are counted and what is missing is seen. */
static void read_scans(Decoder *d) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  while (!jpeg_input_complete(jpeg)) {
    if (jpeg->input_scan_number > MOST_SCANS)
      stop(d, ln_fail(d->err, LN_ELIMIT, "JPEG: too large: more than %d scans", MOST_SCANS));
    jpeg_consume_input(jpeg);
  }
  check_complete(d);
  jpeg_start_output(jpeg, jpeg->input_scan_number);
}

/* CMYK in place to RGB: four samples become three. Adobe's programs store light instead of ink, 255 for none, and every
 * other that writes CMYK does as they do, with their marker or without. */
static void to_rgb(JSAMPLE *row, int64_t width) {
  for (int64_t x = 0; x < width; x++) {
    const JSAMPLE *in = row + 4 * x;
    int black = in[3];
    for (int c = 0; c < 3; c++) row[3 * x + c] = (JSAMPLE)((in[c] * black + 127) / 255);
  }
}

static void read_rows(Decoder *d, LnImage *out) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  int channels = jpeg->output_components, kept = channels == 4 ? 3 : channels;
  JDIMENSION samples = jpeg->output_width * (JDIMENSION)channels;
  JSAMPARRAY row = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, samples, 1);
  while (jpeg->output_scanline < jpeg->output_height) {
    int64_t y = jpeg->output_scanline;
    jpeg_read_scanlines(jpeg, row, 1);
    if (channels == 4) to_rgb(row[0], jpeg->output_width);
    ln_image_put_row(out, y, row[0], false, kept, 255);
  }
}

/* The first application segment with EXIF data says how the image is turned. */
static int orientation(const struct jpeg_decompress_struct *jpeg) {
  for (const struct jpeg_marker_struct *m = jpeg->marker_list; m != NULL; m = m->next)
    if (m->data_length > 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
      return ln_exif_orientation(m->data + 6, m->data_length - 6);
  return 1;
}

static LnStatus decode(Decoder *d, LnImage *out, const uint8_t *bytes) {
  struct jpeg_decompress_struct *jpeg = &d->jpeg;
  if (setjmp(d->failed) != 0) return d->status;
  jpeg_create_decompress(jpeg);
  jpeg_mem_src(jpeg, bytes, d->n);
  jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(jpeg, TRUE);
  choose_colours(d);
  begin(d, out);
  check_tables(d);
  jpeg->buffered_image = jpeg_has_multiple_scans(jpeg);
  start_without_standard_tables(d);
  if (jpeg->buffered_image) read_scans(d);
  read_rows(d, out);
  if (jpeg->buffered_image) jpeg_finish_output(jpeg);
  out->orientation = orientation(jpeg);
  jpeg_finish_decompress(jpeg); /* forgets the markers */
  return LN_OK;
}

static LnStatus read(LnImage *out, const uint8_t *bytes, size_t n, LnError *err) {
  Decoder d = {.err = err, .n = n};
  d.jpeg.err = jpeg_std_error(&d.errors);
  d.jpeg.client_data = &d;
  d.errors.error_exit = on_error;
  d.errors.emit_message = on_message;
  d.errors.output_message = on_output;
  LnStatus status = decode(&d, out, bytes);
  jpeg_destroy_decompress(&d.jpeg);
  return status;
}

const LnImageFormat ln_image_jpeg = {
    .name = "JPEG",
    .magic = {{"\xff\xd8\xff", 3}},
    .extensions = {".jpg", ".jpeg"},
    .bits = 8,
    .colour = true,
    .orientation = true,
    .read = read,
};
