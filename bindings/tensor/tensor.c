/* Tensors in Lua: the class, constructors and views. Elements are in index.c, arithmetic in math.c, text and tables in
 * text.c. */
#include "bindings/tensor/tensor.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"

static void release_tensor(void *tensor) {
  ln_tensor_unref(tensor);
}

static void describe_tensor(lua_State *L, const void *tensor) {
  lua_pushfstring(L, "a tensor of shape %s", LN_SHAPE_TEXT(((const LnTensor *)tensor)->shape));
}

const LnbClass lnb_tensor_class = {
    .name = "lunet.tensor", .noun = "tensor", .variable = "t", .release = release_tensor, .describe = describe_tensor};

LnTensor *lnb_check_tensor(lua_State *L, int arg) {
  return lnb_check(L, arg, &lnb_tensor_class);
}

LnTensor *lnb_check_values(lua_State *L, int arg) {
  LnTensor *t = lnb_check_tensor(L, arg);
  if (ln_tensor_followed(t))
    lnb_error(L, "%s: no gradient passes it, and the tensor %s derives from an argument of one; give it the tensor's "
              "detach()", lnb_callee(L), LN_SHAPE_TEXT(t->shape));
  return t;
}

void lnb_take_dataset(lua_State *L, int arg) {
  if (!lua_istable(L, arg) || luaL_getmetafield(L, arg, "__name") == LUA_TNIL) return;
  bool dataset = lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "lunet.set") == 0;
  lua_pop(L, 1);
  if (!dataset) return;
  lua_getfield(L, arg, "images");
  lua_replace(L, arg);
}

LnTensor *lnb_check_images(lua_State *L, int arg) {
  lnb_take_dataset(L, arg);
  return lnb_check_values(L, arg);
}

int lnb_number_or_tensor(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, -1);
  if (t->shape.n == 0 && !ln_tensor_followed(t)) lua_pushnumber(L, (lua_Number)*t->data);
  return 1;
}

LnTensor *lnb_tensor_new(lua_State *L, LnShape shape) {
  LNB_MAKE_TENSOR(L, ln_tensor_new(&made, shape, &err));
  return lnb_check_tensor(L, -1);
}

void lnb_push_tensor(lua_State *L, LnTensor *t) {
  LnbBox *box = lnb_box_new(L, &lnb_tensor_class);
  box->object = ln_tensor_ref(t);
}

/* Nested tables to tensors: the first entries tell the shape, then every entry is checked against it. */

static LnShape shape_of_table(lua_State *L, int index) {
  LnShape shape = {0};
  int top = lua_gettop(L);
  lua_pushvalue(L, index);
  while (lua_istable(L, -1)) {
    if (shape.n == LN_MAX_DIMS) lnb_error(L, "tensor: tables nested deeper than %d", LN_MAX_DIMS);
    shape.d[shape.n++] = (int64_t)lua_rawlen(L, -1);
    lua_rawgeti(L, -1, 1);
  }
  lua_settop(L, top);
  return shape;
}

/* Reads the table on top into `out`, contiguous; dim is its depth. */
static float *read_table(lua_State *L, float *out, LnShape shape, int dim) {
  int64_t n = (int64_t)lua_rawlen(L, -1);
  if (n != shape.d[dim])
    lnb_error(L, "tensor: a table at depth %d has %lld entries, the first one there has %lld", dim + 1, (long long)n,
              (long long)shape.d[dim]);
  for (int64_t i = 1; i <= n; i++) {
    bool leaf = dim + 1 == shape.n;
    int type = lua_rawgeti(L, -1, i);
    if (type != (leaf ? LUA_TNUMBER : LUA_TTABLE))
      lnb_error(L, "tensor: entry %lld at depth %d must be %s, got %s", (long long)i, dim + 1,
                leaf ? "a number" : "a table", lnb_describe(L, -1));
    if (leaf)
      *out++ = (float)lua_tonumber(L, -1);
    else
      out = read_table(L, out, shape, dim + 1);
    lua_pop(L, 1);
  }
  return out;
}

static int tensor_from_table(lua_State *L, int index) {
  LnShape shape = shape_of_table(L, index);
  lua_pushvalue(L, index);
  LnTensor *t = lnb_tensor_new(L, shape);
  lua_insert(L, -2);
  if (ln_shape_count(shape) > 0) read_table(L, t->data, shape, 0);
  lua_pop(L, 1);
  return 1;
}

