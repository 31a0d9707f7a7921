/* A program of somebody else's, built against what `make install` leaves behind: see check-install in the Makefile. */
#include <lunet.h>
#include <stdio.h>

int main(void) {
  LnError err;
  LnTensor *t = NULL;
  if (ln_tensor_new(&t, LN_SHAPE(2, 3), &err) != LN_OK) return fprintf(stderr, "%s\n", err.msg), 1;
  ln_tensor_unref(t);
  return printf("installed: lunet %s, %s kernels\n", LN_VERSION, ln_kernels_name(ln_kernels())) < 0;
}
