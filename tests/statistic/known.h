/* Numbers by SciPy: see tests/reference/statistics.py. */
#ifndef LUNET_TESTS_STATISTIC_KNOWN_H
#define LUNET_TESTS_STATISTIC_KNOWN_H

typedef struct KnownSigns {
  double plus, n, p;
} KnownSigns;

typedef struct KnownPair {
  double p, x;
} KnownPair;

typedef struct KnownStudent {
  double df, p, t;
} KnownStudent;

typedef struct KnownInterval {
  double n, level, t_low, t_high, bca_low, bca_high;
} KnownInterval;

extern const double known_exact[], known_approx[], known_tied[], known_corrected[]; /* of n = 1 .. 60 differences */
extern const KnownSigns known_signs[];
extern const KnownPair known_normal[];
extern const KnownStudent known_student[];
extern const KnownInterval known_intervals[];
extern const int known_signs_count, known_normal_count, known_student_count, known_intervals_count;

#endif