LnTensor *lnb_to_tensor(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    LnTensor *t = lnb_tensor_new(L, (LnShape){0});
    *t->data = (float)lua_tonumber(L, index);
    lua_replace(L, index);
  } else if (lua_istable(L, index)) {
    tensor_from_table(L, index);
    lua_replace(L, index);
  } else if (lnb_test(L, index, &lnb_tensor_class) == NULL) {
    lnb_arg_error(L, index, "a tensor or a number");
  }
  return lnb_check_tensor(L, index);
}

/* Constructors. */

/* tensor{{1, 2}, {3, 4}}, tensor(5), tensor(1, 2, 3) */
static int new_tensor(lua_State *L) {
  int n = lua_gettop(L);
  if (n == 1 && lua_istable(L, 1)) return tensor_from_table(L, 1);
  if (n == 1 && lua_type(L, 1) == LUA_TNUMBER) return lnb_to_tensor(L, 1), 1;
  if (n < 2) lnb_arg_error(L, 1, "numbers or nested tables of numbers");
  for (int i = 1; i <= n; i++)
    if (lua_type(L, i) != LUA_TNUMBER) lnb_arg_error(L, i, "a number");
  LnTensor *t = lnb_tensor_new(L, LN_SHAPE(n));
  for (int i = 0; i < n; i++) t->data[i] = (float)lua_tonumber(L, i + 1);
  return 1;
}

static int new_zeros(lua_State *L) {
  lnb_tensor_new(L, lnb_check_shape(L, 1, 0));
  return 1;
}

static int push_full(lua_State *L, float value) {
  LnTensor *t = lnb_tensor_new(L, lnb_check_shape(L, 1, 0));
  LNB_CALL(L, ln_tensor_fill(t, value, &err));
  return 1;
}

static int new_ones(lua_State *L) {
  return push_full(L, 1);
}

static int new_full(lua_State *L) {
  float value = (float)lnb_check_number(L, 2);
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "a shape such as {1, 64, 64}");
  return push_full(L, value);
}

/* arange(n): 1 .. n; arange(first, last[, step]): as `for` counts. */
static int new_arange(lua_State *L) {
  bool one = lua_gettop(L) == 1;
  double first = one ? 1 : lnb_check_number(L, 1), last = lnb_check_number(L, one ? 1 : 2),
         step = lnb_opt_number(L, 3, 1);
  double count = floor((last - first) / step + 1e-9) + 1;
  if (step == 0 || !isfinite(count)) lnb_error(L, "arange: from %g to %g in steps of %g never ends", first, last, step);
  if (count > 0x1p40) lnb_error(L, "arange: %g numbers are too many", count);
  LnTensor *t = lnb_tensor_new(L, LN_SHAPE(count < 0 ? 0 : (int64_t)count));
  for (int64_t i = 0; i < t->shape.d[0]; i++) t->data[i] = (float)(first + step * (double)i);
  return 1;
}

/* linspace(first, last, n): both ends included. */
static int new_linspace(lua_State *L) {
  double first = lnb_check_number(L, 1), last = lnb_check_number(L, 2);
  lua_Integer n = lnb_check_integer(L, 3);
  if (n < 1) lnb_error(L, "linspace: the count must be at least 1, got %lld", (long long)n);
  LnTensor *t = lnb_tensor_new(L, LN_SHAPE(n));
  for (int64_t i = 0; i < n; i++)
    t->data[i] = (float)(i == n - 1 && n > 1 ? last : first + (last - first) * (double)i / (double)(n > 1 ? n - 1 : 1));
  return 1;
}

static int new_random(lua_State *L) {
  bool normal = lnb_function_code(L);
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "a shape such as {1, 64, 64}");
  LnRng rng = {.seed = (uint64_t)lnb_opt_integer(L, 2, 0)};
  LnTensor *t = lnb_tensor_new(L, lnb_check_shape(L, 1, 0));
  (normal ? ln_rng_fill_normal : ln_rng_fill_uniform)(t->data, ln_shape_count(t->shape), rng, 0);
  return 1;
}

