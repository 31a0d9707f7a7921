/* What lies beyond the edge of a plane, in SciPy's terms. */
#ifndef LUNET_FILTER_EDGE_H
#define LUNET_FILTER_EDGE_H

#include <stdint.h>

typedef enum LnEdge {
  LN_EDGE_REFLECT, /* d c b a | a b c d | d c b a */
  LN_EDGE_NEAREST, /* a a a a | a b c d | d d d d */
  LN_EDGE_MIRROR,  /* d c b | a b c d | c b a: NumPy calls it reflect */
  LN_EDGE_WRAP,    /* a b c d | a b c d | a b c d */
} LnEdge;

#define LN_EDGE_HELP "what lies beyond the edge of abcd: reflect dcba|abcd|dcba, nearest aaaa|, mirror dcb|, wrap abcd|"
extern const char *const ln_edge_words[]; /* choices of an option `edge` */

/* The pixel 0 .. n-1 that stands at position i, which may lie any distance outside. */
int64_t ln_edge_index(LnEdge edge, int64_t i, int64_t n);
/* row[-pad .. -1] and row[n .. n+pad-1] from row[0 .. n-1]. */
void ln_edge_fill(float *row, LnEdge edge, int64_t n, int64_t pad);

#endif
