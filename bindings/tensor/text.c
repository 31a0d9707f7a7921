/* Tensors as text for the prompt and for t:print, as tables and as numbers.
 *
 * The text has the width of the terminal, 80 columns where there is none. That for the prompt never floods the screen:
 * of a large tensor it shows the corners of the first plane. Always it ends in a line with the shape, the range and the
 * mean. t:print{ all = true } writes row by row, so that no tensor is too large and Ctrl-C stops it. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/terminal.h"
#include "bindings/base/value.h"
#include "bindings/tensor/numbers.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"
#include "tensor/walk.h"

enum {
  ROWS = 8, EDGE = 3,            /* more rows than that are elided to EDGE on either side */
  PLANES = 3,                    /* of more, the first is shown */
  GAP = 2,                       /* columns before each number */
  LEAST_CELL = GAP + 1,
  DOTS = GAP + 3,                /* columns of "..." within a row */
  LEAST_WIDTH = 20, WIDTH = 80,  /* of the text */
  DIGITS = 4,
};

static int usual_digits = DIGITS; /* what the user has chosen */

/* Where text goes, and how it is laid out. */
typedef struct Text {
  luaL_Buffer *buffer; /* NULL: to stdout */
  bool all;            /* nothing is elided */
  int width, digits;
} Text;

static void put(const Text *text, const char *bytes, size_t n) {
  if (text->buffer != NULL)
    luaL_addlstring(text->buffer, bytes, n);
  else
    fwrite(bytes, 1, n, stdout);
}

static void put_string(const Text *text, const char *string) {
  put(text, string, strlen(string));
}

/* ---- Which positions are shown ---- */

/* Of n positions, the first `head` and the last `tail`; all of them where head is n. */
typedef struct Part {
  int64_t n, head, tail;
} Part;

static int64_t part_count(Part part) {
  return part.head + part.tail;
}

/* The k-th that is shown. */
static int64_t part_at(Part part, int64_t k) {
  return k < part.head ? k : part.n - part_count(part) + k;
}

static Part part_of_rows(const Text *text, int64_t n) {
  return text->all || n <= ROWS ? (Part){n, n, 0} : (Part){n, EDGE, EDGE};
}

/* ---- Planes ---- */

/* Numbers in rows, which is what a matrix is, and a vector once it is cut into lines: the last may be shorter. */
typedef struct Plane {
  const float *data;
  int64_t rows, columns, last; /* last: numbers of the last row */
  int64_t down, right;         /* from a row to the next, from a number to the next, in floats */
  bool lines;                  /* rows are lines of a vector, which are never elided */
} Plane;

/* What is shown of a row, with cells of so many columns. */
static Part part_of_row(const Text *text, const Plane *plane, int64_t row, int cell) {
  int64_t n = row == plane->rows - 1 ? plane->last : plane->columns, room = (text->width - DOTS) / cell;
  if (text->all || plane->lines || n <= text->width / cell) return (Part){n, n, 0};
  return (Part){n, room > 2 ? (room + 1) / 2 : 1, room > 2 ? room / 2 : 1};
}

typedef void Visit(LnbNumbers *numbers, float x);

static void visit(LnbNumbers *numbers, const Text *text, const Plane *plane, Visit *each) {
  Part rows = part_of_rows(text, plane->rows);
  for (int64_t i = 0; i < part_count(rows); i++) {
    int64_t row = part_at(rows, i);
    Part columns = part_of_row(text, plane, row, LEAST_CELL); /* at least those that will be shown */
    for (int64_t k = 0; k < part_count(columns) && !ln_interrupted(); k++)
      each(numbers, plane->data[row * plane->down + part_at(columns, k) * plane->right]);
  }
}

static LnbNumbers numbers_of(const Text *text, const Plane *plane) {
  LnbNumbers numbers = lnb_numbers(text->digits);
  visit(&numbers, text, plane, lnb_numbers_add);
  lnb_numbers_choose(&numbers);
  visit(&numbers, text, plane, lnb_numbers_measure);
  lnb_numbers_settle(&numbers);
  return numbers;
}

