/* Kinds of faulty files, each made from a sound one: what is read, what is an error, and which of the three. */
#include <stdio.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "image/image.h"
#include "image/zoo.h"
#include "support/support.h"

typedef struct Bytes {
  uint8_t at[8192];
  size_t n;
} Bytes;

static Bytes file_of(const char *name) {
  Bytes b = {.n = 0};
  for (size_t i = 0; i < sizeof zoo / sizeof *zoo; i++)
    if (strcmp(zoo[i].name, name) == 0) memcpy(b.at, zoo[i].bytes, b.n = zoo[i].n);
  ck_assert_uint_gt(b.n, 0);
  return b;
}

/* The place of the k-th occurrence, k from 1, of n bytes. */
static size_t find(const Bytes *b, const char *bytes, size_t n, int k) {
  for (size_t i = 0; i + n <= b->n; i++)
    if (memcmp(b->at + i, bytes, n) == 0 && --k == 0) return i;
  ck_abort_msg("bytes not found");
}

static bool has(const Bytes *b, const char *bytes, size_t n, int k) {
  for (size_t i = 0; i + n <= b->n; i++)
    if (memcmp(b->at + i, bytes, n) == 0 && --k == 0) return true;
  return false;
}

static void insert(Bytes *b, size_t at, const char *bytes, size_t n) {
  memmove(b->at + at + n, b->at + at, b->n - at);
  memcpy(b->at + at, bytes, n);
  b->n += n;
}

static void cut(Bytes *b, size_t at, size_t n) {
  memmove(b->at + at, b->at + at + n, b->n - at - n);
  b->n -= n;
}

static LnTensor *decoded(const Bytes *b) {
  LnError err;
  LnTensor *image = NULL;
  CK_OK(ln_image_decode(&image, b->at, b->n, (LnImageOptions){0}, &err));
  return image;
}

/* It is read, to the pixels of the sound file. */
static void check_same(const Bytes *b, const char *name) {
  Bytes sound = file_of(name);
  LnTensor *got = decoded(b), *want = decoded(&sound);
  ck_assert(ln_shape_equal(got->shape, want->shape));
  ck_assert_mem_eq(got->data, want->data, (size_t)ln_shape_count(want->shape) * sizeof(float));
  ln_tensor_unref(got), ln_tensor_unref(want);
}

static void check_fails(const Bytes *b, LnStatus status, const char *message) {
  LnError err;
  LnTensor *image = NULL;
  int64_t live = ln_memory_live();
  CK_FAILS(ln_image_decode(&image, b->at, b->n, (LnImageOptions){0}, &err), status, message);
  ck_assert_int_eq(ln_memory_live(), live);
}

/* JPEG. */

START_TEST(jpeg_stray_bytes_are_passed_over) {
  static const char *const names[] = {"jpeg_420", "jpeg_progressive", "jpeg_three_scans"};
  for (int i = 0; i < 3; i++) {
    Bytes b = file_of(names[i]);
    insert(&b, b.n - 2, "\xff\0\x12", 3); /* before the end's marker */
    insert(&b, b.n, "after the end", 13);
    insert(&b, find(&b, "\xff\xdb", 2, 1), "stray", 5);
    check_same(&b, names[i]);
  }
}
END_TEST

START_TEST(jpeg_bytes_lost_between_restarts) {
  Bytes sound = file_of("jpeg_restart"), b = sound;
  check_same(&b, "jpeg_restart");
  size_t restart = find(&sound, "\xff\xd1", 2, 1);
  insert(&b, restart, "sixteen of bytes", 16);
  check_fails(&b, LN_EFORMAT, "damaged: ");
  b = sound;
  cut(&b, restart, 2);
  check_fails(&b, LN_EFORMAT, "damaged: ");
  b = sound;
  cut(&b, restart - 4, 4);
  check_fails(&b, LN_EFORMAT, "damaged: ");
  b = sound;
  b.at[restart + 1] = 0xD3;
  check_fails(&b, LN_EFORMAT, "damaged: ");
}
END_TEST

/* The end's marker in the middle of a scan, at every place. */
START_TEST(jpeg_ends_within_a_scan) {
  static const char *const names[] = {"jpeg_gray", "jpeg_420"};
  for (int i = 0; i < 2; i++) {
    Bytes sound = file_of(names[i]);
    size_t scan = find(&sound, "\xff\xda", 2, 1) + 2 + sound.at[find(&sound, "\xff\xda", 2, 1) + 3];
    for (size_t n = scan; n < sound.n - 5; n++) {
      Bytes b = sound;
      if (b.at[n - 1] == 0xFF) continue;
      memcpy(b.at + n, "\xff\xd9", 2);
      b.n = n + 2;
      check_fails(&b, LN_EFORMAT, "damaged: ");
    }
  }
}
END_TEST