/* concat({a, b, ...}[, dim]) */
static int new_concat(lua_State *L) {
  lnb_check_table(L, 1);
  lua_settop(L, 2);
  int n = (int)lua_rawlen(L, 1);
  LnTensor **list = lnb_scratch(L, (size_t)n, sizeof(LnTensor *));
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "concat: entry %d must be a tensor, got %s", i + 1, lnb_describe(L, -1));
    list[i] = box->object;
    lua_pop(L, 1); /* the table keeps it */
  }
  if (n == 0) lnb_error(L, "concat: the list is empty");
  int dim = lua_isnoneornil(L, 2) ? 0 : lnb_check_dim(L, 2, list[0]->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_concat(&made, list, n, dim, &err));
  return 1;
}

const LnbFunction lnb_tensor_constructors[] = {
    {.name = "tensor", .call = new_tensor,
     .usage = "ln.tensor(values: number|table, ...: number) -> tensor",
     .doc = "A tensor from nested tables of numbers, ln.tensor{ { 1, 2 }, { 3, 4 } }, from one number, or from "
            "numbers. Tensors are float32 with up to eight dimensions; images are N,C,H,W with values in [0, 1]. "
            "Dimensions and positions count from 1.\nt[i] and t[{ 2, {1, 8}, {} }] are an element or a part: {first, "
            "last} is a range, {} all of a dimension, negative positions count from the end. Parts share memory and "
            "can be assigned to.\nt[mask] are the elements where a mask is 1: what a comparison gives, in t's shape "
            "or its first dimensions. t[index] and t[{ index, {} }] are entries, as copies, by a tensor of positions "
            "or a list: t[{ { {3, 1, 1} }, {} }], or a plain list of more than three; v[{ 3, 1, 1 }] does for a "
            "vector. Several indices are paired after broadcasting; they take the place of their dimensions, or come "
            "first if a range is between them. An integer drops its dimension before that. All of them can be "
            "assigned to, t[t:lt(0)] = 0; of several values for one element the last stays.\n+ - * / ^ work "
            "elementwise with tensors and numbers, and broadcast as in NumPy. Comparisons are methods, t:gt(0.5): Lua "
            "refuses t > 0.5, and answers t == 0.5 with false whatever is in t. Nor can `not m` and "
            "`m1 and m2` be caught, which ask whether there is a tensor: write m:lnot() and m1:land(m2).",
     .example = "ln.tensor{ { 1, 2, 3 }, { 4, 5, 6 } }",
     .numpy = "np.array", .torch = "torch.tensor"},
    {.name = "zeros", .call = new_zeros,
     .usage = "ln.zeros(shape: integer|integer[], ...: integer) -> tensor",
     .doc = "A tensor of zeros: ln.zeros{ 8, 1, 64, 64 }.",
     .example = "ln.zeros{ 2, 3 }",
     .numpy = "np.zeros", .torch = "torch.zeros"},
    {.name = "ones", .call = new_ones,
     .usage = "ln.ones(shape: integer|integer[], ...: integer) -> tensor",
     .doc = "A tensor of ones: ln.ones{ 8, 1, 64, 64 }.",
     .example = "ln.ones(2, 3)",
     .numpy = "np.ones", .torch = "torch.ones"},
    {.name = "full", .call = new_full,
     .usage = "ln.full(shape: integer[], value: number) -> tensor",
     .doc = "A tensor with one value everywhere: ln.full({ 8, 1, 64, 64 }, 0.5).",
     .example = "ln.full({ 2, 3 }, 0.5)",
     .numpy = "np.full", .torch = "torch.full"},
    {.name = "rand", .call = new_random,
     .usage = "ln.rand(shape: integer[], seed?: integer) -> tensor",
     .doc = "Random numbers in [0, 1). The same seed, by default 0, gives the same numbers.",
     .example = "ln.rand({ 2, 3 }, 1)",
     .numpy = "np.random.rand", .torch = "torch.rand"},
    {.name = "randn", .call = new_random, .code = true,
     .usage = "ln.randn(shape: integer[], seed?: integer) -> tensor",
     .doc = "Random numbers from N(0, 1). The same seed, by default 0, gives the same numbers.",
     .example = "ln.randn({ 2, 3 }, 1)",
     .numpy = "np.random.randn", .torch = "torch.randn"},
    {.name = "arange", .call = new_arange,
     .usage = "ln.arange(first: number, last?: number, step?: number) -> tensor",
     .doc = "Numbers counted as `for` does, the last one included; ln.arange(n) is 1 .. n.",
     .example = "ln.arange(1, 9, 2)",
     .numpy = "np.arange", .torch = "torch.arange"},
    {.name = "linspace", .call = new_linspace,
     .usage = "ln.linspace(first: number, last: number, n: integer) -> tensor",
     .doc = "n evenly spaced numbers, both ends included.",
     .example = "ln.linspace(0, 1, 5)",
     .numpy = "np.linspace", .torch = "torch.linspace"},
    {.name = "concat", .call = new_concat,
     .usage = "ln.concat(tensors: tensor[], dim?: integer) -> tensor",
     .doc = "Tensors one after the other along a dimension, by default the first. All other sizes must be the same.",
     .example = "ln.concat({ t, u }, 2)",
     .numpy = "np.concatenate, np.vstack, np.hstack", .torch = "torch.cat"},
    {0}};

