/* The text in readline's buffer on the screen.
 *
 * A frame is the rows that the text takes, each a list of cells: what is written for a character, its width, and its
 * colour. The new frame is compared with the one on the screen, and written from the first cell that differs; a key at
 * the end of a line costs a few bytes, which matters over slow lines. Full rows are left to wrap by themselves, so that
 * terminals know them as one line when windows change their width or text is copied. */
#define _GNU_SOURCE /* wcwidth */
#include "bindings/program/prompt/draw.h"

#include "bindings/program/prompt/editing.h"

#ifdef HAVE_READLINE

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "bindings/program/prompt/input.h"

typedef struct Cell {
  uint32_t at, length; /* its bytes in the frame */
  int width;           /* columns; 0 for the end of a row that does not reach the edge */
  char paint;
} Cell;

typedef struct Row {
  size_t first, last; /* its cells: first <= i < last */
  bool wraps;         /* goes on in the next row by itself */
} Row;

typedef struct Frame {
  char *bytes;
  Cell *cells;
  Row *rows;
  size_t n_bytes, n_cells, n_rows, most_bytes, most_cells, most_rows;
  size_t cursor_row, cursor_column;
  int column; /* where the next cell goes */
  bool failed; /* there was no memory */
} Frame;

#define FIRST_PROMPT "> "
#define FURTHER_PROMPT ">> "

static Frame frames[2], *shown = &frames[0], *next = &frames[1];
static DrawPainter *painter;
static int width, height;
static size_t at_row, at_column; /* where the cursor is */
static char pen;                 /* the colour that is set */
static bool ended;               /* nothing is shown any more */

/* ---- Building a frame ---- */

static bool reserve(void **list, size_t *most, size_t wanted, size_t size) {
  if (wanted <= *most) return true;
  size_t more = wanted * 2 + 64;
  void *grown = realloc(*list, more * size);
  if (grown == NULL) return false;
  *list = grown, *most = more;
  return true;
}

static void begin_row(Frame *f) {
  f->column = 0;
  if (!reserve((void **)&f->rows, &f->most_rows, f->n_rows + 1, sizeof *f->rows)) f->failed = true;
  if (!f->failed) f->rows[f->n_rows++] = (Row){.first = f->n_cells, .last = f->n_cells};
}

/* A cell, in the next row if there is no room in this one. Of width 0: a part of the cell before. */
static void add_cell(Frame *f, const char *bytes, size_t length, int cell_width, char paint) {
  if (f->column + cell_width > width && !f->failed) {
    f->rows[f->n_rows - 1].wraps = true;
    begin_row(f);
  }
  bool ok = reserve((void **)&f->bytes, &f->most_bytes, f->n_bytes + length, 1) &&
            reserve((void **)&f->cells, &f->most_cells, f->n_cells + 1, sizeof *f->cells);
  if (!ok || f->failed) return (void)(f->failed = true);
  memcpy(f->bytes + f->n_bytes, bytes, length);
  Row *row = &f->rows[f->n_rows - 1];
  if (cell_width == 0 && row->last > row->first)
    f->cells[row->last - 1].length += (uint32_t)length;
  else
    f->cells[f->n_cells++] = (Cell){(uint32_t)f->n_bytes, (uint32_t)length, cell_width, paint};
  row->last = f->n_cells;
  f->n_bytes += length;
  f->column += cell_width;
}

static void add_ascii(Frame *f, const char *text, char paint) {
  for (; *text != '\0'; text++) add_cell(f, text, 1, 1, paint);
}

/* Tabs as spaces; what is no character as ^A or \x9f. */
static void add_special(Frame *f, unsigned char byte, char paint) {
  char text[8];
  if (byte == '\t') {
    int n = 8 - f->column % 8;
    while (n-- > 0) add_cell(f, " ", 1, 1, paint);
  } else {
    snprintf(text, sizeof text, byte < 0x80 ? "^%c" : "\\x%02x", byte < 0x80 ? byte ^ 0x40 : byte);
    add_ascii(f, text, paint);
  }
}

/* Adds the character at the beginning of the text; returns how many bytes it has. */
static size_t add_character(Frame *f, const char *text, size_t left, char paint) {
  static const mbstate_t initial;
  mbstate_t state = initial;
  wchar_t c = 0;
  unsigned char byte = (unsigned char)*text;
  if (byte >= 0x20 && byte < 0x7f) return add_cell(f, text, 1, 1, paint), 1;
  size_t n = byte < 0x80 ? (size_t)-1 : mbrtowc(&c, text, left, &state);
  int columns = n == 0 || n > left ? -1 : wcwidth(c);
  if (columns < 0) return add_special(f, byte, paint), 1;
  add_cell(f, text, n, columns, paint);
  return n;
}