/* The end's marker in the place of every scan but the first. */
START_TEST(jpeg_scans_are_missing) {
  static const char *const names[] = {"jpeg_progressive", "jpeg_progressive_gray", "jpeg_three_scans"};
  for (int i = 0; i < 3; i++) {
    Bytes sound = file_of(names[i]);
    int scans = 1;
    for (; has(&sound, "\xff\xda", 2, scans + 1); scans++) {
      Bytes b = sound;
      size_t at = find(&sound, "\xff\xda", 2, scans + 1);
      memcpy(b.at + at, "\xff\xd9", 2);
      b.n = at + 2;
      check_fails(&b, LN_EFORMAT, "damaged: scans of component");
    }
    ck_assert_int_gt(scans, 2);
  }
}
END_TEST

/* Every table in turn becomes a comment; later ones stand in the place of these four, so that they are not missed. */
START_TEST(jpeg_tables_are_missing) {
  static const char *const names[] = {"jpeg_gray", "jpeg_420", "jpeg_progressive", "jpeg_three_scans"};
  for (int i = 0; i < 4; i++) {
    Bytes sound = file_of(names[i]);
    for (int kind = 0; kind < 2; kind++) {
      const char *marker = kind == 0 ? "\xff\xc4" : "\xff\xdb";
      for (int k = 1; k <= 4 && has(&sound, marker, 2, k); k++) {
        Bytes b = sound;
        b.at[find(&sound, marker, 2, k) + 1] = 0xFE;
        check_fails(&b, LN_EFORMAT, "damaged: ");
      }
    }
  }
}
END_TEST

START_TEST(jpeg_kinds_that_are_not_read) {
  Bytes sound = file_of("jpeg_gray"), b = sound;
  size_t frame = find(&sound, "\xff\xc0", 2, 1);
  b.at[frame + 1] = 0xC1, b.at[frame + 4] = 12;
  check_fails(&b, LN_EUNSUPPORTED, "not supported: 12-bit JPEG");
  b = sound;
  b.at[frame + 1] = 0xC3;
  check_fails(&b, LN_EUNSUPPORTED, "not supported: lossless JPEG");
  b.at[frame + 1] = 0xC5;
  check_fails(&b, LN_EUNSUPPORTED, "not supported: hierarchical JPEG");
  b = sound;
  b.at[frame + 1] = 0xC9;
  check_fails(&b, LN_EUNSUPPORTED, "not supported: arithmetic coding in JPEG");
  b.at[frame + 1] = 0xCA;
  check_fails(&b, LN_EUNSUPPORTED, "not supported: arithmetic coding in JPEG");
  b = sound;
  b.at[frame + 5] = b.at[frame + 6] = 0;
  check_fails(&b, LN_EUNSUPPORTED, "not supported: JPEG whose height comes after its data");
  b = sound;
  b.at[frame + 3] += 3, b.at[frame + 9] = 2;
  insert(&b, frame + 13, "\x02\x11\0", 3);
  check_fails(&b, LN_EUNSUPPORTED, "not supported: JPEG of 2 components");
}
END_TEST

START_TEST(jpeg_of_very_many_scans) {
  Bytes b = file_of("jpeg_progressive_gray");
  size_t scan = find(&b, "\xff\xda", 2, 1), end = find(&b, "\xff\xc4", 2, 2) - scan;
  char copy[256];
  ck_assert_uint_lt(end, sizeof copy);
  memcpy(copy, b.at + scan, end);
  for (int i = 0; i < 250 && b.n + end < sizeof b.at; i++) insert(&b, scan, copy, end);
  check_fails(&b, LN_EFORMAT, "damaged: "); /* the same bits once more */
}
END_TEST

