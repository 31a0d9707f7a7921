/* The Wilcoxon signed-rank test of paired differences: do they lie about 0? Zeros are left out, as Wilcoxon does
 * (SciPy's zero_method='wilcox'); equal sizes share the mean of their ranks.
 * Source: Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1 (1945). */
#ifndef LUNET_STATISTIC_WILCOXON_H
#define LUNET_STATISTIC_WILCOXON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef enum LnWilcoxonMethod {
  LN_WILCOXON_AUTO,  /* exact without ties and zeros for up to LN_WILCOXON_SMALL differences, else the approximation */
  LN_WILCOXON_EXACT, /* over all 2^n signs; ties are an error, zeros are left out */
  LN_WILCOXON_APPROX /* normal, with the variance of tied ranks */
} LnWilcoxonMethod;

enum { LN_WILCOXON_SMALL = 200, LN_WILCOXON_MOST_EXACT = 1000 };

typedef struct LnWilcoxon {
  int64_t n, zeros;   /* differences that are ranked; left out */
  bool ties, exact;   /* whether sizes are equal; which p it is */
  double plus, minus; /* sums of the ranks of positive and of negative differences */
  double z;           /* of the approximation; NaN for an exact p */
  double p;           /* two-sided; 1 where all are zero */
} LnWilcoxon;

/* correction: move the rank sum half a rank towards its mean (SciPy's correction=True). */
LnStatus ln_wilcoxon(LnWilcoxon *test, const double *differences, int64_t n, LnWilcoxonMethod method, bool correction,
                     LnError *err);

#endif
