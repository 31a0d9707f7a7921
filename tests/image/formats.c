/* The list of formats: every descriptor is whole and differs from the others. */
#include "image/formats.h"

#include <ctype.h>
#include <stdio.h>

#include "base/memory.h"
#include "support/support.h"

START_TEST(descriptors_are_whole) {
  for (const LnImageFormat *const *f = ln_image_formats; *f != NULL; f++) {
    ck_assert_msg((*f)->name != NULL && (*f)->read != NULL, "a format lacks its name or its reader");
    ck_assert_msg((*f)->bits >= 1 && (*f)->bits <= 16, "%s: bits", (*f)->name);
    ck_assert_msg((*f)->magic[0].n > 0 && (*f)->extensions[0] != NULL, "%s: magic or extension", (*f)->name);
    for (const char *const *e = (*f)->extensions; *e != NULL; e++) {
      char name[64];
      ck_assert_msg((*e)[0] == '.', "%s: extension '%s'", (*f)->name, *e);
      for (const char *c = *e; *c != '\0'; c++) ck_assert_int_eq(*c, tolower(*c));
      snprintf(name, sizeof name, "folder.x/name.y%s", *e);
      ck_assert_ptr_eq(ln_image_format_of_name(name), *f);
    }
    for (const LnMagic *m = (*f)->magic; m->n > 0; m++)
      ck_assert_ptr_eq(ln_image_format_of_bytes((const uint8_t *)m->bytes, m->n, NULL), *f);
  }
}
END_TEST

/* Nothing but the magic is damaged, for any format; it takes no memory and leaves none. */
START_TEST(a_magic_alone_is_damaged) {
  for (const LnImageFormat *const *f = ln_image_formats; *f != NULL; f++) {
    for (const LnMagic *m = (*f)->magic; m->n > 0; m++) {
      LnError err = {0};
      LnImage image = {0};
      int64_t live = ln_memory_live();
      CK_FAILS((*f)->read(&image, (const uint8_t *)m->bytes, m->n, &err), LN_EFORMAT, "damaged: ");
      ln_tensor_unref(image.pixels);
      ck_assert_int_eq(ln_memory_live(), live);
    }
  }
}
END_TEST

START_TEST(names_without_a_format) {
  ck_assert_ptr_null(ln_image_format_of_name("png"));
  ck_assert_ptr_null(ln_image_format_of_name("a.png.txt"));
  ck_assert_ptr_null(ln_image_format_of_name("a."));
  ck_assert_ptr_null(ln_image_format_of_name(""));
  ck_assert_str_eq(ln_image_format_of_name("A.JPEG")->name, "JPEG");
}
END_TEST

TESTS {
  tcase_add_test(tests, descriptors_are_whole);
  tcase_add_test(tests, a_magic_alone_is_damaged);
  tcase_add_test(tests, names_without_a_format);
}
