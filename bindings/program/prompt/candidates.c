/* In columns, sorted from top to bottom as ls does, without what stands before the last dot, colon or slash of all; as
 * many as the screen has room for. Nothing is asked. */
#include "bindings/program/prompt/candidates.h"

#include "bindings/program/prompt/editing.h"

#ifdef HAVE_READLINE

#include <stddef.h>
#include <string.h>

enum { GAP = 2 };

/* Characters, near enough to columns for names. */
static int width_of(const char *text) {
  int n = 0;
  for (; *text != '\0'; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
  return n;
}

/* How long the part is that all have and nobody needs to see. */
static size_t head_length(const char *common) {
  size_t n = strlen(common);
  while (n > 0 && strchr(".:/", common[n - 1]) == NULL) n--;
  return n;
}

static void show_row(char **names, int n, int row, int rows, int column_width, size_t head) {
  for (int i = row; i < n; i += rows) {
    const char *name = names[i] + head;
    fputs(name, rl_outstream);
    for (int k = width_of(name); i + rows < n && k < column_width; k++) fputc(' ', rl_outstream);
  }
  fputs("\r\n", rl_outstream);
}

void candidates_show(char **matches, int n) {
  int height, width, widest = 1;
  size_t head = n > 0 ? head_length(matches[0]) : 0;
  char **names = matches + 1;
  rl_get_screen_size(&height, &width);
  for (int i = 0; i < n; i++)
    if (strlen(names[i]) <= head) head = 0; /* one of them is the common part: a folder */
  for (int i = 0; i < n; i++)
    if (width_of(names[i] + head) > widest) widest = width_of(names[i] + head);
  int columns = width / (widest + GAP) > 0 ? width / (widest + GAP) : 1;
  int most_rows = height > 8 ? height - 4 : 4, most = most_rows * columns;
  int shown = n > most ? most : n, rows = (shown + columns - 1) / columns;
  for (int row = 0; row < rows; row++) show_row(names, shown, row, rows, widest + GAP, head);
  if (shown < n) fprintf(rl_outstream, "... and %d more\r\n", n - shown);
  fflush(rl_outstream);
}

#endif
