/* BMP: palettes of 1, 4 and 8 bits, and 16, 24 and 32 bits, from OS/2's header of 12 bytes to Windows' of 124, rows
 * from the bottom or from the top.
 *
 * stb_image 2.27 decodes it, but takes 4 colours too few from an OS/2 palette, leaves colours beyond a palette unset,
 * and believes sizes. So the header is read and checked here, and stb_image gets the same image under a header that it
 * understands: Windows' of 40 bytes with a whole palette, black where the file has no colour, or with masks.
 * Format: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage */
#include <string.h>

#include "base/memory.h"
#include "image/format.h"
#include "image/samples.h"
#include "image/stb.h"

#define FILE_HEADER 14
#define HEADER 40

enum { PLAIN = 0, RLE8 = 1, RLE4 = 2, MASKS = 3, JPEG = 4, PNG = 5, MASKS_ALPHA = 6 };

typedef struct Bitmap {
  int64_t width, height;
  bool top_down;
  int bits; /* of a pixel */
  int compression;
  uint32_t masks[3];      /* red, green, blue, for 16 and 32 bits */
  const uint8_t *palette; /* blue, green, red, and a fourth byte but for OS/2 1 */
  size_t colours, colour_bytes;
  size_t offset;          /* of the pixels */
} Bitmap;

static uint32_t get16(const uint8_t *p) {
  return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t *p) {
  return get16(p) | get16(p + 2) << 16;
}

static void put32(uint8_t *p, uint32_t value) {
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(value >> 8 * i);
}

static LnStatus check_kind(const Bitmap *b, uint32_t header, LnError *err) {
  if (b->compression == RLE8 || b->compression == RLE4 || (header == 64 && b->compression == 4))
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: RLE in BMP");
  if (b->compression == JPEG || b->compression == PNG)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: %s in BMP", b->compression == JPEG ? "JPEG" : "PNG");
  bool masked = b->compression == MASKS || b->compression == MASKS_ALPHA;
  if ((b->compression != PLAIN && !masked) || (masked && header == 64))
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: compression %d in BMP", b->compression);
  if (b->bits != 1 && b->bits != 4 && b->bits != 8 && b->bits != 16 && b->bits != 24 && b->bits != 32)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: %d-bit BMP", b->bits);
  if (masked && b->bits != 16 && b->bits != 32)
    return ln_fail(err, LN_EFORMAT, "damaged: masks in a BMP of %d bits", b->bits);
  return LN_OK;
}

/* Masks are runs of 1 to 8 ones: what stb_image takes. */
static LnStatus read_masks(Bitmap *b, const uint8_t *bytes, size_t n, LnError *err) {
  static const uint32_t usual16[3] = {0x7C00, 0x03E0, 0x001F}, usual32[3] = {0xFF0000, 0x00FF00, 0x0000FF};
  if (b->compression == PLAIN) return memcpy(b->masks, b->bits == 16 ? usual16 : usual32, sizeof b->masks), LN_OK;
  if (n < FILE_HEADER + HEADER + 12) return ln_fail(err, LN_EFORMAT, "damaged: cut short after %zu bytes", n);
  for (int i = 0; i < 3; i++) {
    uint32_t mask = get32(bytes + FILE_HEADER + HEADER + 4 * i), run = mask;
    while (run != 0 && (run & 1) == 0) run >>= 1;
    if (run == 0 || run > 0xFF || (run & (run + 1)) != 0)
      return ln_fail(err, LN_EUNSUPPORTED, "not supported: the mask 0x%08x in BMP", mask);
    b->masks[i] = mask;
  }
  return LN_OK;
}

/* The palette lies between the header and the pixels; `said`: how many colours it has, 0 for all. */
static void find_palette(Bitmap *b, const uint8_t *bytes, uint32_t header, uint32_t said) {
  size_t first = FILE_HEADER + header, room = b->offset - first, all = (size_t)1 << b->bits;
  b->palette = bytes + first;
  b->colour_bytes = header == 12 ? 3 : 4;
  b->colours = said > 0 && said < all ? said : all;
  if (b->colours > room / b->colour_bytes) b->colours = room / b->colour_bytes;
}