static void put_number(const Text *text, const LnbNumbers *numbers, float x) {
  char number[LNB_NUMBER_ROOM], cell[GAP + 2 * LNB_NUMBER_ROOM];
  lnb_number_text(number, numbers, x);
  put(text, cell, (size_t)snprintf(cell, sizeof cell, "%*s", GAP + numbers->width, number));
}

/* One row. Where it is longer than a line and nothing is elided, it goes on in lines that are indented. */
static void put_row(const Text *text, const LnbNumbers *numbers, const Plane *plane, int64_t row) {
  int cell = GAP + numbers->width;
  const float *data = plane->data + row * plane->down;
  Part part = part_of_row(text, plane, row, cell);
  int64_t count = part_count(part), line = count * cell <= text->width ? count : (text->width - GAP) / cell;
  for (int64_t k = 0; k < count && !ln_interrupted(); k++) {
    if (k == part.head) put_string(text, "  ...");
    if (text->all && k > 0 && line > 0 && k % line == 0) put_string(text, "\n  ");
    put_number(text, numbers, data[part_at(part, k) * plane->right]);
  }
  put_string(text, "\n");
}

static void put_plane(const Text *text, const LnbNumbers *numbers, const Plane *plane) {
  char dots[GAP + LNB_NUMBER_ROOM];
  Part rows = part_of_rows(text, plane->rows);
  for (int64_t i = 0; i < part_count(rows) && !ln_interrupted(); i++) {
    if (i == rows.head) {
      snprintf(dots, sizeof dots, "%*s\n", GAP + (numbers->width > 3 ? numbers->width : 3), "...");
      put_string(text, dots);
    }
    put_row(text, numbers, plane, part_at(rows, i));
  }
}

/* A vector of n numbers in lines of so many. */
static Plane lines_of(const float *data, int64_t n, int64_t stride, int64_t columns) {
  int64_t rows = (n + columns - 1) / columns;
  return (Plane){data, rows, columns, n - (rows - 1) * columns, columns * stride, stride, true};
}

static void put_vector(const Text *text, const LnTensor *t) {
  int64_t n = t->shape.n == 0 ? 1 : t->shape.d[0], stride = t->shape.n == 0 ? 0 : t->stride[0];
  Plane widest = lines_of(t->data, n, stride, 2 * text->width / LEAST_CELL); /* whose EDGE lines are enough */
  LnbNumbers numbers = numbers_of(text, &widest);
  int64_t columns = text->width / (GAP + numbers.width);
  Plane plane = lines_of(t->data, n, stride, columns > 1 ? columns : 1);
  put_plane(text, &numbers, &plane);
}

/* Walks all elements in order: index is the odometer. */
static const float *next_element(const LnTensor *t, int64_t *index, const float *at) {
  for (int i = t->shape.n - 1; i >= 0; i--) {
    at += t->stride[i];
    if (++index[i] < t->shape.d[i]) return at;
    at -= t->stride[i] * index[i];
    index[i] = 0;
  }
  return at;
}

/* "[{ 2, 1 }]": how one plane of several is indexed. */
static void put_place(const Text *text, const int64_t *index, int n) {
  char place[200] = "[{";
  size_t used = strlen(place);
  for (int i = 0; i < n; i++)
    used += (size_t)snprintf(place + used, sizeof place - used, "%s%lld", i > 0 ? ", " : " ", (long long)index[i] + 1);
  put_string(text, place);
  put_string(text, " }]\n");
}

