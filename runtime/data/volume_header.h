/* Inside data/: what the header of a NIfTI-1, NIfTI-2 or ANALYZE 7.5 file says, checked. */
#ifndef LUNET_DATA_VOLUME_HEADER_H
#define LUNET_DATA_VOLUME_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { LN_VOLUME_HEADER = 540 }; /* bytes of the longest */

typedef struct LnVolumeHeader {
  bool swapped;             /* the voxels' bytes are in the other order */
  bool pair;                /* the voxels are in a file of their own, .img */
  int64_t size[3];          /* voxels along the stored axes, the fastest first; each at least 1 */
  int64_t volumes;          /* at least 1 */
  int datatype, bytes;      /* NIFTI_TYPE_..., and of one voxel */
  double offset;            /* where the voxels begin; finite, at least 0 */
  double slope, intercept;  /* a stored v means v * slope + intercept; finite */
  int codes[3];             /* which way the stored axes run: NIFTI_L2R ..., one of each kind */
} LnVolumeHeader;

/* From the n bytes at a file's beginning, of which LN_VOLUME_HEADER are enough. LN_EFORMAT: another kind of file, or
 * "damaged"; LN_EUNSUPPORTED: voxels of a type that is not read. */
LnStatus ln_volume_header_read(LnVolumeHeader *out, const void *bytes, size_t n, LnError *err);

/* n stored voxels to numbers, not scaled. raw: may be changed. */
void ln_volume_voxels(double *out, void *raw, int64_t n, const LnVolumeHeader *header);

#endif
