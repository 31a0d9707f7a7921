/* PNG through libpng: every colour type, 1 to 16 bits, palettes, interlaced or not; written in 8 or 16 bits.
 *
 * libpng warns of what a reader may overlook. Of the warnings about the pixels' own data only those of too much data
 * are overlooked here; a wrong checksum of a chunk that pixels do not need is. Format: https://www.w3.org/TR/png-3/ */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"
#include "image/exif.h"
#include "image/format.h"
#include "image/samples.h"

/* Deflate makes at most so many bytes of one: a match of 258 bytes in two bits. */
#define MOST_RATIO 1032

/* Memory and errors of a libpng call; both ways keep the place where it ends. */
typedef struct Call {
  LnError *err;
  LnStatus status;
} Call;

/* What a call ended in that gave nothing. */
static LnStatus failure(const Call *call) {
  return call->status != LN_OK ? call->status : ln_fail(call->err, LN_EUNSUPPORTED, "not supported: this libpng");
}

static void on_error(png_structp png, png_const_charp text) {
  Call *call = png_get_error_ptr(png);
  bool unknown = strstr(text, "unhandled critical chunk") != NULL; /* such as CgBI of Apple's own kind of PNG */
  if (call->status == LN_OK && unknown) call->status = ln_fail(call->err, LN_EUNSUPPORTED, "not supported: %s", text);
  if (call->status == LN_OK) call->status = ln_fail(call->err, LN_EFORMAT, "damaged: %s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  if (strncmp(text, "IDAT: ", 6) != 0) return;
  if (strstr(text, "Extra compressed data") != NULL || strstr(text, "Too much image data") != NULL) return;
  on_error(png, text);
}

static void *on_alloc(png_structp png, size_t bytes) {
  void *block = ln_alloc(bytes);
  Call *call = png_get_error_ptr(png);
  if (block == NULL && call->status == LN_OK) call->status = ln_fail_memory(call->err, "PNG", bytes);
  return block;
}

static void on_free(png_structp png, void *block) {
  (void)png;
  ln_free(block);
}

/* Reading. */

typedef struct Reader {
  Call call;
  png_structp png;
  png_infop info;
  const uint8_t *at;
  size_t left, n; /* bytes to come, bytes of the file */
  uint8_t *rows;  /* one, or all of an interlaced image */
} Reader;

static LnStatus fail_short(const Reader *r) {
  return ln_fail(r->call.err, LN_EFORMAT, "damaged: cut short after %zu bytes", r->n);
}

/* Every chunk up to the last one, IEND, lies within the file: libpng takes memory on the word of a chunk's length. */
static LnStatus check_lengths(const Reader *r) {
  enum { SIGNATURE = 8, AROUND = 12 }; /* bytes; length, name and checksum of a chunk */
  for (size_t at = SIGNATURE; r->n - at >= AROUND;) {
    size_t length = png_get_uint_32(r->at + at);
    if (length > r->n - at - AROUND) return fail_short(r);
    if (memcmp(r->at + at + 4, "IEND", 4) == 0) return LN_OK;
    at += AROUND + length;
  }
  return fail_short(r);
}

static void on_read(png_structp png, png_bytep out, size_t wanted) {
  Reader *r = png_get_io_ptr(png);
  if (wanted > r->left) {
    r->call.status = fail_short(r);
    png_longjmp(png, 1);
  }
  memcpy(out, r->at, wanted);
  r->at += wanted;
  r->left -= wanted;
}

/* Any colour type to gray or RGB, with or without alpha, of 8 or native 16 bits. */
static void choose_samples(png_structp png, png_infop info) {
  int colour = png_get_color_type(png, info), bits = png_get_bit_depth(png, info);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY && bits < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (bits == 16 && (union { uint16_t word; uint8_t first; }){1}.first == 1) png_set_swap(png);
  png_set_strip_alpha(png);
}

static LnStatus begin(Reader *r, LnImage *out) {
  png_structp png = r->png;
  png_infop info = r->info;
  double height = png_get_image_height(png, info);
  double raw = height * (1 + (double)png_get_rowbytes(png, info)); /* a byte tells the filter of each row */
  bool gray = (png_get_color_type(png, info) & (PNG_COLOR_MASK_COLOR | PNG_COLOR_MASK_PALETTE)) == 0;
  LnClaim claim = {.format = "PNG", .channels = gray ? 1 : 3, .height = png_get_image_height(png, info),
                   .width = png_get_image_width(png, info), .least = raw / MOST_RATIO};
  return ln_image_begin(out, &claim, r->n, r->call.err);
}

/* Interlaced images come in seven passes over all rows; each pass but the last leaves pixels open. */
static LnStatus read_rows(Reader *r, LnImage *out) {
  png_structp png = r->png;
  int64_t height = out->pixels->shape.d[1];
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, r->info);
  size_t row = png_get_rowbytes(png, r->info), size = passes > 1 ? row * (size_t)height : row;
  bool wide = png_get_bit_depth(png, r->info) == 16;
  r->rows = ln_alloc(size);
  if (r->rows == NULL) return ln_fail_memory(r->call.err, "rows of a PNG", size);
  for (int pass = 0; pass < passes; pass++) {
    for (int64_t y = 0; y < height; y++) {
      uint8_t *to = passes > 1 ? r->rows + row * (size_t)y : r->rows;
      png_read_row(png, to, NULL);
      if (pass == passes - 1) ln_image_put_row(out, y, to, wide, png_get_channels(png, r->info), wide ? 65535 : 255);
    }
  }
  return LN_OK;
}