/* The planes of the last two dimensions. */
static void put_planes(const Text *text, const LnTensor *t) {
  int n = t->shape.n;
  LnTensor outer = *t; /* the same without its last two dimensions, to count with */
  int64_t index[LN_MAX_DIMS] = {0};
  outer.shape.n = n - 2;
  Plane plane = {t->data, t->shape.d[n - 2], t->shape.d[n - 1], t->shape.d[n - 1], t->stride[n - 2],
                 t->stride[n - 1], false};
  int64_t planes = ln_shape_count(outer.shape), limit = text->all || planes <= PLANES ? planes : 1;
  for (int64_t p = 0; p < limit && !ln_interrupted(); p++) {
    LnbNumbers numbers = numbers_of(text, &plane);
    if (n > 2) put_place(text, index, n - 2);
    put_plane(text, &numbers, &plane);
    plane.data = next_element(&outer, index, plane.data);
  }
  char more[64];
  snprintf(more, sizeof more, "... and %lld planes more\n", (long long)(planes - limit));
  if (planes > limit) put_string(text, more);
}

/* ---- The last line ---- */

typedef struct Summary {
  int64_t finite, nans, infinities, set; /* set: that are not 0 */
  double sum, low, high;                 /* of those that are finite */
} Summary;

static Summary summary_of(const LnTensor *t) {
  Summary s = {.low = HUGE_VAL, .high = -HUGE_VAL};
  LnWalk walk = ln_walk(t->shape, 1, &t);
  while (ln_walk_next(&walk))
    for (int64_t i = 0; i < walk.length; i++) {
      float x = walk.row[0][i * walk.step[0]];
      s.set += x != 0;
      if (isnan(x)) {
        s.nans++;
      } else if (isinf(x)) {
        s.infinities++;
      } else {
        s.finite++;
        s.sum += x;
        s.low = x < s.low ? x : s.low;
        s.high = x > s.high ? x : s.high;
      }
    }
  return s;
}

/* "tensor 2x2: min 0, mean 0.5, max 1", of the finite values; "tensor 2x2, a mask: 2 of 4 set" */
static void put_summary(const Text *text, const LnTensor *t) {
  char line[300];
  Summary s = summary_of(t);
  int used = snprintf(line, sizeof line, "tensor%s %s", t->shape.n == 0 ? "," : "", LN_SHAPE_TEXT(t->shape));
  if (t->mask)
    used += snprintf(line + used, sizeof line - (size_t)used, ", a mask: %lld of %lld set", (long long)s.set,
                     (long long)ln_shape_count(t->shape));
  else if (s.finite > 0)
    used += snprintf(line + used, sizeof line - (size_t)used, ": min %.*g, mean %.*g, max %.*g", text->digits,
                     s.low + 0.0, text->digits, s.sum / (double)s.finite, text->digits, s.high + 0.0);
  if (s.nans > 0) used += snprintf(line + used, sizeof line - (size_t)used, ", %lld NaN", (long long)s.nans);
  if (s.infinities > 0) snprintf(line + used, sizeof line - (size_t)used, ", %lld infinite", (long long)s.infinities);
  put_string(text, line);
}

static void put_tensor(const Text *text, const LnTensor *t) {
  if (ln_shape_count(t->shape) > 0) (t->shape.n < 2 ? put_vector : put_planes)(text, t);
  if (!ln_interrupted()) put_summary(text, t);
}

/* ---- What Lua sees ---- */

static int width_of_text(void) {
  int columns = lnb_terminal_columns(STDOUT_FILENO);
  return columns == 0 ? WIDTH : columns < LEAST_WIDTH ? LEAST_WIDTH : columns;
}

int lnb_tensor_tostring(lua_State *L) {
  LnbBox *box = lnb_test(L, 1, &lnb_tensor_class);
  if (box != NULL && box->object == NULL) return lua_pushliteral(L, "tensor (freed)"), 1;
  const LnTensor *t = lnb_check_tensor(L, 1);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  put_tensor(&(Text){.buffer = &buffer, .width = width_of_text(), .digits = usual_digits}, t);
  luaL_pushresult(&buffer);
  return 1;
}

