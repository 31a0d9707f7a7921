/* Tensors as text for the prompt, as tables and as numbers.
 *
 * The text never floods the screen: of a large tensor it shows the corners of the first plane, and always the shape,
 * the range and the mean, within 80 columns. */
#include <math.h>
#include <stdio.h>

#include "bindings/base/error.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

enum { COLUMNS = 7, ROWS = 8, EDGE = 3 }; /* more than that is elided to EDGE on either side */

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

/* The i-th of n when n are elided to `limit`: the position to show, or -1 for the dots. */
static int64_t shown(int64_t i, int64_t n, int64_t limit) {
  if (n <= limit || i < EDGE) return i;
  return i == EDGE ? -1 : n - (2 * EDGE + 1) + i;
}

static int64_t shown_count(int64_t n, int64_t limit) {
  return n <= limit ? n : 2 * EDGE + 1;
}

static void add_row(luaL_Buffer *buffer, const float *row, int64_t stride, int64_t n) {
  char text[32];
  for (int64_t i = 0; i < shown_count(n, COLUMNS); i++) {
    int64_t position = shown(i, n, COLUMNS);
    if (position < 0)
      snprintf(text, sizeof text, "%6s", "...");
    else
      snprintf(text, sizeof text, "%11.4g", row[position * stride] + 0.0); /* + 0: no "-0" */
    luaL_addstring(buffer, text);
  }
  luaL_addchar(buffer, '\n');
}

/* A vector in lines of COLUMNS numbers, at most ROWS of them. */
static void add_vector(luaL_Buffer *buffer, const LnTensor *t) {
  int64_t n = t->shape.n == 0 ? 1 : t->shape.d[0], stride = t->shape.n == 0 ? 0 : t->stride[0];
  int64_t rows = (n + COLUMNS - 1) / COLUMNS;
  for (int64_t i = 0; i < shown_count(rows, ROWS); i++) {
    int64_t row = shown(i, rows, ROWS), rest = n - row * COLUMNS;
    if (row < 0)
      luaL_addstring(buffer, "        ...\n");
    else
      add_row(buffer, t->data + row * COLUMNS * stride, stride, rest < COLUMNS ? rest : COLUMNS);
  }
}

static void add_plane(luaL_Buffer *buffer, const LnTensor *t, const float *plane) {
  int64_t height = t->shape.d[t->shape.n - 2], width = t->shape.d[t->shape.n - 1];
  for (int64_t i = 0; i < shown_count(height, ROWS); i++) {
    int64_t row = shown(i, height, ROWS);
    if (row < 0)
      luaL_addstring(buffer, "        ...\n");
    else
      add_row(buffer, plane + row * t->stride[t->shape.n - 2], t->stride[t->shape.n - 1], width);
  }
}

/* The planes of the last two dimensions; only the first when there are more than three. */
static void add_planes(luaL_Buffer *buffer, const LnTensor *t) {
  char text[200];
  LnTensor outer = *t; /* the same without its last two dimensions, to count with */
  int64_t index[LN_MAX_DIMS] = {0};
  outer.shape.n = t->shape.n - 2;
  const float *plane = t->data;
  int64_t planes = ln_shape_count(outer.shape), limit = planes <= 3 ? planes : 1;
  for (int64_t p = 0; p < limit; p++) {
    int used = snprintf(text, sizeof text, "[{");
    for (int i = 0; i < outer.shape.n; i++)
      used += snprintf(text + used, sizeof text - (size_t)used, "%s%lld", i > 0 ? ", " : " ", (long long)index[i] + 1);
    snprintf(text + used, sizeof text - (size_t)used, " }]\n");
    if (outer.shape.n > 0) luaL_addstring(buffer, text);
    add_plane(buffer, t, plane);
    plane = next_element(&outer, index, plane);
  }
  if (planes > limit) {
    snprintf(text, sizeof text, "... and %lld planes more\n", (long long)(planes - limit));
    luaL_addstring(buffer, text);
  }
}

/* "tensor 2x2: min 0, mean 0.5, max 1", of the finite values. */
static void add_summary(luaL_Buffer *buffer, const LnTensor *t) {
  int64_t n = ln_shape_count(t->shape), index[LN_MAX_DIMS] = {0}, nans = 0, infinities = 0;
  double sum = 0, low = HUGE_VAL, high = -HUGE_VAL;
  const float *at = t->data;
  for (int64_t i = 0; i < n; i++, at = next_element(t, index, at)) {
    if (isfinite(*at)) {
      sum += *at;
      low = fmin(low, *at);
      high = fmax(high, *at);
    } else if (isnan(*at)) {
      nans++;
    } else {
      infinities++;
    }
  }
  char text[200];
  int64_t finite = n - nans - infinities;
  int used = snprintf(text, sizeof text, "tensor %s", LN_SHAPE_TEXT(t->shape));
  if (finite > 0)
    used += snprintf(text + used, sizeof text - (size_t)used, ": min %.4g, mean %.4g, max %.4g", low + 0.0,
                     sum / (double)finite, high + 0.0);
  if (nans > 0) used += snprintf(text + used, sizeof text - (size_t)used, ", %lld NaN", (long long)nans);
  if (infinities > 0) snprintf(text + used, sizeof text - (size_t)used, ", %lld infinite", (long long)infinities);
  luaL_addstring(buffer, text);
}

int lnb_tensor_tostring(lua_State *L) {
  LnbBox *box = lnb_test(L, 1, &lnb_tensor_class);
  if (box != NULL && box->object == NULL) return lua_pushliteral(L, "tensor (freed)"), 1;
  const LnTensor *t = lnb_check_tensor(L, 1);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  if (ln_shape_count(t->shape) > 0) {
    if (t->shape.n < 2)
      add_vector(&buffer, t);
    else
      add_planes(&buffer, t);
  }
  add_summary(&buffer, t);
  luaL_pushresult(&buffer);
  return 1;
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

const LnbFunction lnb_tensor_text_methods[] = {
    {.name = "totable", .call = totable,
     .usage = "t:totable() -> table|number",
     .doc = "The elements as nested tables; a number for a single number.",
     .numpy = "ndarray.tolist", .torch = "Tensor.tolist"},
    {.name = "item", .call = item,
     .usage = "t:item() -> number",
     .doc = "The only element of a tensor that has one.",
     .numpy = "ndarray.item", .torch = "Tensor.item"},
    {0}};
