/* Folders of volumes. */
#ifndef LUNET_DATA_VOLUME_FOLDER_H
#define LUNET_DATA_VOLUME_FOLDER_H

#include "data/dataset.h"

/* The slices of one file, into an empty set. */
typedef LnStatus LnVolumeLoad(LnDataset *out, const char *path, const void *options, LnError *err);

/* All volumes in the folder (.nii, .nii.gz, .hdr) by name, one after another. Names of slices get that of the file in
 * front: "patient1/ax012". Fails without a volume, and where slices of two files differ in size. */
LnStatus ln_volume_folder_load(LnDataset *out, const char *path, LnVolumeLoad *load_file, const void *options,
                               LnError *err);

#endif