/* Views and copies. */

static int view_reshape(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnShape shape = lnb_check_shape(L, 2, -1);
  LNB_MAKE_TENSOR(L, ln_tensor_reshape(&made, t, shape, &err));
  return 1;
}

/* permute(3, 1, 2) or permute{3, 1, 2} */
static int view_permute(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnShape given = lnb_check_shape(L, 2, 1);
  int dims[LN_MAX_DIMS] = {0};
  bool seen[LN_MAX_DIMS] = {false};
  if (given.n != t->shape.n) lnb_error(L, "permute: %d dimensions given for a tensor that has %d", given.n, t->shape.n);
  for (int i = 0; i < given.n; i++) {
    int64_t dim = given.d[i];
    if (dim > t->shape.n || seen[dim - 1]) lnb_error(L, "permute: each of 1..%d must come once", t->shape.n);
    seen[dim - 1] = true;
    dims[i] = (int)dim - 1;
  }
  LNB_MAKE_TENSOR(L, ln_tensor_permute(&made, t, dims, &err));
  return 1;
}

static int view_transpose(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int a = lnb_check_dim(L, 2, t->shape.n), b = lnb_check_dim(L, 3, t->shape.n), dims[LN_MAX_DIMS];
  for (int i = 0; i < LN_MAX_DIMS; i++) dims[i] = i == a ? b : i == b ? a : i;
  LNB_MAKE_TENSOR(L, ln_tensor_permute(&made, t, dims, &err));
  return 1;
}

/* narrow(dim, first, count) */
static int view_narrow(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int dim = lnb_check_dim(L, 2, t->shape.n);
  int64_t first = lnb_check_integer(L, 3), count = lnb_check_integer(L, 4);
  if (first < 1 || count < 0 || first - 1 > t->shape.d[dim] - count)
    lnb_error(L, "narrow: %lld from %lld on do not fit in dimension %d, which has %lld", (long long)count,
              (long long)first, dim + 1, (long long)t->shape.d[dim]);
  LNB_MAKE_TENSOR(L, ln_tensor_slice(&made, t, dim, first - 1, count, 1, &err));
  return 1;
}

static int view_expand(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnShape shape = lnb_check_shape(L, 2, 0);
  LNB_MAKE_TENSOR(L, ln_tensor_expand(&made, t, shape, &err));
  return 1;
}

static int copy_clone(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LNB_MAKE_TENSOR(L, ln_tensor_clone(&made, t, &err));
  return 1;
}

static int copy_contiguous(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (ln_tensor_contiguous(t)) return lua_settop(L, 1), 1;
  LNB_MAKE_TENSOR(L, ln_tensor_as_contiguous(&made, t, &err));
  return 1;
}

static int tensor_fill(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  float value = (float)lnb_check_number(L, 2);
  LNB_CALL(L, ln_tensor_fill(t, value, &err));
  return lua_settop(L, 1), 1;
}

/* to:copy(from): from broadcasts to the shape of to. */
static int tensor_copy(lua_State *L) {
  LnTensor *to = lnb_check_tensor(L, 1), *from = lnb_to_tensor(L, 2);
  LNB_CALL(L, ln_tensor_copy(to, from, &err));
  return lua_settop(L, 1), 1;
}

