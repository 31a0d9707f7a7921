/* See numbers.h. */
#include "bindings/tensor/numbers.h"

#include <math.h>
#include <stdio.h>

LnbNumbers lnb_numbers(int digits) {
  return (LnbNumbers){.digits = digits, .whole = true, .least = HUGE_VAL};
}

static int larger(int a, int b) {
  return a > b ? a : b;
}

void lnb_numbers_add(LnbNumbers *n, float x) {
  char text[LNB_NUMBER_ROOM];
  if (!isfinite(x)) {
    n->special = larger(n->special, lnb_number_text(text, n, x));
    return;
  }
  double size = fabs((double)x);
  n->whole = n->whole && size < 1e7 && size == floor(size); /* float32 has seven digits */
  n->low = x < n->low ? x : n->low;
  n->high = x > n->high ? x : n->high;
  if (size > 0 && size < n->least) n->least = size;
}

void lnb_numbers_choose(LnbNumbers *n) {
  char text[LNB_NUMBER_ROOM];
  if (!n->whole) {
    int power = (int)floor(log10(fmax(n->high, -(double)n->low)));
    n->decimals = power < 0 ? n->digits - 1 - power : larger(n->digits - power, 1);
    n->general = power > 6 || power < -4 || n->least < 0.5 * pow(10, -n->decimals);
  }
  /* With so many decimals none is longer than the largest and the least number. */
  if (!n->general) n->width = larger(lnb_number_text(text, n, n->low), lnb_number_text(text, n, n->high));
}

int lnb_number_text(char out[LNB_NUMBER_ROOM], const LnbNumbers *n, float x) {
  if (isnan(x)) return snprintf(out, LNB_NUMBER_ROOM, "nan"); /* of either sign */
  const char *format = n->general ? "%.*g" : "%.*f";
  return snprintf(out, LNB_NUMBER_ROOM, format, n->general ? n->digits : n->decimals, x + 0.0); /* + 0: no "-0" */
}

void lnb_numbers_measure(LnbNumbers *n, float x) {
  char text[LNB_NUMBER_ROOM];
  if (!isfinite(x) || n->whole || (!n->general && n->needed == n->decimals)) return;
  int length = lnb_number_text(text, n, x), zeros = 0;
  if (n->general) {
    n->width = larger(n->width, length);
    return;
  }
  while (zeros < n->decimals && text[length - 1 - zeros] == '0') zeros++;
  n->needed = larger(n->needed, n->decimals - zeros);
}

void lnb_numbers_settle(LnbNumbers *n) {
  if (!n->whole && !n->general) {
    int kept = larger(n->needed, 1); /* that they are not whole shows */
    n->width -= n->decimals - kept;
    n->decimals = kept;
  }
  n->width = larger(n->width, n->special);
}
