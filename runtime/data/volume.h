/* Inside data/: one 3-D volume of a NIfTI file, seen in the patient's own axes. */
#ifndef LUNET_DATA_VOLUME_H
#define LUNET_DATA_VOLUME_H

#include <stdint.h>

#include "base/status.h"

enum { LN_RIGHT, LN_ANTERIOR, LN_SUPERIOR }; /* the axes x, y, z: towards the patient's right, front, head */

/* Voxel x, y, z is origin[x * stride[0] + y * stride[1] + z * stride[2]], however the file stores it. */
typedef struct LnVolume {
  float *voxels;       /* as stored; owned */
  const float *origin;
  int64_t size[3], stride[3];
} LnVolume;

/* The number-th (from 1) volume, with the file's scaling applied. All voxels are finite. */
LnStatus ln_volume_read(LnVolume *out, const char *path, int64_t number, LnError *err);
void ln_volume_free(LnVolume *volume);

#endif
