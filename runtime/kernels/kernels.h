/* The only CPU-specific code: one source compiled per instruction set into one table of pointers.
 *
 * ln_kernels() is the table in use: the best the processor supports, or what LUNET_ISA names. */
#ifndef LUNET_KERNELS_KERNELS_H
#define LUNET_KERNELS_KERNELS_H

#include <stdint.h>

#include "base/status.h"

typedef struct LnKernels LnKernels;

/* Choose a table: NULL for the best one, or "baseline", "avx2", "avx512". Unknown or unsupported names are errors. */
LnStatus ln_kernels_select(const char *isa, LnError *err);
/* The table in use; chosen from LUNET_ISA at first call (an unusable value falls back to the best one; the bindings
 * report it at start by calling ln_kernels_select themselves). */
const LnKernels *ln_kernels(void);
const char *ln_kernels_name(const LnKernels *kernels);
/* Names this build has and this processor supports, best last; NULL ends the list. */
const char *const *ln_kernels_available(void);

#endif
