/* Runs the target once on each of the files named, and prints a hash of what came out: see fuzz.h. Without files, which
 * files of the runtime the target covers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "fuzz/fuzz.h"

int main(int argc, char **argv) {
  fuzz_start();
  if (argc < 2) return printf("%s\n", fuzz_covers) < 0;
  for (int i = 1; i < argc; i++) {
    LnError err;
    void *bytes = NULL;
    size_t n = 0;
    if (ln_file_read(&bytes, &n, argv[i], &err) != LN_OK) return fprintf(stderr, "%s\n", err.msg), EXIT_FAILURE;
    printf("%016" PRIx64 " %s\n", fuzz_target(bytes, n), argv[i]);
    ln_free(bytes);
  }
  return EXIT_SUCCESS;
}
