/* Datasets: images with names, as data sources give them. */
#ifndef LUNET_DATA_DATASET_H
#define LUNET_DATA_DATASET_H

#include "tensor/tensor.h"

typedef struct LnDataset {
  int64_t count;    /* N */
  LnTensor *images; /* N,C,H,W in [0, 1]; NULL where they are read one by one */
  char **names;     /* N of them, e.g. the file name without its ending */
  char **files;     /* NULL, or without images what the source's `read` takes, N of them */
} LnDataset;

/* Black images N,C,H,W, names still NULL. */
LnStatus ln_dataset_new(LnDataset *out, LnShape shape, LnError *err);
LnStatus ln_dataset_set_name(LnDataset *set, int64_t index, const char *name, LnError *err);
/* Without images; files and names still NULL. */
LnStatus ln_dataset_new_unread(LnDataset *out, int64_t count, LnError *err);
LnStatus ln_dataset_set_file(LnDataset *set, int64_t index, const char *file, LnError *err);
void ln_dataset_free(LnDataset *set); /* what it holds */

#endif