/* EXIF that says nothing of use loses no pixel: the image is as it is stored. */
START_TEST(exif_is_damaged) {
  Bytes sound = file_of("jpeg_exif6"), b;
  size_t exif = find(&sound, "Exif", 4, 1) + 6;
  const struct {
    size_t at;
    uint8_t value;
  } changes[] = {{0, 'X'}, {3, 0}, {4, 0x7F}, {7, 0x7F}, {8, 0xFF}, {9, 0}, {10, 9}, {13, 9}, {17, 2},
                 {18, 1},  {19, 0}, {19, 9}};
  int upright = 0;
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    for (int other = 0; other < 2; other++) { /* both orders of bytes */
      b = file_of(other ? "jpeg_exif5" : "jpeg_exif6");
      b.at[exif + changes[i].at] = changes[i].value;
      LnTensor *image = decoded(&b);
      ck_assert(ln_shape_equal(image->shape, LN_SHAPE(1, 11, 9)) || ln_shape_equal(image->shape, LN_SHAPE(1, 9, 11)));
      upright += image->shape.d[1] == 11;
      ln_tensor_unref(image);
    }
  }
  ck_assert_int_gt(upright, 10);
}
END_TEST

START_TEST(exif_is_left_out_on_demand) {
  LnError err;
  LnTensor *image = NULL;
  Bytes b = file_of("jpeg_exif6");
  CK_OK(ln_image_decode(&image, b.at, b.n, (LnImageOptions){.stored = true}, &err));
  ck_assert(ln_shape_equal(image->shape, LN_SHAPE(1, 11, 9)));
  ln_tensor_unref(image);
}
END_TEST

/* PNG. */

