/* The libraries that the runtime uses, by the versions that are loaded (of libjpeg: that it was compiled with). */
#include <stdio.h>

#include <cblas.h>
#include <jansson.h>
#include <jpeglib.h>
#include <png.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

#include "lunet.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *ln_libraries(char *text, size_t size) {
  const char *blas = openblas_get_config(); /* "OpenBLAS 0.3.21 DYNAMIC_ARCH ..." */
  size_t name = strcspn(blas, " "), version = strspn(blas + name, " ");
  int length = (int)(name + version + strcspn(blas + name + version, " "));
  snprintf(text, size, "%.*s, libjpeg-turbo %s, libpng %s, zlib %s, libzip %s, jansson %s", length, blas,
           TEXT(LIBJPEG_TURBO_VERSION), png_get_libpng_ver(NULL), zlibVersion(), zip_libzip_version(),
           jansson_version_str());
  return text;
}
