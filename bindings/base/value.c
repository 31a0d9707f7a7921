/* Lua values to and from shapes, indices, option tables and text: see value.h. */
#include "bindings/base/value.h"

#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"

void *lnb_scratch(lua_State *L, size_t count, size_t size) {
  if (count > SIZE_MAX / 2 / size) lnb_error(L, "%s: out of memory", lnb_callee(L));
  return lua_newuserdatauv(L, count * size + 1, 0);
}

lua_Integer lnb_check_integer(lua_State *L, int arg) {
  int is_integer;
  lua_Integer value = lua_tointegerx(L, arg, &is_integer);
  if (!is_integer || lua_type(L, arg) != LUA_TNUMBER) lnb_arg_error(L, arg, "an integer");
  return value;
}

void lnb_check_count(lua_State *L, int last, const char *hint) {
  if (lua_gettop(L) > last && !lua_isnil(L, last + 1))
    lnb_error(L, "%s: takes no more than %d argument%s, got %s as well%s", lnb_callee(L), last - 1, last > 2 ? "s" : "",
              lnb_describe(L, last + 1), hint);
}

lua_Integer lnb_opt_integer(lua_State *L, int arg, lua_Integer def) {
  return lua_isnoneornil(L, arg) ? def : lnb_check_integer(L, arg);
}

lua_Number lnb_check_number(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TNUMBER) lnb_arg_error(L, arg, "a number");
  return lua_tonumber(L, arg);
}

lua_Number lnb_opt_number(lua_State *L, int arg, lua_Number def) {
  return lua_isnoneornil(L, arg) ? def : lnb_check_number(L, arg);
}

bool lnb_has_nul(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  return strlen(text) != length;
}

const char *lnb_check_string(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TSTRING) lnb_arg_error(L, arg, "a string");
  if (lnb_has_nul(L, arg)) lnb_arg_error(L, arg, "a string without a NUL byte");
  return lua_tostring(L, arg);
}

void lnb_check_table(lua_State *L, int arg) {
  if (!lua_istable(L, arg)) lnb_arg_error(L, arg, "a table");
}

static int64_t check_size(lua_State *L, int index, int position, int64_t least) {
  int is_integer;
  int64_t size = lua_tointegerx(L, index, &is_integer);
  if (!is_integer || size < least || lua_type(L, index) != LUA_TNUMBER)
    lnb_error(L, "%s: size %d of the shape must be an integer of at least %d, got %s", lnb_callee(L), position,
              (int)least, lnb_describe(L, index));
  return size;
}

LnShape lnb_check_shape(lua_State *L, int arg, int64_t least) {
  lnb_thaw(L, arg);
  bool table = lua_istable(L, arg);
  int64_t n = table ? (int64_t)lua_rawlen(L, arg) : lua_gettop(L) - arg + 1;
  LnShape shape = {0};
  if (!table && lua_type(L, arg) != LUA_TNUMBER) lnb_arg_error(L, arg, "a shape such as {1, 64, 64}");
  if (n > LN_MAX_DIMS) lnb_error(L, "%s: a shape has at most %d sizes, got %d", lnb_callee(L), LN_MAX_DIMS, (int)n);
  shape.n = (int)n;
  for (int i = 0; i < shape.n; i++) {
    if (table) lua_rawgeti(L, arg, i + 1);
    shape.d[i] = check_size(L, table ? -1 : arg + i, i + 1, least);
    if (table) lua_pop(L, 1);
  }
  return shape;
}

