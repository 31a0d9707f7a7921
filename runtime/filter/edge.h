/* What lies beyond the edge of a plane, in SciPy's terms. */
#ifndef LUNET_FILTER_EDGE_H
#define LUNET_FILTER_EDGE_H

#include <stdint.h>

typedef enum LnEdge {
  LN_EDGE_REFLECT, /* d c b a | a b c d | d c b a */
  LN_EDGE_NEAREST, /* a a a a | a b c d | d d d d */
  LN_EDGE_MIRROR,  /* d c b | a b c d | c b a: NumPy calls it reflect */
  LN_EDGE_WRAP,    /* a b c d | a b c d | a b c d */
  LN_EDGE_ZERO,    /* 0 0 0 0 | a b c d | 0 0 0 0: for ln_edge_surround alone */
} LnEdge;

#define LN_EDGE_HELP "what lies beyond the edge of abcd: reflect dcba|abcd|dcba, nearest aaaa|, mirror dcb|, wrap abcd|"
extern const char *const ln_edge_words[];      /* choices of an option `edge` */
extern const char *const ln_edge_words_zero[]; /* the same, and zero */

/* i modulo n, also for negative i. */
static inline int64_t ln_edge_modulo(int64_t i, int64_t n) {
  int64_t rest = i % n;
  return rest < 0 ? rest + n : rest;
}

/* The pixel 0 .. n-1 that stands at position i, which may lie any distance outside. */
static inline int64_t ln_edge_index(LnEdge edge, int64_t i, int64_t n) {
  if (i >= 0 && i < n) return i;
  switch (edge) {
    case LN_EDGE_NEAREST: return i < 0 ? 0 : n - 1;
    case LN_EDGE_WRAP: return ln_edge_modulo(i, n);
    case LN_EDGE_REFLECT: i = ln_edge_modulo(i, 2 * n); return i < n ? i : 2 * n - 1 - i;
    case LN_EDGE_MIRROR:
    case LN_EDGE_ZERO: break;
  }
  if (n == 1) return 0;
  i = ln_edge_modulo(i, 2 * n - 2);
  return i < n ? i : 2 * n - 2 - i;
}

/* row[-pad .. -1] and row[n .. n+pad-1] from row[0 .. n-1]. */
void ln_edge_fill(float *row, LnEdge edge, int64_t n, int64_t pad);

/* A copy of the plane x: height,width with `border` pixels around it. to: its pixel (0, 0); rows are `stride` apart. */
void ln_edge_surround(float *to, int64_t stride, const float *x, LnEdge edge, int64_t height, int64_t width,
                      int64_t border);

#endif
