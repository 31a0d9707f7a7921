/* EXIF's orientation: see exif.h. Format: CIPA DC-008, which is that of TIFF 6.0: a header with the byte order, then a
 * directory of entries of 12 bytes (tag, type, count, value). */
#include "image/exif.h"

#include <stdbool.h>
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3

typedef struct Reader {
  const uint8_t *bytes;
  size_t n;
  bool big_endian;
} Reader;

static uint32_t get16(const Reader *r, size_t at) {
  const uint8_t *p = r->bytes + at;
  return r->big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t get32(const Reader *r, size_t at) {
  return r->big_endian ? get16(r, at) << 16 | get16(r, at + 2) : get16(r, at + 2) << 16 | get16(r, at);
}

int ln_exif_orientation(const uint8_t *exif, size_t n) {
  Reader r = {exif, n, n >= 8 && exif[0] == 'M'};
  if (n < 8 || (memcmp(exif, "II*\0", 4) != 0 && memcmp(exif, "MM\0*", 4) != 0)) return 1;
  size_t at = get32(&r, 4);
  if (at < 8 || at > n - 2) return 1;
  uint32_t entries = get16(&r, at);
  at += 2;
  for (; entries > 0 && n - at >= 12; entries--, at += 12) {
    if (get16(&r, at) != TAG_ORIENTATION) continue;
    uint32_t value = get16(&r, at + 8);
    return get16(&r, at + 2) == TYPE_SHORT && get32(&r, at + 4) == 1 && value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

/*   stored as    1     2     3     4     5       6       7       8
 *                ##    ##     #    #     #####   #       #       #####
 *                #      #     #    #     #       #####   #####       #
 *                #      #    ##    ##  of an upright one like 1 */
LnStatus ln_exif_turn(LnTensor **out, const LnTensor *stored, int orientation, LnError *err) {
  LnTensor *turned = NULL;
  int64_t channels = stored->shape.d[0], height = stored->shape.d[1], width = stored->shape.d[2];
  bool swapped = orientation >= 5; /* rows become columns */
  bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  int64_t rows = swapped ? width : height, columns = swapped ? height : width;
  int64_t down = from_bottom ? -stored->stride[1] : stored->stride[1];
  int64_t right = from_right ? -stored->stride[2] : stored->stride[2];
  int64_t row_step = swapped ? right : down, column_step = swapped ? down : right;
  LN_TRY(ln_tensor_new(&turned, LN_SHAPE(channels, rows, columns), err));
  float *to = turned->data;
  for (int64_t c = 0; c < channels; c++) {
    const float *origin = stored->data + c * stored->stride[0];
    if (from_bottom) origin += (height - 1) * stored->stride[1];
    if (from_right) origin += (width - 1) * stored->stride[2];
    for (int64_t y = 0; y < rows; y++)
      for (int64_t x = 0; x < columns; x++) *to++ = origin[y * row_step + x * column_step];
  }
  *out = turned;
  return LN_OK;
}
