/* Images side by side, for figures. */
#include <stddef.h>

#include "image/image.h"

static LnStatus check_rows(LnTensor *const *rows, int n_rows, int64_t columns, int64_t gap, LnError *err) {
  if (n_rows < 1) return ln_fail(err, LN_EARG, "grid: expected at least one row of images, got none");
  if (columns < 0 || gap < 0 || gap > 4096)
    return ln_fail(err, LN_EARG, "grid: columns must be at least 0 and gap 0 to 4096, got %lld and %lld",
                   (long long)columns, (long long)gap);
  for (int r = 0; r < n_rows; r++) {
    LnShape s = rows[r]->shape, first = rows[0]->shape;
    if (s.n != 4 || s.d[0] < 1 || (s.d[1] != 1 && s.d[1] != 3) || s.d[2] < 1 || s.d[3] < 1)
      return ln_fail(err, LN_ESHAPE, "grid: row %d: expected images x 1 or 3 channels x height x width, got %s",
                     r + 1, LN_SHAPE_TEXT(s));
    if (s.d[2] != first.d[2] || s.d[3] != first.d[3])
      return ln_fail(err, LN_ESHAPE, "grid: row %d has images of %lldx%lld, row 1 of %lldx%lld", r + 1,
                     (long long)s.d[2], (long long)s.d[3], (long long)first.d[2], (long long)first.d[3]);
  }
  return LN_OK;
}

static int64_t row_length(const LnTensor *row, int64_t columns) {
  return columns > 0 && columns < row->shape.d[0] ? columns : row->shape.d[0];
}

/* Copies image `index` to (top, left); a gray one goes to every channel. */
static void place(LnTensor *to, const LnTensor *row, int64_t index, int64_t top, int64_t left) {
  int64_t height = row->shape.d[2], width = row->shape.d[3];
  for (int64_t c = 0; c < to->shape.d[0]; c++) {
    int64_t source = row->shape.d[1] == 1 ? 0 : c;
    for (int64_t y = 0; y < height; y++) {
      const float *in = row->data + index * row->stride[0] + source * row->stride[1] + y * row->stride[2];
      float *out = to->data + c * to->stride[0] + (top + y) * to->stride[1] + left;
      for (int64_t x = 0; x < width; x++) out[x] = in[x * row->stride[3]];
    }
  }
}

LnStatus ln_image_grid(LnTensor **out, LnTensor *const *rows, int n_rows, int64_t columns, int64_t gap, LnError *err) {
  LN_TRY(check_rows(rows, n_rows, columns, gap, err));
  int64_t height = rows[0]->shape.d[2], width = rows[0]->shape.d[3], channels = 1, longest = 0;
  for (int r = 0; r < n_rows; r++) {
    if (row_length(rows[r], columns) > longest) longest = row_length(rows[r], columns);
    if (rows[r]->shape.d[1] > channels) channels = rows[r]->shape.d[1];
  }
  LnTensor *sheet = NULL;
  LN_TRY(ln_tensor_new(&sheet, LN_SHAPE(channels, n_rows * (height + gap) - gap, longest * (width + gap) - gap), err));
  LnStatus status = ln_tensor_fill(sheet, 1, err);
  if (status != LN_OK) return ln_tensor_unref(sheet), status;
  for (int r = 0; r < n_rows; r++)
    for (int64_t i = 0; i < row_length(rows[r], columns); i++)
      place(sheet, rows[r], i, r * (height + gap), i * (width + gap));
  *out = sheet;
  return LN_OK;
}
