/* PNG, JPEG and BMP through stb_image, which is compiled here, with this library's memory.
 *
 * stb_image makes up zeros where a file ends too soon. So it reads through callbacks, and asking for bytes after the
 * last one counts as damage. Its warnings are not shown, since it is a system header. */
#include <string.h>

#include "base/memory.h"
#include "image/codec.h"

/* Set when an allocation fails: stb_image may go on and give another reason in the end. */
static _Thread_local bool out_of_memory;

static void *stb_alloc(size_t bytes) {
  void *block = ln_alloc(bytes);
  if (block == NULL) out_of_memory = true;
  return block;
}

static void *stb_realloc(void *old, size_t bytes) {
  void *block = ln_realloc(old, bytes);
  if (block == NULL) out_of_memory = true;
  return block;
}

#define STB_IMAGE_IMPLEMENTATION
#define STBIDEF extern __attribute__((visibility("hidden")))
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS LN_IMAGE_MAX_SIDE
#define STBI_MALLOC(bytes) stb_alloc(bytes)
#define STBI_REALLOC(old, bytes) stb_realloc(old, bytes)
#define STBI_FREE(block) ln_free(block)
#include <stb/stb_image.h>

typedef struct Source {
  const uint8_t *bytes;
  size_t size, at;
  bool starved; /* more was wanted than there is */
} Source;

static int source_read(void *user, char *out, int wanted) {
  Source *s = user;
  size_t count = s->size - s->at < (size_t)wanted ? s->size - s->at : (size_t)wanted;
  if (count == 0 && wanted > 0) s->starved = true;
  memcpy(out, s->bytes + s->at, count);
  s->at += count;
  return (int)count;
}

static void source_skip(void *user, int distance) {
  Source *s = user;
  if (distance < 0)
    s->at -= (size_t)-(int64_t)distance < s->at ? (size_t)-(int64_t)distance : s->at;
  else
    s->at = s->size - s->at < (size_t)distance ? s->size : s->at + (size_t)distance;
}

static int source_ended(void *user) {
  const Source *s = user;
  return s->at >= s->size;
}

static const stbi_io_callbacks callbacks = {source_read, source_skip, source_ended};

static LnStatus fail_decoding(const Source *source, size_t n, LnError *err) {
  const char *reason = stbi_failure_reason();
  if (out_of_memory) return ln_fail_memory(err, "decoding", n);
  if (source->starved) return ln_fail(err, LN_EFORMAT, "cut short after %zu bytes", n);
  return ln_fail(err, LN_EFORMAT, "damaged: %s", reason == NULL ? "it cannot be decoded" : reason);
}

LnStatus ln_image_decode_stb(LnTensor **out, const uint8_t *bytes, size_t n, LnError *err) {
  int width = 0, height = 0, channels = 0;
  Source source = {bytes, n, 0, false};
  out_of_memory = false;
  if (!stbi_info_from_callbacks(&callbacks, &source, &width, &height, &channels)) return fail_decoding(&source, n, err);
  LN_TRY(ln_image_check_size(height, width, err));
  source = (Source){bytes, n, 0, false};
  bool wide = stbi_is_16_bit_from_callbacks(&callbacks, &source);
  source = (Source){bytes, n, 0, false};
  void *samples = wide ? (void *)stbi_load_16_from_callbacks(&callbacks, &source, &width, &height, &channels, 0)
                       : (void *)stbi_load_from_callbacks(&callbacks, &source, &width, &height, &channels, 0);
  LnStatus status;
  if (samples == NULL || source.starved)
    status = fail_decoding(&source, n, err);
  else
    status = ln_image_from_samples(out, samples, wide, channels, height, width, wide ? 65535 : 255, err);
  ln_free(samples);
  return status;
}