static void add_prompt(Frame *f, const char *prompt, char paint) {
  bool hidden = false; /* between \001 and \002 */
  for (size_t left = strlen(prompt); left > 0;) {
    size_t n = 1;
    if (*prompt == RL_PROMPT_START_IGNORE || *prompt == RL_PROMPT_END_IGNORE)
      hidden = *prompt == RL_PROMPT_START_IGNORE;
    else if (!hidden)
      n = add_character(f, prompt, left, paint);
    prompt += n, left -= n;
  }
}

static void mark_cursor(Frame *f) {
  f->cursor_row = f->n_rows - 1;
  f->cursor_column = (size_t)f->column;
}

static bool is_searching(void) {
  return rl_display_prompt != rl_prompt;
}

/* The prompts of several lines are of one width: " > " and ">> ". */
static void add_first_prompt(Frame *f, char paint) {
  bool several = !is_searching() && memchr(rl_line_buffer, '\n', (size_t)rl_end) != NULL;
  if (several && strcmp(rl_prompt, FIRST_PROMPT) == 0) add_prompt(f, " ", paint);
  if (rl_display_prompt != NULL) add_prompt(f, rl_display_prompt, paint);
}

static void add_text(Frame *f, const char *paint) {
  size_t length = (size_t)rl_end, point = (size_t)rl_point, n;
  const char *text = rl_line_buffer;
  for (size_t i = 0; i < length && !f->failed; i += n) {
    if (i == point) mark_cursor(f);
    if (text[i] == '\n') {
      n = 1;
      begin_row(f);
      if (!f->failed) add_prompt(f, FURTHER_PROMPT, paint == NULL ? ' ' : '>');
    } else {
      n = add_character(f, text + i, length - i, paint == NULL ? ' ' : paint[i]);
    }
    if (point > i && point < i + n) mark_cursor(f);
  }
  if (point >= length) mark_cursor(f);
}

static void build(Frame *f) {
  const char *paint = is_searching() ? NULL : painter(rl_line_buffer, (size_t)rl_end, (size_t)rl_point);
  f->n_bytes = f->n_cells = f->n_rows = 0;
  f->failed = false;
  begin_row(f);
  if (!f->failed) add_first_prompt(f, paint == NULL ? ' ' : '>');
  if (!f->failed) add_text(f, paint);
  if (f->failed || f->cursor_column < (size_t)width) return;
  f->cursor_row++, f->cursor_column = 0; /* the row is full: the cursor stands at the beginning of the next */
  if (f->cursor_row < f->n_rows) return;
  f->rows[f->n_rows - 1].wraps = true;
  begin_row(f);
}

/* Rows that the screen has no room for are left out, so that the cursor's is seen. */
static void cut(Frame *f) {
  size_t most = height > 1 ? (size_t)height : 1, first = 0;
  if (f->failed || f->n_rows <= most) return;
  if (f->cursor_row >= most) first = f->cursor_row - most + 1;
  f->n_rows = most;
  memmove(f->rows, f->rows + first, most * sizeof *f->rows);
  f->cursor_row -= first;
}

/* ---- Writing it ---- */

static void set_pen(char paint) {
  static const struct { char paint; const char *code; } codes[] = {
      {'k', "35"}, {'s', "32"}, {'n', "36"}, {'c', "2"}, {'m', "1;4"}, {'!', "33"}, {'>', "1"}};
  if (paint == pen) return;
  if (pen != ' ') fputs("\033[0m", rl_outstream);
  pen = ' ';
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    if (codes[i].paint != paint) continue;
    fprintf(rl_outstream, "\033[%sm", codes[i].code);
    pen = paint;
  }
}

static void move(char direction, size_t steps) {
  if (steps == 1) fprintf(rl_outstream, "\033[%c", direction);
  if (steps > 1) fprintf(rl_outstream, "\033[%zu%c", steps, direction);
}

/* To a row that is on the screen. */
static void go_to(size_t row, size_t column) {
  if (at_column > 0 && (column == 0 || at_column >= (size_t)width)) { /* behind a full row it is in no column */
    fputc('\r', rl_outstream);
    at_column = 0;
  }
  if (row < at_row) move('A', at_row - row);
  if (row > at_row) move('B', row - at_row);
  if (column < at_column) move('D', at_column - column);
  if (column > at_column) move('C', column - at_column);
  at_row = row, at_column = column;
}

static size_t count_cells(const Row *row) {
  return row->last - row->first;
}

static size_t columns_of(const Frame *f, const Row *row, size_t cells) {
  size_t columns = 0;
  for (size_t i = 0; i < cells; i++) columns += (size_t)f->cells[row->first + i].width;
  return columns;
}

static bool is_same_cell(const Frame *a, const Cell *x, const Frame *b, const Cell *y) {
  return x->length == y->length && x->width == y->width && x->paint == y->paint &&
         memcmp(a->bytes + x->at, b->bytes + y->at, x->length) == 0;
}

/* How many cells at the beginning of a row are on the screen. */
static size_t same_cells(const Frame *new, const Frame *old, size_t index) {
  if (index >= old->n_rows) return 0;
  const Row *a = &new->rows[index], *b = &old->rows[index];
  size_t n = 0, most = count_cells(a) < count_cells(b) ? count_cells(a) : count_cells(b);
  while (n < most && is_same_cell(new, &new->cells[a->first + n], old, &old->cells[b->first + n])) n++;
  return n;
}

