/* Suggestions for misspelt names: see nearest.h. */
#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 63 }; /* letters of a name that is compared */

static bool same_letter(char a, char b) {
  return strncasecmp(&a, &b, 1) == 0;
}

static int smaller(int a, int b) {
  return a < b ? a : b;
}

static int larger(int a, int b) {
  return a > b ? a : b;
}

/* How many changes turn a into b: optimal string alignment, the distance of Damerau and Levenshtein for changes that do
 * not meet. row[0] is the row of the letter at hand, row[1] and row[2] those of the two before. */
static int edit_distance(const char *a, const char *b) {
  int rows[3][LONGEST + 1], *row[3] = {rows[0], rows[1], rows[2]};
  size_t m = strlen(a), n = strlen(b);
  if (m > LONGEST || n > LONGEST) return LONGEST;
  for (size_t j = 0; j <= n; j++) row[0][j] = (int)j;
  for (size_t i = 1; i <= m; i++) {
    int *oldest = row[2];
    row[2] = row[1], row[1] = row[0], row[0] = oldest;
    row[0][0] = (int)i;
    for (size_t j = 1; j <= n; j++) {
      int best = row[1][j - 1] + !same_letter(a[i - 1], b[j - 1]);
      best = smaller(best, smaller(row[1][j], row[0][j - 1]) + 1);
      if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
        best = smaller(best, row[2][j - 2] + 1);
      row[0][j] = best;
    }
  }
  return row[0][n];
}

const char *ln_nearest_name(const char *name, const char *(*next)(const void *, int), const void *context) {
  const char *nearest = NULL, *candidate;
  int best = strlen(name) > 3 ? 3 : 2; /* farther than this is no misspelling */
  for (int i = 0; (candidate = next(context, i)) != NULL; i++) {
    int distance = edit_distance(name, candidate), longer = larger((int)strlen(name), (int)strlen(candidate));
    if (distance < best && distance < longer) best = distance, nearest = candidate; /* some letter is the same */
  }
  for (int i = 0; nearest == NULL && (candidate = next(context, i)) != NULL; i++) {
    size_t shorter = strlen(candidate) < strlen(name) ? strlen(candidate) : strlen(name);
    if (shorter >= 3 && strncasecmp(name, candidate, shorter) == 0) nearest = candidate;
  }
  return nearest;
}
