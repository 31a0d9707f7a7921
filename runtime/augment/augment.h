/* Augmentation: images changed at random so that a network sees more of them. One file an item, listed in augment.def.
 *
 * What happens to an image depends on the seed, on the draw (an epoch, say) and on the number of the image in its set,
 * not on its pixels or size; so both images of a pair undergo the same. */
#ifndef LUNET_AUGMENT_AUGMENT_H
#define LUNET_AUGMENT_AUGMENT_H

#include <stdbool.h>

#include "base/rng.h"
#include "base/type.h"
#include "tensor/tensor.h"

/* First member of every augmentation's options. */
typedef struct LnAugmentOptions {
  int64_t seed;
} LnAugmentOptions;

#define LN_AUGMENT_PARAMS(Options)                                                                            \
  {.name = "seed", .kind = LN_PARAM_INT, .offset = offsetof(Options, common.seed), .def = 1, .max = 0x1p53,   \
   .help = "seed of the random numbers: the same seed gives the same changes"}

typedef struct LnAugmentType {
  LnType type;
  /* What images C,H,W become; NULL: they keep their shape. */
  LnStatus (*out_shape)(const void *options, LnShape *out, LnShape in, LnError *err);
  /* y: of that shape, x: C,H,W of at least one pixel; they do not overlap. rng: of this image and item. */
  void (*apply)(const void *options, float *y, const float *x, LnShape in, LnRng rng);
  /* Instead of apply where nothing is to be random; NULL: the image stays as it is. */
  void (*still)(const void *options, float *y, const float *x, LnShape in);
} LnAugmentType;

/* A draw: its number, the numbers of the N images in their set (NULL: 0, 1, ...), and whether nothing is random, as for
 * validation: crops are then from the middle, and the rest is left out. */
typedef struct LnAugmentDraw {
  uint64_t stream;
  const int64_t *numbers;
  bool still;
} LnAugmentDraw;

/* x: N,C,H,W, C,H,W or H,W. augment: an item of this kind, or a chain of them. */
LnStatus ln_augment_apply(LnTensor **out, LnItem *augment, LnTensor *x, LnAugmentDraw draw, LnError *err);
/* Both images of pairs, which must be equal in number, height and width. */
LnStatus ln_augment_apply_pair(LnTensor **out_x, LnTensor **out_y, LnItem *augment, LnTensor *x, LnTensor *y,
                               LnAugmentDraw draw, LnError *err);

#define X(name) extern const LnAugmentType ln_augment_##name;
#include "augment/augment.def"
#undef X

extern const LnKind ln_augment_kind;
extern const LnAugmentType ln_augment_chain; /* in no list: made by ln_chain_new */

#endif
