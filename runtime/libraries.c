/* The libraries that the runtime uses, by the versions that are loaded (of libjpeg: that it was compiled with). */
#include <stdio.h>

#include <cblas.h>
#ifdef HAVE_FFTW
#include <fftw3.h>
#endif
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
  const char *fftw = "", *comma = "";
#ifdef HAVE_FFTW
  fftw = strchr(fftwf_version, '-'); /* "fftw-3.3.10-sse2-avx" */
  fftw = fftw == NULL ? "" : fftw + 1, comma = ", FFTW ";
#endif
  snprintf(text, size, "%.*s%s%.*s, libjpeg-turbo %s, libpng %s, zlib %s, libzip %s, jansson %s", length, blas, comma,
           (int)strcspn(fftw, "-"), fftw, TEXT(LIBJPEG_TURBO_VERSION), png_get_libpng_ver(NULL), zlibVersion(),
           zip_libzip_version(), jansson_version_str());
  return text;
}