void lnb_push_shape(lua_State *L, LnShape shape) {
  lua_createtable(L, shape.n, 0);
  for (int i = 0; i < shape.n; i++) {
    lua_pushinteger(L, shape.d[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

int64_t *lnb_check_integers(lua_State *L, int arg, int64_t *count, int64_t base) {
  if (!lua_istable(L, arg)) lnb_arg_error(L, arg, "a table of integers");
  lnb_thaw(L, arg);
  *count = (int64_t)lua_rawlen(L, arg);
  int64_t *numbers = lnb_scratch(L, (size_t)*count, sizeof *numbers);
  for (int64_t i = 0; i < *count; i++) {
    int is_integer;
    lua_rawgeti(L, arg, i + 1);
    int64_t number = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer)
      lnb_error(L, "%s: entry %d must be an integer, got %s", lnb_callee(L), (int)i + 1, lnb_describe(L, -1));
    if (__builtin_sub_overflow(number, base, &numbers[i])) numbers[i] = number; /* outside of any range just as well */
    lua_pop(L, 1);
  }
  return numbers;
}

int lnb_check_dim(lua_State *L, int arg, int n) {
  lua_Integer dim = lnb_check_integer(L, arg);
  lua_Integer from_start = dim < 0 ? dim + n + 1 : dim;
  if (from_start < 1 || from_start > n)
    lnb_error(L, "%s: dimension %lld of a tensor that has %d", lnb_callee(L), (long long)dim, n);
  return (int)from_start - 1;
}

int64_t lnb_check_position(lua_State *L, int64_t index, int64_t size, int dim) {
  int64_t from_start = index < 0 ? index + size + 1 : index;
  if (from_start < 1 || from_start > size)
    lnb_error(L, "tensor: index %lld is outside 1..%lld in dimension %d", (long long)index, (long long)size, dim);
  return from_start - 1;
}

int64_t lnb_option_integer(lua_State *L, int index, const char *name, int64_t def) {
  int is_integer = 1;
  if (lua_istable(L, index) && lua_getfield(L, index, name) != LUA_TNIL) {
    def = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || lua_type(L, -1) != LUA_TNUMBER)
      lnb_error(L, "%s: option '%s' must be an integer, got %s", lnb_callee(L), name, lnb_describe(L, -1));
  }
  return def;
}

static const char *name_at(const void *names, int i) {
  return ((const char *const *)names)[i];
}

void lnb_option_names(lua_State *L, int index, const char *owner, const char *const *names) {
  if (lua_isnoneornil(L, index)) return;
  if (!lua_istable(L, index)) lnb_arg_error(L, index, "a table of options");
  lua_pushnil(L);
  while (lua_next(L, index)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    bool known = false;
    for (int i = 0; key != NULL && names[i] != NULL; i++) known = known || strcmp(key, names[i]) == 0;
    if (key == NULL) lnb_error(L, "%s: options have names, got the key %s", owner, lnb_describe(L, -2));
    const char *nearest = known ? NULL : ln_nearest_name(key, name_at, names);
    if (nearest != NULL) lnb_error(L, "%s: no option '%s'; did you mean '%s'?", owner, key, nearest);
    if (!known) {
      const char *list = names[0];
      for (int i = 1; names[i] != NULL; i++) list = lua_pushfstring(L, "%s, %s", list, names[i]);
      lnb_error(L, "%s: no option '%s'; there are %s", owner, key, list);
    }
    lua_pop(L, 1);
  }
}

const char *lnb_check_path(lua_State *L, int arg) {
  if (lua_type(L, arg) != LUA_TSTRING) lnb_arg_error(L, arg, "a file path");
  const char *path = lua_tostring(L, arg);
  if (*path == '\0' || lnb_has_nul(L, arg)) lnb_error(L, "%s: '%s' is no file path", lnb_callee(L), path);
  return path;
}

static void release_text(void *text) {
  ln_free(text);
}

const LnbClass lnb_text_class = {.name = "lunet.text", .noun = "text", .release = release_text};

void lnb_push_text(lua_State *L) {
  LnbBox *box = lnb_test(L, -1, &lnb_text_class);
  lua_pushstring(L, box->object);
  release_text(box->object);
  box->object = NULL;
  lua_remove(L, -2);
}

void lnb_open_value(lua_State *L) {
  lnb_class_new(L, &lnb_text_class, NULL, NULL, NULL);
  lua_pop(L, 1);
}
