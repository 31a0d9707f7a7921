/* Numbers of files as float32: see dtype.h. */
#include "store/dtype.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/walk.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers that are not swapped are copied as they are");

enum { PIECE = 1 << 16 }; /* numbers that are read at a time */

/* Reverses the bytes of each number. */
static void swap_bytes(uint8_t *raw, int64_t n, int bytes) {
  for (int64_t i = 0; i < n; i++, raw += bytes)
    for (int k = 0; k < bytes / 2; k++) {
      uint8_t kept = raw[k];
      raw[k] = raw[bytes - 1 - k];
      raw[bytes - 1 - k] = kept;
    }
}

/* IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
static float from_half(uint16_t half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  float size = exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
               : exponent == 0 ? ldexpf((float)fraction, -24)
                               : ldexpf((float)(fraction | 1024), exponent - 25);
  return half >> 15 ? -size : size;
}

static float from_bfloat(uint16_t upper) {
  uint32_t bits = (uint32_t)upper << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Converts n numbers of C type T; stops at one that does not fit. */
#define CONVERT(T, value, fits)                          \
  for (int64_t i = 0; i < n; i++) {                      \
    T x;                                                 \
    memcpy(&x, raw + i * (int64_t)sizeof x, sizeof x);   \
    out[i] = (value);                                    \
    if (!(fits)) return i;                               \
  }                                                      \
  break

/* A whole number of at least 2^63 cannot be converted back. */
#define SAME_AGAIN(T, limit) ((float)x < (limit) && (T)(float)x == x)

/* Raw numbers to float32. Returns n, or the position of the first that float32 cannot hold. */
static int64_t convert(float *out, const uint8_t *raw, int64_t n, LnDtype type) {
  enum { INTEGER = 16 }; /* kind and size in one number */
  switch (type.kind * INTEGER + type.bytes) {
    case LN_DTYPE_BOOL * INTEGER + 1: CONVERT(uint8_t, x != 0, true);
    case LN_DTYPE_SIGNED * INTEGER + 1: CONVERT(int8_t, x, true);
    case LN_DTYPE_SIGNED * INTEGER + 2: CONVERT(int16_t, x, true);
    case LN_DTYPE_SIGNED * INTEGER + 4: CONVERT(int32_t, (float)x, SAME_AGAIN(int32_t, 0x1p31f));
    case LN_DTYPE_SIGNED * INTEGER + 8: CONVERT(int64_t, (float)x, SAME_AGAIN(int64_t, 0x1p63f));
    case LN_DTYPE_UNSIGNED * INTEGER + 1: CONVERT(uint8_t, x, true);
    case LN_DTYPE_UNSIGNED * INTEGER + 2: CONVERT(uint16_t, x, true);
    case LN_DTYPE_UNSIGNED * INTEGER + 4: CONVERT(uint32_t, (float)x, SAME_AGAIN(uint32_t, 0x1p32f));
    case LN_DTYPE_UNSIGNED * INTEGER + 8: CONVERT(uint64_t, (float)x, SAME_AGAIN(uint64_t, 0x1p64f));
    case LN_DTYPE_FLOAT * INTEGER + 2: CONVERT(uint16_t, from_half(x), true);
    case LN_DTYPE_FLOAT * INTEGER + 4: CONVERT(float, x, true);
    case LN_DTYPE_FLOAT * INTEGER + 8: CONVERT(double, (float)x, isfinite(out[i]) || !isfinite(x));
    case LN_DTYPE_BFLOAT * INTEGER + 2: CONVERT(uint16_t, from_bfloat(x), true);
    default: return 0;
  }
  return n;
}

/* The number at `raw`, one of those that float32 cannot hold, as text. */
static void print_number(char *out, size_t room, const uint8_t *raw, LnDtype type) {
  int64_t whole = 0; /* little-endian: its lower bytes */
  double real;
  memcpy(&whole, raw, (size_t)type.bytes);
  memcpy(&real, &whole, sizeof real);
  if (type.kind == LN_DTYPE_FLOAT)
    snprintf(out, room, "%.9g", real);
  else if (type.kind == LN_DTYPE_UNSIGNED)
    snprintf(out, room, "%" PRIu64, (uint64_t)whole);
  else
    snprintf(out, room, "%" PRId64, type.bytes == 4 ? (int64_t)(int32_t)whole : whole);
}