/* To stdout, as Lua's print. After an interrupt the line is ended. */
static LnStatus print_tensor(const Text *text, const LnTensor *t, LnError *err) {
  clearerr(stdout);
  put_tensor(text, t);
  put_string(text, "\n");
  if (fflush(stdout) != 0 || ferror(stdout)) return ln_fail(err, LN_EIO, "print: cannot write: %s", strerror(errno));
  return ln_interrupt_check(err);
}

static bool option_boolean(lua_State *L, int index, const char *name) {
  if (lua_isnoneornil(L, index)) return false;
  int type = lua_getfield(L, index, name);
  if (type != LUA_TNIL && type != LUA_TBOOLEAN)
    lnb_error(L, "print: option '%s' must be true or false, got %s", name, lnb_describe(L, -1));
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* t:print{ all =, digits = } */
static int print(lua_State *L) {
  static const char *const names[] = {"all", "digits", NULL};
  const LnTensor *t = lnb_check_tensor(L, 1);
  lnb_option_names(L, 2, "print", names);
  int64_t digits = lnb_option_integer(L, 2, "digits", usual_digits);
  if (digits < 1 || digits > LNB_MOST_DIGITS)
    lnb_error(L, "print: option 'digits' must be from 1 to %d, got %lld", LNB_MOST_DIGITS, (long long)digits);
  Text text = {.all = option_boolean(L, 2, "all"), .width = width_of_text(), .digits = (int)digits};
  LNB_CALL(L, print_tensor(&text, t, &err));
  return 0;
}

/* Nested tables; a number for a single number. */
static const float *push_nested(lua_State *L, const LnTensor *t, const float *at, int dim) {
  if (dim == t->shape.n) return lua_pushnumber(L, *at), at;
  luaL_checkstack(L, 3, "too many nested tables");
  lua_createtable(L, (int)t->shape.d[dim], 0);
  for (int64_t i = 0; i < t->shape.d[dim]; i++) {
    push_nested(L, t, at + i * t->stride[dim], dim + 1);
    lua_rawseti(L, -2, i + 1);
  }
  return at;
}

static int totable(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  push_nested(L, t, t->data, 0);
  return 1;
}

static int item(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (ln_shape_count(t->shape) != 1)
    lnb_error(L, "item: the tensor has %lld elements, expected 1", (long long)ln_shape_count(t->shape));
  lua_pushnumber(L, *t->data);
  return 1;
}

/* tensor_digits([n]): how many digits tensors are shown with, after setting it */
static int tensor_digits(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) {
    int64_t digits = lnb_check_integer(L, 1);
    if (digits < 1 || digits > LNB_MOST_DIGITS) lnb_error(L, "digits: expected 1 to %d", LNB_MOST_DIGITS);
    usual_digits = (int)digits;
  }
  lua_pushinteger(L, usual_digits);
  return 1;
}

const LnbFunction lnb_tensor_text_functions[] = {{.name = "tensor_digits", .call = tensor_digits}, {0}};

const LnbFunction lnb_tensor_text_methods[] = {
    {.name = "print", .call = print,
     .usage = "t:print(options?: { all?: boolean, digits?: integer })",
     .doc = "Print the tensor as the prompt shows it, in the width of the terminal: the numbers of a plane in one "
            "format, then shape, least, mean and largest value (of a mask, how many are set). Large tensors are "
            "elided, with `all` nothing is. `digits`, from 1 to 9 and by default 4, are those behind the point of "
            "numbers around 1; larger ones have fewer, smaller ones more.",
     .example = "clean:print{ digits = 2 }",
     .numpy = "np.array2string, np.set_printoptions", .torch = "torch.set_printoptions"},
    {.name = "totable", .call = totable,
     .usage = "t:totable() -> table|number",
     .doc = "The elements as nested tables; a number for a single number.",
     .numpy = "ndarray.tolist", .torch = "Tensor.tolist"},
    {.name = "item", .call = item,
     .usage = "t:item() -> number",
     .doc = "The only element of a tensor that has one.",
     .example = "ln.tensor{ 7 }:item()",
     .numpy = "ndarray.item", .torch = "Tensor.item"},
    {0}};
