/* Dictionaries, and orthogonal matching pursuit with them: signals as sums of few atoms.
 *
 * Atoms are chosen one after the other, each time the one that matches best what is left; the weights of those chosen
 * are least squares', and it ends when the squared length of what is left is within a bound. The products of many
 * signals with the atoms come from one matrix product. What is left is never computed: its products with the atoms
 * follow from those of the atoms with each other, its length from the Cholesky factor of those chosen (Batch-OMP).
 * Source: Rubinstein, Zibulevsky, Elad, "Efficient implementation of the K-SVD algorithm using batch orthogonal
 * matching pursuit", CS Technion 2008. */
#ifndef LUNET_FILTER_OMP_H
#define LUNET_FILTER_OMP_H

#include <stdint.h>

#include "base/status.h"

enum {
  LN_OMP_MOST = 64,    /* atoms of a signal */
  LN_OMP_LENGTH = 256, /* of a signal, at most */
};

typedef struct LnDictionary {
  int64_t atoms, length;
  float *atom; /* atoms rows of length numbers, of unit length, or zero */
  float *gram; /* products of atoms, atoms x atoms; ln_dictionary_gram makes them */
} LnDictionary;

/* out: n x atoms, the products of n signals with the atoms. */
void ln_dictionary_products(float *out, const LnDictionary *dictionary, const float *x, int64_t n);
void ln_dictionary_gram(const LnDictionary *dictionary);

/* Signal i is the sum of weights[i * most + k] times atom places[i * most + k], k = 0 .. count[i] - 1. */
typedef struct LnCodes {
  int64_t signals, most; /* most: at most LN_OMP_MOST */
  int32_t *count, *places;
  float *weights;
} LnCodes;

LnStatus ln_codes_new(LnCodes *out, int64_t signals, int64_t most, LnError *err);
void ln_codes_free(LnCodes *codes);

/* x: as many rows as there are codes. bound: of the squared length of what is left of each. On all threads. */
LnStatus ln_omp(const LnCodes *codes, const LnDictionary *dictionary, const float *x, double bound, LnError *err);

/* y += the sum that signal i is, times factor; `length` numbers. */
void ln_codes_add(float *y, const LnCodes *codes, int64_t i, const LnDictionary *dictionary, float factor);

#endif