/* number: of the element, counted as it lies in the file */
static LnStatus fail_number(int64_t number, LnShape shape, bool fortran, const char *value, LnError *err) {
  int64_t index[LN_MAX_DIMS] = {0};
  char place[200] = "";
  size_t used = 0;
  for (int k = 0; k < shape.n; k++) {
    int dim = fortran ? k : shape.n - 1 - k;
    index[dim] = number % shape.d[dim];
    number /= shape.d[dim];
  }
  for (int i = 0; i < shape.n; i++)
    used += (size_t)snprintf(place + used, sizeof place - used, "%s%" PRId64, i == 0 ? "" : ", ", index[i] + 1);
  return ln_fail(err, LN_EUNSUPPORTED, "not supported: element (%s) is %s, which float32 cannot hold",
                 shape.n == 0 ? "1" : place, value);
}

/* All numbers as they lie in the file. raw: memory for PIECE of them, not needed for plain float32 */
static LnStatus read_numbers(LnTensor *t, uint8_t *raw, bool fortran, LnShape shape, LnDtype type, LnByteSource source,
                             LnError *err) {
  int64_t count = ln_shape_count(t->shape);
  if (raw == NULL) return source.read(source.context, t->data, count * (int64_t)sizeof(float), err);
  for (int64_t first = 0; first < count; first += PIECE) {
    char value[32];
    int64_t n = count - first < PIECE ? count - first : PIECE;
    LN_TRY(source.read(source.context, raw, n * type.bytes, err));
    if (type.swapped) swap_bytes(raw, n, type.bytes);
    int64_t fitting = convert(t->data + first, raw, n, type);
    if (fitting == n) continue;
    print_number(value, sizeof value, raw + fitting * type.bytes, type);
    return fail_number(first + fitting, shape, fortran, value, err);
  }
  return LN_OK;
}

/* t has its dimensions in reverse: gives the reference back and makes a contiguous tensor of the order asked for. */
static LnStatus turn(LnTensor **out, LnTensor *t, LnError *err) {
  int dims[LN_MAX_DIMS];
  LnTensor *view = NULL;
  for (int i = 0; i < t->shape.n; i++) dims[i] = t->shape.n - 1 - i;
  LnStatus status = ln_tensor_permute(&view, t, dims, err);
  ln_tensor_unref(t);
  if (status == LN_OK) status = ln_tensor_clone(out, view, err);
  ln_tensor_unref(view);
  return status;
}

LnStatus ln_dtype_read(LnTensor **out, LnShape shape, bool fortran, LnDtype type, LnByteSource source, LnError *err) {
  bool plain = type.kind == LN_DTYPE_FLOAT && type.bytes == sizeof(float) && !type.swapped;
  LnTensor *t = NULL;
  LnShape stored = shape;
  for (int i = 0; fortran && i < shape.n; i++) stored.d[i] = shape.d[shape.n - 1 - i];
  LN_TRY(ln_tensor_new(&t, stored, err));
  uint8_t *raw = plain ? NULL : ln_alloc((size_t)PIECE * (size_t)type.bytes);
  LnStatus status = !plain && raw == NULL ? ln_fail_memory(err, "numbers", (size_t)PIECE * (size_t)type.bytes) : LN_OK;
  if (status == LN_OK) status = read_numbers(t, raw, fortran, shape, type, source, err);
  ln_free(raw);
  if (status != LN_OK) return ln_tensor_unref(t), status;
  t->mask = type.kind == LN_DTYPE_BOOL;
  if (fortran && shape.n > 1) return turn(out, t, err);
  *out = t;
  return LN_OK;
}

/* ---- Writing ---- */

LnDtype ln_dtype_of(const LnTensor *t) {
  const LnDtype boolean = {LN_DTYPE_BOOL, 1, false}, number = {LN_DTYPE_FLOAT, sizeof(float), false};
  if (!t->mask) return number;
  LnWalk walk = ln_walk(t->shape, 1, &t);
  while (ln_walk_next(&walk))
    for (int64_t i = 0; i < walk.length; i++) {
      float x = walk.row[0][i * walk.step[0]];
      if (x != 0 && x != 1) return number; /* written to since it was marked */
    }
  return boolean;
}

void ln_dtype_write(void *out, const LnTensor *t, LnDtype type) {
  uint8_t *to = out;
  if (type.kind != LN_DTYPE_BOOL) {
    ln_tensor_read(out, t);
    return;
  }
  LnWalk walk = ln_walk(t->shape, 1, &t);
  while (ln_walk_next(&walk))
    for (int64_t i = 0; i < walk.length; i++) *to++ = walk.row[0][i * walk.step[0]] != 0;
}