static LnStatus read_header(Bitmap *b, const uint8_t *bytes, size_t n, LnError *err) {
  if (n < FILE_HEADER + 12) return ln_fail(err, LN_EFORMAT, "damaged: cut short after %zu bytes", n);
  uint32_t header = get32(bytes + FILE_HEADER), said = 0;
  const uint8_t *h = bytes + FILE_HEADER;
  if (header != 12 && header != 16 && header != 40 && header != 52 && header != 56 && header != 64 && header != 108 &&
      header != 124)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: BMP with a header of %u bytes", header);
  if (n < FILE_HEADER + header) return ln_fail(err, LN_EFORMAT, "damaged: cut short after %zu bytes", n);
  b->offset = get32(bytes + 10);
  if (b->offset < FILE_HEADER + header || b->offset > n)
    return ln_fail(err, LN_EFORMAT, "damaged: pixels at byte %zu of %zu", b->offset + 1, n);
  b->width = header == 12 ? (int64_t)get16(h + 4) : (int32_t)get32(h + 4);
  b->height = header == 12 ? (int64_t)get16(h + 6) : (int32_t)get32(h + 8);
  b->bits = (int)get16(h + (header == 12 ? 10 : 14));
  if (header >= 40) b->compression = (int)(get32(h + 16) & INT32_MAX), said = get32(h + 32);
  b->top_down = b->height < 0;
  if (b->top_down) b->height = -b->height;
  LN_TRY(check_kind(b, header, err));
  if (b->bits <= 8) find_palette(b, bytes, header, said);
  return b->bits == 16 || b->bits == 32 ? read_masks(b, bytes, n, err) : LN_OK;
}

/* Rows are filled up to a multiple of four bytes. */
static int64_t row_bytes(const Bitmap *b) {
  return (b->width * b->bits + 31) / 32 * 4;
}

static LnStatus begin(LnImage *out, const Bitmap *b, size_t n, LnError *err) {
  double last = (double)((b->width * b->bits + 7) / 8); /* need not be filled up */
  double needed = (double)b->offset + (double)row_bytes(b) * (double)(b->height - 1) + last;
  LnClaim claim = {.format = "BMP", .channels = 3, .height = b->height, .width = b->width, .least = needed};
  return ln_image_begin(out, &claim, n, err);
}

/* The whole file anew, with a header of 40 bytes. */
static LnStatus write_plainly(uint8_t **out, size_t *size, const Bitmap *b, const uint8_t *bytes, size_t n,
                              LnError *err) {
  bool masked = b->bits == 16 || b->bits == 32;
  size_t colours = b->bits <= 8 ? (size_t)1 << b->bits : 0, table = masked ? 12 : 4 * colours;
  size_t offset = FILE_HEADER + HEADER + table, pixels = (size_t)(row_bytes(b) * b->height);
  uint8_t *file = ln_calloc(1, offset + pixels);
  if (file == NULL) return ln_fail_memory(err, "BMP", offset + pixels);
  uint8_t *h = file + FILE_HEADER;
  memcpy(file, "BM", 2);
  put32(file + 10, (uint32_t)offset);
  put32(h, HEADER);
  put32(h + 4, (uint32_t)b->width);
  put32(h + 8, (uint32_t)(b->top_down ? -b->height : b->height));
  put32(h + 12, 1 | (uint32_t)b->bits << 16); /* one plane */
  put32(h + 16, masked ? MASKS : PLAIN);
  for (int i = 0; masked && i < 3; i++) put32(h + HEADER + 4 * i, b->masks[i]);
  for (size_t i = 0; i < colours && i < b->colours; i++)
    memcpy(h + HEADER + 4 * i, b->palette + b->colour_bytes * i, 3);
  memcpy(file + offset, bytes + b->offset, pixels < n - b->offset ? pixels : n - b->offset);
  *out = file;
  *size = offset + pixels;
  return LN_OK;
}

static LnStatus read(LnImage *out, const uint8_t *bytes, size_t n, LnError *err) {
  Bitmap b = {0};
  uint8_t *plain = NULL;
  size_t size = 0;
  LN_TRY(read_header(&b, bytes, n, err));
  LN_TRY(begin(out, &b, n, err));
  LN_TRY(write_plainly(&plain, &size, &b, bytes, n, err));
  LnStatus status = ln_stb_decode(out, plain, size, err);
  ln_free(plain);
  return status;
}

const LnImageFormat ln_image_bmp = {
    .name = "BMP",
    .magic = {{"BM", 2}},
    .extensions = {".bmp"},
    .bits = 8,
    .colour = true,
    .read = read,
};
