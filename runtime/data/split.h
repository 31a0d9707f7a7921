/* Splitting a dataset into training and test parts. */
#ifndef LUNET_DATA_SPLIT_H
#define LUNET_DATA_SPLIT_H

#include <stdint.h>

#include "base/status.h"

/* Each fills indices (n long): the training ones first, then the test ones, each part in ascending order; *n_train says
 * how many of the first there are and *n_used how many entries are valid in all. 0 < train < n, else an error. The same
 * seed gives the same parts. */

/* Exactly `train` at random. */
LnStatus ln_split_count(int64_t *indices, int64_t *n_train, int64_t *n_used, int64_t n, int64_t train, uint64_t seed,
                        LnError *err);
/* As near to `train` as whole groups allow; no group on both sides. groups: n numbers. */
LnStatus ln_split_group(int64_t *indices, int64_t *n_train, int64_t *n_used, const int64_t *groups, int64_t n,
                        int64_t train, uint64_t seed, LnError *err);
/* For slices of a volume: runs of `block` neighbours stay together and are dealt at random. Training images within
 * `gap` of a test image are left out, so the two sides are not neighbours; there are as many test runs as leave
 * nearest to `train` images for training. sequences: n numbers; the images of a sequence are neighbours in the
 * order in which they come, those of different ones (e.g. axial and coronal) are not; NULL for one sequence. */
LnStatus ln_split_block(int64_t *indices, int64_t *n_train, int64_t *n_used, const int64_t *sequences, int64_t n,
                        int64_t train, int64_t block, int64_t gap, uint64_t seed, LnError *err);

#endif
