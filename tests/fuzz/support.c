/* See fuzz.h. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "fuzz/fuzz.h"
#include "image/formats.h"
#include "image/image.h"

void fuzz_start(void) {
  ln_set_limits((LnLimits){.pixels = 1 << 22, .bytes = 1 << 26});
  ln_set_threads(1);
}

const char *fuzz_file(const uint8_t *bytes, size_t n) {
  enum { FILE_NUMBER = 500 }; /* always the same, as messages name the path */
  static const char path[] = "/proc/self/fd/500";
  static int fd = -1; /* a file in memory: one on a disk is a hundred times slower */
  if (fd < 0) fd = dup2(memfd_create("fuzz", MFD_CLOEXEC), FILE_NUMBER);
  if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n) abort();
  return path;
}

enum { MOST_SAMPLES = 1 << 14 }; /* of an image that is written, too */

/* The image written by a format and read again has the same samples. */
static void check_writer(const LnImageFormat *format, const LnTensor *x, int bits) {
  static uint16_t samples[MOST_SAMPLES];
  LnError err = {LN_OK, ""};
  LnTensor *again = NULL;
  uint8_t *bytes = NULL;
  size_t n = 0;
  int channels = (int)x->shape.d[0], one = bits == 8 ? 255 : 65535;
  int64_t plane = x->shape.d[1] * x->shape.d[2];
  LnSamples in = {.samples = samples, .bits = bits, .channels = channels,
                  .height = x->shape.d[1], .width = x->shape.d[2]};
  for (int64_t i = 0; i < plane; i++)
    for (int c = 0; c < channels; c++) {
      uint16_t sample = (uint16_t)(x->data[c * plane + i] * (float)one + 0.5f);
      if (bits == 8)
        ((uint8_t *)samples)[i * channels + c] = (uint8_t)sample;
      else
        samples[i * channels + c] = sample;
    }
  if (format->write(&bytes, &n, &in, &err) != LN_OK) abort();
  if (ln_image_decode(&again, bytes, n, (LnImageOptions){.stored = true}, &err) != LN_OK) abort();
  for (int64_t i = 0; i < channels * plane; i++)
    if (fabsf(again->data[i] - x->data[i]) > 0.51f / (float)one) abort();
  ln_tensor_unref(again);
  ln_free(bytes);
}

static void check_writers(const LnTensor *x) {
  if (ln_shape_count(x->shape) > MOST_SAMPLES) return;
  for (int i = 0; ln_image_formats[i] != NULL; i++) {
    const LnImageFormat *format = ln_image_formats[i];
    if (format->write == NULL || (x->shape.d[0] == 3 && !format->colour)) continue;
    check_writer(format, x, 8);
    if (format->bits == 16) check_writer(format, x, 16);
  }
}

uint64_t fuzz_image(const uint8_t *bytes, size_t n) {
  uint64_t hash = FUZZ_START;
  for (int stored = 0; stored <= 1; stored++) {
    LnError err = {LN_OK, ""};
    LnTensor *x = NULL;
    LnStatus status = ln_image_decode(&x, bytes, n, (LnImageOptions){.gray = !stored, .stored = stored}, &err);
    hash = (hash << 1) ^ fuzz_hash_status(status, &err);
    if (status != LN_OK) continue;
    check_writers(x);
    hash = fuzz_hash_tensor(hash, x);
  }
  return hash;
}

char *fuzz_text(const uint8_t *bytes, size_t n) {
  char *text = malloc(n + 1);
  if (text == NULL) abort();
  memcpy(text, bytes, n);
  text[n] = '\0';
  return text;
}

uint64_t fuzz_hash(uint64_t hash, const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < n; i++) hash = (hash ^ at[i]) * UINT64_C(1099511628211);
  return hash;
}

uint64_t fuzz_hash_text(uint64_t hash, const char *text) {
  return fuzz_hash(hash, text, strlen(text));
}

uint64_t fuzz_hash_tensor(uint64_t hash, LnTensor *t) {
  hash = fuzz_hash(hash, t->shape.d, (size_t)t->shape.n * sizeof t->shape.d[0]);
  hash = fuzz_hash(hash, t->data, (size_t)ln_shape_count(t->shape) * sizeof(float));
  ln_tensor_unref(t);
  return hash;
}

uint64_t fuzz_hash_status(LnStatus status, const LnError *err) {
  if (status == LN_OK) return FUZZ_START;
  if (*err->msg == '\0') abort();
  return fuzz_hash_text(fuzz_hash(FUZZ_START, &status, sizeof status), err->msg);
}
