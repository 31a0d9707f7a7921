/* Learning a dictionary from signals, which are to be within a bound of sums of few atoms (omp.h). */
#ifndef LUNET_FILTER_LEARN_H
#define LUNET_FILTER_LEARN_H

#include "base/rng.h"
#include "filter/omp.h"

/* Signals to learn from: rows of the dictionary's length. */
typedef struct LnSignals {
  const float *x;
  int64_t n, most; /* most: atoms a signal */
  double bound;
} LnSignals;

/* Overcomplete cosines: products of cosines of ceil(sqrt(atoms)) frequencies down and along a patch, without mean. */
void ln_dictionary_cosines(const LnDictionary *dictionary, int64_t height, int64_t width);

/* K-SVD. Each iteration codes all signals; then atom by atom, what is left of the signals that use it, without it, is
 * approximated by one new atom and weights: the first singular pair. Atoms that hardly any signal uses, or that are
 * like another one, become the signal that is approximated worst.
 * Source: Aharon, Elad, Bruckstein, "K-SVD: an algorithm for designing overcomplete dictionaries for sparse
 * representation", IEEE TSP 54, 2006. */
LnStatus ln_learn_ksvd(const LnDictionary *dictionary, const LnSignals *signals, int64_t iterations, LnError *err);

/* Online: batches of signals, drawn again and again, are coded, and the dictionary becomes that which suits all codes
 * so far best, older ones counting less: one turn of coordinate descent. passes: how often each signal is drawn.
 * Source: Mairal, Bach, Ponce, Sapiro, "Online dictionary learning for sparse coding", ICML 2009. */
LnStatus ln_learn_online(const LnDictionary *dictionary, const LnSignals *signals, int64_t passes, LnRng rng,
                         LnError *err);

#endif
