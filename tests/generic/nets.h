/* Small networks for tests: one around each layer case, and one with a bit of everything. */
#ifndef LUNET_TESTS_GENERIC_NETS_H
#define LUNET_TESTS_GENERIC_NETS_H

#include "support/items.h"
#include "lunet.h"

/* A built network with the case's layer at its end. A layer with two inputs gets them from one through a 1x1
 * convolution (or a dense layer) each, and a pooling where the second has fewer rows or columns. Weights that start at zero are made random: nothing hides behind them. */
LnNetwork *net_of_case(ItemCase it, uint64_t seed);

/* n samples of a case's first input: values evenly spaced over (-1, 1), or further where the case has kinks there, and
 * shuffled. All are apart from each other and from the kinks by *apart or more, so a step smaller than half of that
 * changes no maximum and crosses no kink. */
LnTensor *net_spread(int64_t n, const LnCase *example, uint64_t seed, double *apart);

/* Convolution, pooling, upsampling, a skip: 1x8x8 -> 1x8x8 with a sigmoid at the end. */
LnStatus net_small(LnNetwork **out, uint64_t seed, LnError *err);

#endif