static uint32_t get32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t value) {
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* The chunk's length, type, data and checksum begin at the result. */
static size_t find_chunk(const Bytes *b, const char *type) {
  return find(b, type, 4, 1) - 4;
}

/* Makes a chunk's checksum right again. */
static void seal(Bytes *b, size_t chunk) {
  uint32_t n = get32(b->at + chunk);
  put32(b->at + chunk + 8 + n, (uint32_t)crc32(0, b->at + chunk + 4, n + 4));
}

/* A chunk of a type and a text before the chunk that begins at `at`. */
static size_t insert_chunk(Bytes *b, size_t at, const char *type, const char *text) {
  size_t n = strlen(text);
  insert(b, at, "\0\0\0\0ABCDdata", 12);
  insert(b, at + 8, text, n);
  put32(b->at + at, (uint32_t)n);
  memcpy(b->at + at + 4, type, 4);
  seal(b, at);
  return at;
}

START_TEST(png_what_loses_no_pixel) {
  Bytes sound = file_of("png_rgb"), b = sound;
  size_t chunk = insert_chunk(&b, find_chunk(&b, "IDAT"), "tEXt", "Comment");
  b.at[chunk + 10] ^= 1; /* the checksum is wrong */
  check_same(&b, "png_rgb");
  b = sound;
  insert_chunk(&b, find_chunk(&b, "IEND"), "zTXt", "no keyword");
  insert_chunk(&b, find_chunk(&b, "IDAT"), "iCCP", "no profile");
  insert_chunk(&b, find_chunk(&b, "IDAT"), "tIME", "x");
  insert_chunk(&b, find_chunk(&b, "IDAT"), "abCd", "unknown");
  check_same(&b, "png_rgb");
  b = sound;
  size_t data = find_chunk(&b, "IDAT"), n = get32(b.at + data);
  insert(&b, data + 8 + n, "more", 4); /* after the stream's end */
  put32(b.at + data, (uint32_t)n + 4);
  seal(&b, data);
  check_same(&b, "png_rgb");
}
END_TEST

START_TEST(png_what_loses_pixels) {
  Bytes sound = file_of("png_rgb"), b = sound;
  size_t data = find_chunk(&sound, "IDAT"), n = get32(sound.at + data);
  b.at[data + 8 + n] ^= 1;
  check_fails(&b, LN_EFORMAT, "damaged: IDAT: CRC error");
  b = sound;
  b.at[data + 8 + n - 1] ^= 1; /* the checksum of the pixels, under a right one of the chunk */
  seal(&b, data);
  check_fails(&b, LN_EFORMAT, "damaged: IDAT: incorrect data check");
  for (size_t less = 1; less < n; less += 7) {
    b = sound;
    cut(&b, data + 8 + n - less, less);
    put32(b.at + data, (uint32_t)(n - less));
    seal(&b, data);
    check_fails(&b, LN_EFORMAT, "damaged: ");
  }
  b = sound;
  cut(&b, data, n + 12);
  check_fails(&b, LN_EFORMAT, "damaged: ");
  b = file_of("png_palette4");
  b.at[find_chunk(&b, "PLTE") + 9] ^= 1;
  check_fails(&b, LN_EFORMAT, "damaged: PLTE: CRC error");
  cut(&b, find_chunk(&b, "PLTE"), 12 + 48);
  check_fails(&b, LN_EFORMAT, "damaged: ");
}
END_TEST

START_TEST(png_unknown_critical_chunk) {
  Bytes b = file_of("png_rgb");
  insert_chunk(&b, find_chunk(&b, "IDAT"), "CgBI", "");
  check_fails(&b, LN_EUNSUPPORTED, "not supported: CgBI: unhandled critical chunk");
}
END_TEST

/* A colour beyond the palette is black. */
START_TEST(png_index_beyond_the_palette) {
  Bytes b = file_of("png_palette8");
  size_t palette = find_chunk(&b, "PLTE");
  cut(&b, palette + 8 + 3, get32(b.at + palette) - 3);
  put32(b.at + palette, 3);
  seal(&b, palette);
  LnTensor *image = decoded(&b);
  ck_assert_float_eq(image->data[1], 0);
  ln_tensor_unref(image);
}
END_TEST

/* BMP. */

START_TEST(bmp_kinds_that_are_not_read) {
  const struct {
    const char *name, *message;
    size_t at;
    uint8_t value;
  } cases[] = {
      {"bmp_8", "not supported: RLE", 30, 1},
      {"bmp_4", "not supported: RLE", 30, 2},
      {"bmp_24", "not supported: JPEG in BMP", 30, 4},
      {"bmp_24", "not supported: PNG in BMP", 30, 5},
      {"bmp_24", "not supported: compression 11 in BMP", 30, 11},
      {"bmp_24", "not supported: 2-bit BMP", 28, 2},
      {"bmp_24", "not supported: BMP with a header of 41 bytes", 14, 41},
      {"bmp_32_masks", "not supported: the mask 0x000000fd in BMP", 54, 0xFD},
      {"bmp_32_masks", "not supported: the mask 0x00000000 in BMP", 54, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Bytes b = file_of(cases[i].name);
    b.at[cases[i].at] = cases[i].value;
    check_fails(&b, LN_EUNSUPPORTED, cases[i].message);
  }
}
END_TEST

START_TEST(bmp_damaged_headers) {
  const struct {
    const char *name, *message;
    size_t at;
    uint8_t value;
  } cases[] = {
      {"bmp_24", "damaged: pixels at byte 65591 of", 12, 1},
      {"bmp_24", "damaged: pixels at byte 11 of", 10, 10},
      {"bmp_24", "damaged: masks in a BMP of 24 bits", 30, 3},
      {"bmp_24", "damaged: a size of 11x0 pixels", 18, 0},
      {"bmp_24", "damaged: a size of 0x9 pixels", 22, 0},
      {"bmp_24", "damaged: a size of 11x-2147483639 pixels", 21, 0x80},
      {"bmp_24", "damaged: 12x9 pixels need at least", 22, 12},
      {"bmp_24", "damaged: 11x65545 pixels need at least", 20, 1},
      {"bmp_24", "too large: 3x2147483637x9 values", 25, 0x80},
      {"bmp_os2_8", "damaged: 255x9 pixels need at least", 20, 255},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Bytes b = file_of(cases[i].name);
    b.at[cases[i].at] = cases[i].value;
    check_fails(&b, strstr(cases[i].message, "too large") != NULL ? LN_ELIMIT : LN_EFORMAT, cases[i].message);
  }
}
END_TEST

START_TEST(bmp_index_beyond_the_palette) {
  Bytes b = file_of("bmp_8_ten_colours");
  memset(b.at + b.n - 12, 200, 9); /* the last row of the file is the first of the image */
  LnTensor *image = decoded(&b);
  for (int i = 0; i < 9; i++) ck_assert_float_eq(image->data[i], 0);
  ln_tensor_unref(image);
}
END_TEST

/* Claims. */

/* A header's claim is an error before memory is taken for it. */
START_TEST(large_claims_take_no_memory) {
  const struct {
    const char *name;
    size_t at;
    const char *bytes, *message;
    LnStatus status;
  } cases[] = {
      {"png_gray8", 16, "\0\0\x3f\xff\0\0\x3f\xff", "damaged: 16383x16383 pixels need at least", LN_EFORMAT},
      {"png_gray1", 16, "\0\0\x3f\xff\0\0\x3f\xff", "damaged: 16383x16383 pixels need at least", LN_EFORMAT},
      {"png_gray8", 16, "\x7f\xff\xff\xff\x7f\xff\xff\xff", "too large: 1x2147483647x2147483647 values", LN_ELIMIT},
      {"png_palette8", 16, "\0\0\x27\x10\0\0\x27\x10", "too large: 3x10000x10000 values", LN_ELIMIT},
  };
  static const char *const chunks[] = {"tEXt", "zTXt", "sPLT", "eXIf", "iCCP"};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Bytes b = file_of(cases[i].name);
    memcpy(b.at + cases[i].at, cases[i].bytes, 8);
    seal(&b, 8);
    check_fails(&b, cases[i].status, cases[i].message);
  }
  Bytes b = file_of("jpeg_gray");
  size_t frame = find(&b, "\xff\xc0", 2, 1);
  memcpy(b.at + frame + 5, "\x3f\xff\x3f\xff", 4);
  check_fails(&b, LN_EFORMAT, "damaged: 16383x16383 pixels need at least");
  memcpy(b.at + frame + 5, "\xfd\xe8\xfd\xe8", 4);
  check_fails(&b, LN_ELIMIT, "too large: 1x65000x65000 values");
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) { /* that say they are 1.7 GB long */
    b = file_of("png_gray8");
    memmove(b.at + 33 + 12, b.at + 33, b.n - 33); /* behind IHDR */
    memcpy(b.at + 33, "\x66\x21\xdb\xec", 4);
    memcpy(b.at + 37, chunks[i], 4);
    b.n += 12;
    check_fails(&b, LN_EFORMAT, "damaged: cut short");
  }
  ck_assert_int_lt(ln_memory_peak(), 1 << 20);
}
END_TEST