static int tensor_size(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  lua_pushinteger(L, t->shape.d[lnb_check_dim(L, 2, t->shape.n)]);
  return 1;
}

static int tensor_bytes(lua_State *L) {
  lua_pushinteger(L, ln_tensor_storage_bytes(lnb_check_tensor(L, 1)));
  return 1;
}

int lnb_tensor_length(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (t->shape.n == 0) lnb_error(L, "tensor: a single number has no length; use t:item()");
  lua_pushinteger(L, t->shape.d[0]);
  return 1;
}

const LnbFunction lnb_tensor_view_methods[] = {
    {.name = "reshape", .call = view_reshape,
     .usage = "t:reshape(shape: integer|integer[], ...: integer) -> tensor",
     .doc = "The same elements in another shape, a view where that is possible. One size may be -1: it is worked out.",
     .example = "t:reshape(4)",
     .numpy = "np.reshape", .torch = "Tensor.reshape, Tensor.view"},
    {.name = "permute", .call = view_permute,
     .usage = "t:permute(dims: integer|integer[], ...: integer) -> tensor",
     .doc = "A view with the dimensions in another order: t:permute{ 3, 1, 2 }. Each of 1 .. n comes once.",
     .example = "clean:permute(1, 3, 4, 2).shape",
     .numpy = "np.transpose", .torch = "Tensor.permute"},
    {.name = "transpose", .call = view_transpose,
     .usage = "t:transpose(a: integer, b: integer) -> tensor",
     .doc = "A view with two dimensions exchanged.",
     .example = "t:transpose(1, 2)",
     .numpy = "np.swapaxes", .torch = "Tensor.transpose"},
    {.name = "narrow", .call = view_narrow,
     .usage = "t:narrow(dim: integer, first: integer, count: integer) -> tensor",
     .doc = "A view of `count` entries of one dimension, from `first` on.",
     .example = "t:narrow(2, 1, 1)",
     .torch = "Tensor.narrow"},
    {.name = "expand", .call = view_expand,
     .usage = "t:expand(shape: integer|integer[], ...: integer) -> tensor",
     .doc = "A view in which dimensions of size 1, or missing ones in front, are repeated to the sizes given. It "
            "cannot be written to: its elements share memory.",
     .example = "ln.tensor{ 1, 2 }:expand(3, 2)",
     .numpy = "np.broadcast_to", .torch = "Tensor.expand"},
    {.name = "clone", .call = copy_clone,
     .usage = "t:clone() -> tensor",
     .doc = "A contiguous copy with memory of its own.",
     .numpy = "np.copy", .torch = "Tensor.clone"},
    {.name = "fill", .call = tensor_fill,
     .usage = "t:fill(value: number) -> tensor",
     .doc = "Overwrite every element, in place; returns t.",
     .example = "ln.zeros(2, 2):fill(7)",
     .numpy = "ndarray.fill", .torch = "Tensor.fill_"},
    {.name = "copy", .call = tensor_copy,
     .usage = "t:copy(from: tensor|number) -> tensor",
     .doc = "Overwrite the elements with those of another tensor, which broadcasts to t's shape; returns t.",
     .example = "ln.zeros(2, 2):copy(t)",
     .numpy = "np.copyto", .torch = "Tensor.copy_"},
    {.name = "contiguous", .call = copy_contiguous,
     .usage = "t:contiguous() -> tensor",
     .doc = "The tensor itself if its elements lie one after the other in memory, else a copy in which they do.",
     .numpy = "np.ascontiguousarray", .torch = "Tensor.contiguous"},
    {.name = "size", .call = tensor_size,
     .usage = "t:size(dim: integer) -> integer",
     .doc = "The size of a dimension; -1 is the last one.",
     .example = "t:size(1)",
     .numpy = "np.size", .torch = "Tensor.size"},
    {.name = "bytes", .call = tensor_bytes,
     .usage = "t:bytes() -> integer",
     .doc = "How much memory the tensor's storage takes; views share it.",
     .numpy = "ndarray.nbytes", .torch = "Tensor.nbytes"},
    {0}};

int lnb_tensor_shape(lua_State *L) {
  lnb_push_shape(L, lnb_check_tensor(L, 1)->shape);
  return 1;
}
