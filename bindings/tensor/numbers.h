/* How the numbers of a plane are printed: all in one format, of one width. Whole numbers stay whole; others have the
 * digits behind the point that the largest leaves room for, less the zeros that all end in; where that would make some
 * number 0 that is none, or the largest is very large or small, each has its own digits, as by %g. */
#ifndef LUNET_BINDINGS_TENSOR_NUMBERS_H
#define LUNET_BINDINGS_TENSOR_NUMBERS_H

#include <stdbool.h>

enum { LNB_NUMBER_ROOM = 48 /* bytes, for a number as text */, LNB_MOST_DIGITS = 9 };

typedef struct LnbNumbers {
  int digits;           /* asked for: behind the point, of numbers around 1 */
  bool whole, general;  /* general: as by %g */
  float low, high;      /* of the numbers that are finite, and 0 */
  double least;         /* size of the smallest that is not 0 */
  int decimals, needed; /* behind the point; needed: of these, some number does not end in zeros there */
  int width, special;   /* of the longest number; special: of the longest that is NaN or infinite */
} LnbNumbers;

/* All numbers are looked at twice: each by lnb_numbers_add, then lnb_numbers_choose, then each by
 * lnb_numbers_measure, then lnb_numbers_settle. */
LnbNumbers lnb_numbers(int digits);
void lnb_numbers_add(LnbNumbers *n, float x);
void lnb_numbers_choose(LnbNumbers *n);
void lnb_numbers_measure(LnbNumbers *n, float x);
void lnb_numbers_settle(LnbNumbers *n);

/* The number as text, without white space around it. Returns its length. */
int lnb_number_text(char out[LNB_NUMBER_ROOM], const LnbNumbers *n, float x);

#endif