START_TEST(limits_are_kept) {
  static const char *const names[] = {"png_rgb", "jpeg_420", "bmp_24", "pnm_p3", "pnm_p6"};
  LnLimits before = ln_limits();
  for (int i = 0; i < 5; i++) {
    Bytes b = file_of(names[i]);
    ln_set_limits((LnLimits){.pixels = 3 * 11 * 9 - 1, .bytes = before.bytes});
    check_fails(&b, LN_ELIMIT, "too large: 3x11x9 values, the limit is 296");
    ln_set_limits((LnLimits){.pixels = before.pixels, .bytes = 100});
    check_fails(&b, LN_ELIMIT, "too large: ");
    ln_set_limits(before);
    check_same(&b, names[i]);
  }
}
END_TEST

/* What is no format of the list, though one knows it. */
START_TEST(formats_that_are_not_read) {
  const struct {
    const char *bytes;
    size_t n;
    const char *message;
  } cases[] = {
      {"II*\0abcd", 8, "not supported: TIFF"},     {"MM\0*abcd", 8, "not supported: TIFF"},
      {"GIF89a", 6, "not supported: GIF"},         {"RIFF\1\2\3\4WEBPVP8 ", 16, "not supported: WebP"},
      {"P7\nWIDTH 1", 10, "not supported: PAM"},   {"\0\0\0\x20" "ftypavif", 12, "not supported: HEIF or AVIF"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Bytes b = {.n = cases[i].n};
    memcpy(b.at, cases[i].bytes, b.n);
    check_fails(&b, LN_EUNSUPPORTED, cases[i].message);
  }
}
END_TEST

TESTS {
  tcase_add_test(tests, jpeg_stray_bytes_are_passed_over);
  tcase_add_test(tests, jpeg_bytes_lost_between_restarts);
  tcase_add_test(tests, jpeg_ends_within_a_scan);
  tcase_add_test(tests, jpeg_scans_are_missing);
  tcase_add_test(tests, jpeg_tables_are_missing);
  tcase_add_test(tests, jpeg_kinds_that_are_not_read);
  tcase_add_test(tests, jpeg_of_very_many_scans);
  tcase_add_test(tests, exif_is_damaged);
  tcase_add_test(tests, exif_is_left_out_on_demand);
  tcase_add_test(tests, png_what_loses_no_pixel);
  tcase_add_test(tests, png_what_loses_pixels);
  tcase_add_test(tests, png_unknown_critical_chunk);
  tcase_add_test(tests, png_index_beyond_the_palette);
  tcase_add_test(tests, bmp_kinds_that_are_not_read);
  tcase_add_test(tests, bmp_damaged_headers);
  tcase_add_test(tests, bmp_index_beyond_the_palette);
  tcase_add_test(tests, large_claims_take_no_memory);
  tcase_add_test(tests, limits_are_kept);
  tcase_add_test(tests, formats_that_are_not_read);
}
