/* A small test image, made by a formula that C and Python (tests/reference/image.py) evaluate to the same bits:
 * blocks with texture, in multiples of 1/256, and the same with noise. */
#ifndef LUNET_TESTS_IMAGE_H
#define LUNET_TESTS_IMAGE_H

#include "tensor/tensor.h"

/* shape: H,W or with dimensions in front; every plane is the same. */
LnTensor *test_image(LnShape shape);
LnTensor *test_image_noisy(LnShape shape);

/* One of the 64x64 images beside the repository, 64,64 of 0 .. 1; NULL where there is none. */
LnTensor *test_image_file(const char *path);

#endif