static bool is_same_row(const Frame *new, const Frame *old, size_t index) {
  if (index >= old->n_rows) return false;
  const Row *a = &new->rows[index], *b = &old->rows[index];
  return a->wraps == b->wraps && count_cells(a) == count_cells(b) && same_cells(new, old, index) == count_cells(a);
}

/* Writes cells of the row in which the cursor is, from the cursor on. */
static void write_cells(const Frame *f, size_t index, size_t from) {
  const Row *row = &f->rows[index];
  for (size_t i = row->first + from; i < row->last; i++) {
    set_pen(f->cells[i].paint);
    fwrite(f->bytes + f->cells[i].at, 1, f->cells[i].length, rl_outstream);
  }
  set_pen(' ');
  at_column = columns_of(f, row, count_cells(row));
  if (at_column < (size_t)width) fputs("\033[K", rl_outstream);
}

/* Goes to where a row has to be written, and returns from which cell on. written: whether the row before just was. */
static size_t approach(const Frame *new, const Frame *old, size_t index, bool written) {
  const Row *row = &new->rows[index];
  size_t from = same_cells(new, old, index);
  if (from > 0 && from == count_cells(row) && row->wraps) from--; /* which makes it wrap */
  if (index > 0 && written && new->rows[index - 1].wraps && at_column >= (size_t)width) {
    fputs(" \r", rl_outstream); /* the space stands in this row, by which the terminal knows that they are one line */
  } else if (index == 0 || index < old->n_rows) {
    go_to(index, columns_of(new, row, from));
    return from;
  } else {
    go_to(index - 1, 0);
    fputs("\n", rl_outstream);
  }
  at_row = index, at_column = 0;
  return 0;
}

static void write_frame(const Frame *new, const Frame *old) {
  bool written = false;
  for (size_t index = 0; index < new->n_rows; index++) {
    bool same = is_same_row(new, old, index);
    if (!same) write_cells(new, index, approach(new, old, index, written));
    written = !same;
  }
  if (new->n_rows < old->n_rows) {
    go_to(new->n_rows, 0);
    fputs("\033[J", rl_outstream);
  }
  go_to(new->cursor_row, new->cursor_column);
}

static void draw(void) {
  rl_get_screen_size(&height, &width);
  build(next);
  cut(next);
  if (next->failed) return;
  write_frame(next, shown);
  Frame *swap = shown;
  shown = next, next = swap;
}

void draw_text(void) {
  if (rl_line_buffer == NULL || rl_done || ended) return;
  if (input_pending() > 0 && shown->n_rows > 0) return; /* drawn when all of it has been read */
  draw();
  fflush(rl_outstream);
}

void draw_begin(DrawPainter *with) {
  painter = with;
  draw_again();
}

void draw_again(void) {
  shown->n_rows = 0;
  at_row = at_column = 0;
  pen = ' ';
  ended = false;
}

/* In which row the cursor is once the terminal has wrapped the rows on the screen at another width. Behind the last
 * character of a line it stays in that one's row. */
static size_t row_at_width(const Frame *f, size_t new_width) {
  size_t rows = 0, columns = 0;
  for (size_t i = 0; i < at_row && i < f->n_rows; i++) {
    columns += columns_of(f, &f->rows[i], count_cells(&f->rows[i]));
    if (f->rows[i].wraps) continue;
    rows += columns == 0 ? 1 : (columns + new_width - 1) / new_width;
    columns = 0;
  }
  bool behind = at_column > 0 && at_row < f->n_rows &&
                at_column == columns_of(f, &f->rows[at_row], count_cells(&f->rows[at_row]));
  return rows + (columns + at_column - (behind ? 1 : 0)) / new_width;
}

void draw_resized(void) {
  int rows, columns;
  rl_get_screen_size(&rows, &columns);
  if (columns == width && rows == height) return;
  at_row = row_at_width(shown, columns > 0 ? (size_t)columns : 1);
  if (at_row >= (size_t)rows) at_row = rows > 0 ? (size_t)rows - 1 : 0;
  fputc('\r', rl_outstream);
  at_column = 0;
  go_to(0, 0);
  fputs("\033[J", rl_outstream);
  draw_again();
  draw_text();
}

void draw_end(const char *mark) {
  if (!is_searching()) {
    rl_point = rl_end;
    draw();
  }
  draw_below(mark);
  ended = true;
}

void draw_below(const char *mark) {
  size_t n = shown->n_rows;
  if (n > 0) go_to(n - 1, columns_of(shown, &shown->rows[n - 1], count_cells(&shown->rows[n - 1])));
  bool below = n > 1 && at_column == 0 && shown->rows[n - 2].wraps && *mark == '\0';
  if (!below) fprintf(rl_outstream, "%s\r\n", mark);
  fflush(rl_outstream);
  draw_again();
}

#endif