static int orientation(png_structp png, png_infop info) {
  png_uint_32 n = 0;
  png_bytep exif = NULL;
  return png_get_eXIf_1(png, info, &n, &exif) != 0 ? ln_exif_orientation(exif, n) : 1;
}

/* Everything that may end in longjmp. */
static LnStatus decode(Reader *r, LnImage *out) {
  if (setjmp(png_jmpbuf(r->png)) != 0) return failure(&r->call);
  r->info = png_create_info_struct(r->png);
  if (r->info == NULL) return failure(&r->call);
  png_set_read_fn(r->png, r, on_read);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION /* a fuzzer does not guess checksums: `make fuzz` */
  png_set_crc_action(r->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_option(r->png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
#else
  png_set_crc_action(r->png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
#endif
  png_set_user_limits(r->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(r->png, r->info);
  choose_samples(r->png, r->info);
  LN_TRY(begin(r, out));
  LN_TRY(read_rows(r, out));
  png_read_end(r->png, r->info);
  out->orientation = orientation(r->png, r->info);
  return LN_OK;
}

static LnStatus read(LnImage *out, const uint8_t *bytes, size_t n, LnError *err) {
  Reader r = {.call = {.err = err}, .at = bytes, .left = n, .n = n};
  LN_TRY(check_lengths(&r));
  r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r.call, on_error, on_warning, NULL, on_alloc, on_free);
  LnStatus status = r.png == NULL ? failure(&r.call) : decode(&r, out);
  ln_free(r.rows);
  png_destroy_read_struct(&r.png, &r.info, NULL);
  return status;
}

/* Writing. */

typedef struct Writer {
  Call call;
  png_structp png;
  png_infop info;
  uint8_t *bytes;
  size_t n, room;
} Writer;

static void on_write(png_structp png, png_bytep from, size_t count) {
  Writer *w = png_get_io_ptr(png);
  if (count > w->room - w->n) {
    size_t room = 2 * w->room + count + 4096;
    uint8_t *longer = ln_realloc(w->bytes, room);
    if (longer == NULL) {
      w->call.status = ln_fail_memory(w->call.err, "PNG", room);
      png_longjmp(png, 1);
    }
    w->bytes = longer;
    w->room = room;
  }
  memcpy(w->bytes + w->n, from, count);
  w->n += count;
}

static void on_flush(png_structp png) {
  (void)png;
}

/* The filter and the level are fixed: the same samples give the same bytes. */
static LnStatus encode(Writer *w, const LnSamples *in) {
  if (setjmp(png_jmpbuf(w->png)) != 0) return failure(&w->call);
  w->info = png_create_info_struct(w->png);
  if (w->info == NULL) return failure(&w->call);
  png_set_write_fn(w->png, w, on_write, on_flush);
  png_set_user_limits(w->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(w->png, w->info, (png_uint_32)in->width, (png_uint_32)in->height, in->bits,
               in->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_filter(w->png, PNG_FILTER_TYPE_DEFAULT, PNG_FILTER_PAETH);
  png_set_compression_level(w->png, 6);
  png_write_info(w->png, w->info);
  if (in->bits == 16 && (union { uint16_t word; uint8_t first; }){1}.first == 1) png_set_swap(w->png);
  const uint8_t *row = in->samples;
  for (int64_t y = 0; y < in->height; y++, row += in->width * in->channels * (in->bits / 8)) png_write_row(w->png, row);
  png_write_end(w->png, w->info);
  return LN_OK;
}

static LnStatus write(uint8_t **out, size_t *n, const LnSamples *in, LnError *err) {
  Writer w = {.call = {.err = err}};
  w.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &w.call, on_error, on_warning, NULL, on_alloc, on_free);
  LnStatus status = w.png == NULL ? failure(&w.call) : encode(&w, in);
  png_destroy_write_struct(&w.png, &w.info);
  if (status != LN_OK) return ln_free(w.bytes), status;
  *out = w.bytes;
  *n = w.n;
  return LN_OK;
}

const LnImageFormat ln_image_png = {
    .name = "PNG",
    .magic = {{"\x89PNG\r\n\x1a\n", 8}},
    .extensions = {".png"},
    .bits = 16,
    .colour = true,
    .orientation = true,
    .read = read,
    .write = write,
};
