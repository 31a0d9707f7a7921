/* A small test picture, made by a formula that C and Python (tests/reference/picture.py) evaluate to the same bits:
 * blocks with texture, in multiples of 1/256, and the same with noise. */
#ifndef LUNET_TESTS_PICTURE_H
#define LUNET_TESTS_PICTURE_H

#include "tensor/tensor.h"

/* shape: H,W or with dimensions in front; every plane is the same. */
LnTensor *test_picture(LnShape shape);
LnTensor *test_picture_noisy(LnShape shape);

#endif
