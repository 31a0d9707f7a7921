/* stb_image, compiled here with this library's memory: see stb.h. Its warnings are not shown, since it is a system
 * header. Its memory is cleared, so that what it leaves out is the same every time. */
#include "image/stb.h"

#include "base/memory.h"
#include "image/samples.h"

/* Set when an allocation fails: stb_image may go on and give another reason in the end. */
static _Thread_local bool out_of_memory;

static void *stb_alloc(size_t bytes) {
  void *block = ln_calloc(1, bytes);
  if (block == NULL) out_of_memory = true;
  return block;
}

#define STB_IMAGE_IMPLEMENTATION
#define STBIDEF extern __attribute__((visibility("hidden")))
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_ASSERT(condition) ((void)0)
#define STBI_MALLOC(bytes) stb_alloc(bytes)
#define STBI_REALLOC(old, bytes) ln_realloc(old, bytes)
#define STBI_FREE(block) ln_free(block)
#include <stb/stb_image.h>

LnStatus ln_stb_decode(LnImage *image, const uint8_t *bytes, size_t n, LnError *err) {
  int width = 0, height = 0, channels = 0;
  int64_t rows = image->pixels->shape.d[1], columns = image->pixels->shape.d[2];
  if (n > INT32_MAX) return ln_fail(err, LN_ELIMIT, "too large: %zu bytes, at most %d are read", n, INT32_MAX);
  out_of_memory = false;
  uint8_t *samples = stbi_load_from_memory(bytes, (int)n, &width, &height, &channels, (int)image->pixels->shape.d[0]);
  if (out_of_memory) return ln_free(samples), ln_fail_memory(err, "decoding", n);
  if (samples == NULL) return ln_fail(err, LN_EFORMAT, "damaged: %s", stbi_failure_reason());
  if (height != rows || width != columns) return ln_free(samples), ln_fail(err, LN_EFORMAT, "damaged: two sizes");
  channels = (int)image->pixels->shape.d[0];
  for (int64_t y = 0; y < rows; y++) ln_image_put_row(image, y, samples + y * columns * channels, false, channels, 255);
  ln_free(samples);
  return LN_OK;
}
