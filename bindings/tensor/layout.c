/* Tensors in another arrangement, in Lua. */
#include "tensor/layout.h"

#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/dims.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

/* One dimension or a list of them, each once. */
static LnDims check_dims(lua_State *L, int arg, int n) {
  LnDims dims = {0};
  dims.n = lnb_check_dim_list(L, arg, n, dims.d);
  return dims;
}

static int squeeze(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  bool all = lua_isnoneornil(L, 2);
  LnDims dims = {0};
  if (!all) dims = check_dims(L, 2, t->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_squeeze(&made, t, all ? NULL : &dims, &err));
  return 1;
}

static int unsqueeze(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int dim = lnb_check_dim(L, 2, t->shape.n + 1);
  LNB_MAKE_TENSOR(L, ln_tensor_unsqueeze(&made, t, dim, &err));
  return 1;
}

static int flatten(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int n = t->shape.n;
  int first = lua_isnoneornil(L, 2) ? 0 : lnb_check_dim(L, 2, n),
      last = lua_isnoneornil(L, 3) ? n - 1 : lnb_check_dim(L, 3, n);
  LNB_MAKE_TENSOR(L, ln_tensor_flatten(&made, t, first, last, &err));
  return 1;
}

static LnDims all_dims(int n) {
  LnDims dims = {.n = n};
  for (int i = 0; i < n; i++) dims.d[i] = i;
  return dims;
}

static int flip(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnDims dims = lua_isnoneornil(L, 2) ? all_dims(t->shape.n) : check_dims(L, 2, t->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_flip(&made, t, &dims, &err));
  return 1;
}

/* The shifts at argument 2: an integer or a list of them. Returns how many. */
static int check_shifts(lua_State *L, int64_t *shifts) {
  if (!lua_istable(L, 2)) return shifts[0] = lnb_check_integer(L, 2), 1;
  int64_t n, *list = lnb_check_integers(L, 2, &n, 0);
  if (n < 1 || n > LN_MAX_DIMS) lnb_error(L, "roll: 1 to %d shifts are possible, got %lld", LN_MAX_DIMS, (long long)n);
  for (int i = 0; i < n; i++) shifts[i] = list[i];
  return (int)n;
}

/* roll(shift), roll(shift, dim), roll({shifts}, {dims}) */
static int roll(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  lua_settop(L, 3);
  int64_t shifts[LN_MAX_DIMS];
  int n = check_shifts(L, shifts);
  if (lua_isnoneornil(L, 3)) {
    if (n != 1) lnb_error(L, "roll: %d shifts need a list of as many dimensions", n);
    LNB_MAKE_TENSOR(L, ln_tensor_roll(&made, t, shifts[0], -1, &err));
    return 1;
  }
  LnDims dims = check_dims(L, 3, t->shape.n);
  if (n != dims.n && n != 1) lnb_error(L, "roll: %d shifts for %d dimensions", n, dims.n);
  lua_pushvalue(L, 1);
  for (int i = 0; i < dims.n; i++) {
    LnTensor *now = lnb_check_tensor(L, -1);
    LNB_MAKE_TENSOR(L, ln_tensor_roll(&made, now, shifts[n == 1 ? 0 : i], dims.d[i], &err));
  }
  return 1;
}

/* rot90(turns, {from, to}) */
static int rot90(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t turns = lnb_opt_integer(L, 2, 1);
  if (t->shape.n < 2) lnb_error(L, "rot90: needs at least two dimensions, got shape %s", LN_SHAPE_TEXT(t->shape));
  LnDims dims = lua_isnoneornil(L, 3) ? all_dims(2) : check_dims(L, 3, t->shape.n);
  if (dims.n != 2) lnb_error(L, "rot90: turns in a plane of two dimensions, got %d", dims.n);
  LNB_MAKE_TENSOR(L, ln_tensor_rot90(&made, t, turns, dims.d[0], dims.d[1], &err));
  return 1;
}

static int movedim(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnDims from = check_dims(L, 2, t->shape.n), to = check_dims(L, 3, t->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_movedim(&made, t, &from, &to, &err));
  return 1;
}

static int tile(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  LnShape times = lnb_check_shape(L, 2, 0);
  LNB_MAKE_TENSOR(L, ln_tensor_tile(&made, t, times, &err));
  return 1;
}

static int repeat_interleave(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t times = lnb_check_integer(L, 2);
  int dim = lnb_check_dim(L, 3, t->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_repeat(&made, t, times, dim, &err));
  return 1;
}

static int diagonal(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t offset = lnb_opt_integer(L, 2, 0);
  if (t->shape.n < 2) lnb_error(L, "diagonal: needs at least two dimensions, got shape %s", LN_SHAPE_TEXT(t->shape));
  int a = lua_isnoneornil(L, 3) ? 0 : lnb_check_dim(L, 3, t->shape.n);
  int b = lua_isnoneornil(L, 4) ? 1 : lnb_check_dim(L, 4, t->shape.n);
  LNB_MAKE_TENSOR(L, ln_tensor_diagonal(&made, t, offset, a, b, &err));
  return 1;
}

/* A vector to a matrix, a matrix to its diagonal. */
static int diag(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t offset = lnb_opt_integer(L, 2, 0);
  if (t->shape.n != 1 && t->shape.n != 2)
    lnb_error(L, "diag: needs a vector or a matrix, got shape %s; see t:diagonal", LN_SHAPE_TEXT(t->shape));
  if (t->shape.n == 1)
    LNB_MAKE_TENSOR(L, ln_tensor_diag(&made, t, offset, &err));
  else
    LNB_MAKE_TENSOR(L, ln_tensor_diagonal(&made, t, offset, 0, 1, &err));
  return 1;
}

static int triangle(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  int64_t offset = lnb_opt_integer(L, 2, 0);
  bool upper = lnb_function_code(L);
  LNB_MAKE_TENSOR(L, ln_tensor_triangle(&made, t, offset, upper, &err));
  return 1;
}

/* Lists. */

/* The tensors of the list at argument 1, which keeps them; pushes the memory that holds the pointers. */
static LnTensor **check_list(lua_State *L, int *n) {
  lnb_check_table(L, 1);
  *n = (int)lua_rawlen(L, 1);
  if (*n == 0) lnb_error(L, "%s: the list is empty", lnb_callee(L));
  LnTensor **list = lnb_scratch(L, (size_t)*n, sizeof(LnTensor *));
  for (int i = 0; i < *n; i++) {
    lua_rawgeti(L, 1, i + 1);
    LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "%s: entry %d must be a tensor, got %s", lnb_callee(L), i + 1, lnb_describe(L, -1));
    list[i] = box->object;
    lua_pop(L, 1);
  }
  return list;
}

/* stack({a, b, ...}[, dim]) */
static int stack(lua_State *L) {
  int n;
  lua_settop(L, 2);
  LnTensor **list = check_list(L, &n);
  int dim = lua_isnil(L, 2) ? 0 : lnb_check_dim(L, 2, list[0]->shape.n + 1);
  LNB_MAKE_TENSOR(L, ln_tensor_stack(&made, list, n, dim, &err));
  return 1;
}

/* meshgrid({x, y, ...}[, { indexing = "ij" }]): as many tensors */
static int meshgrid(lua_State *L) {
  static const char *const names[] = {"indexing", NULL};
  int n;
  lua_settop(L, 2);
  lnb_option_names(L, 2, "meshgrid", names);
  LnTensor **list = check_list(L, &n);
  bool xy = true;
  if (lua_istable(L, 2) && lua_getfield(L, 2, "indexing") != LUA_TNIL) {
    const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    xy = word[0] == 'x' && word[1] == 'y' && word[2] == '\0';
    if (!xy && !(word[0] == 'i' && word[1] == 'j' && word[2] == '\0'))
      lnb_error(L, "meshgrid: option 'indexing' must be 'xy' or 'ij', got %s", lnb_describe(L, -1));
  }
  luaL_checkstack(L, n + 8, "too many vectors");
  for (int k = 0; k < n; k++) LNB_MAKE_TENSOR(L, ln_tensor_meshgrid(&made, list, n, k, xy, &err));
  return n;
}

/* Appends entries first .. last-1 of dim to the list on top. */
static void add_part(lua_State *L, LnTensor *t, int dim, int64_t first, int64_t last) {
  LNB_MAKE_TENSOR(L, ln_tensor_slice(&made, t, dim, first, last - first, 1, &err));
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

enum { MOST_PARTS = 1 << 24 }; /* also of what is empty */

static LnTensor *check_splittable(lua_State *L, int *dim) {
  LnTensor *t = lnb_check_tensor(L, 1);
  if (t->shape.n == 0) lnb_error(L, "%s: a single number has no dimension", lnb_callee(L));
  *dim = lua_isnoneornil(L, 3) ? 0 : lnb_check_dim(L, 3, t->shape.n);
  return t;
}

/* split(sections[, dim]), split({positions}[, dim]) */
static int split(lua_State *L) {
  int dim;
  LnTensor *t = check_splittable(L, &dim);
  int64_t size = t->shape.d[dim], first = 0;
  if (!lua_istable(L, 2)) {
    int64_t sections = lnb_check_integer(L, 2);
    if (sections < 1 || size % sections != 0 || sections > MOST_PARTS)
      lnb_error(L,
                "split: dimension %d of shape %s cannot be divided into %lld equal parts; chunk() makes the last one "
                "smaller",
                dim + 1, LN_SHAPE_TEXT(t->shape), (long long)sections);
    lua_newtable(L);
    for (int64_t i = 0; i < sections; i++) add_part(L, t, dim, size / sections * i, size / sections * (i + 1));
    return 1;
  }
  int64_t n, *begins = lnb_check_integers(L, 2, &n, 0);
  lua_newtable(L);
  for (int64_t i = 0; i < n; i++) {
    int64_t begin = begins[i] < 0 ? begins[i] + size : begins[i] - 1;
    if (begin < first || begin > size)
      lnb_error(L,
                "split: part %lld of dimension %d would begin at position %lld; the beginnings ascend within 1..%lld",
                (long long)i + 2, dim + 1, (long long)begins[i], (long long)size + 1);
    add_part(L, t, dim, first, begin);
    first = begin;
  }
  add_part(L, t, dim, first, size);
  return 1;
}

/* chunk(n[, dim]) */
static int chunk(lua_State *L) {
  int dim;
  LnTensor *t = check_splittable(L, &dim);
  int64_t n = lnb_check_integer(L, 2), size = t->shape.d[dim];
  if (n < 1) lnb_error(L, "chunk: the number of parts must be at least 1, got %lld", (long long)n);
  int64_t each = size / n + (size % n != 0);
  lua_newtable(L);
  for (int64_t first = 0; first < size; first += each)
    add_part(L, t, dim, first, first + each < size ? first + each : size);
  if (size == 0) add_part(L, t, dim, 0, 0);
  return 1;
}

const LnbFunction lnb_tensor_layout_functions[] = {
    {.name = "stack", .call = stack,
     .usage = "ln.stack(tensors: tensor[], dim?: integer) -> tensor",
     .doc = "Tensors of one shape one after the other along a new dimension, by default the first.",
     .example = "ln.stack{ t, u }.shape",
     .numpy = "np.stack", .torch = "torch.stack"},
    {.name = "meshgrid", .call = meshgrid,
     .usage = "ln.meshgrid(vectors: tensor[], options?: { indexing?: 'xy'|'ij' }) -> tensor, tensor",
     .doc = "The coordinates of a grid: as many tensors as there are vectors, x, y = ln.meshgrid{ ln.arange(3), "
            "ln.arange(2) } gives two of 2x3. With indexing = 'xy', NumPy's default, the first two dimensions change "
            "places; with 'ij', PyTorch's, they are in the vectors' order.",
     .example = "local rows, columns = ln.meshgrid{ ln.arange(3), ln.arange(2) }\n"
                "rows",
     .numpy = "np.meshgrid", .torch = "torch.meshgrid"},
    {0}};

const LnbFunction lnb_tensor_layout_methods[] = {
    {.name = "squeeze", .call = squeeze,
     .usage = "t:squeeze(dims?: integer|integer[]) -> tensor",
     .doc = "A view without dimensions of size 1: those named, which must have it, or all that do.",
     .example = "ln.zeros(1, 3, 1):squeeze().shape",
     .numpy = "np.squeeze", .torch = "torch.squeeze"},
    {.name = "unsqueeze", .call = unsqueeze,
     .usage = "t:unsqueeze(dim: integer) -> tensor",
     .doc = "A view with a new dimension of size 1, which is the dim-th of it; -1 is the last.",
     .example = "t:unsqueeze(1).shape",
     .numpy = "np.expand_dims", .torch = "torch.unsqueeze"},
    {.name = "flatten", .call = flatten,
     .usage = "t:flatten(first?: integer, last?: integer) -> tensor",
     .doc = "Dimensions first .. last, by default all, as one, in element order; a view where that is possible.",
     .numpy = "np.ravel, ndarray.flatten", .torch = "torch.flatten"},
    {.name = "flip", .call = flip,
     .usage = "t:flip(dims?: integer|integer[]) -> tensor",
     .doc = "A view with some dimensions, by default all, in reverse. An image N,C,H,W is mirrored left to right by "
            "t:flip(-1), upside down by t:flip(-2).",
     .example = "t:flip(1)",
     .numpy = "np.flip, np.fliplr, np.flipud", .torch = "torch.flip"},
    {.name = "roll", .call = roll,
     .usage = "t:roll(shifts: integer|integer[], dims?: integer|integer[]) -> tensor",
     .doc = "A copy in which every entry has moved on by `shifts`, and what leaves at the end comes in at the "
            "beginning. Without dims the elements move in element order, whatever the shape.",
     .example = "t:roll(1, 2)",
     .numpy = "np.roll", .torch = "torch.roll"},
    {.name = "rot90", .call = rot90,
     .usage = "t:rot90(turns?: integer, dims?: integer[]) -> tensor",
     .doc = "A view turned by 90 degrees, `turns` times, by default once, in the plane of two dimensions, by default "
            "the first two, from the first of them towards the second. Images N,C,H,W: t:rot90(1, { -2, -1 }), which "
            "turns them anticlockwise.",
     .numpy = "np.rot90", .torch = "torch.rot90"},
    {.name = "movedim", .call = movedim,
     .usage = "t:movedim(from: integer|integer[], to: integer|integer[]) -> tensor",
     .doc = "A view in which some dimensions have moved to other places; the others keep their order. H,W,C to C,H,W: "
            "t:movedim(3, 1).",
     .example = "clean:movedim(2, 4).shape",
     .numpy = "np.moveaxis", .torch = "torch.movedim"},
    {.name = "tile", .call = tile,
     .usage = "t:tile(times: integer|integer[], ...: integer) -> tensor",
     .doc = "The whole repeated along each dimension, as a copy: t:tile(2, 3). Fewer numbers than dimensions are for "
            "the last ones; more put dimensions in front.",
     .example = "t:tile(1, 2)",
     .numpy = "np.tile", .torch = "Tensor.repeat, torch.tile"},
    {.name = "repeat_interleave", .call = repeat_interleave,
     .usage = "t:repeat_interleave(times: integer, dim: integer) -> tensor",
     .doc = "Every entry of a dimension so many times, one after the other, as a copy (`repeat` is a word of Lua's).",
     .example = "t:repeat_interleave(2, 1)",
     .numpy = "np.repeat", .torch = "torch.repeat_interleave"},
    {.name = "diagonal", .call = diagonal,
     .usage = "t:diagonal(offset?: integer, dim1?: integer, dim2?: integer) -> tensor",
     .doc = "A view of the elements whose position in dim2, by default the second, is that in dim1, by default the "
            "first, plus the offset. They become the last dimension.",
     .numpy = "np.diagonal", .torch = "torch.diagonal"},
    {.name = "diag", .call = diag,
     .usage = "t:diag(offset?: integer) -> tensor",
     .doc = "Of a vector a square matrix with it on the diagonal; of a matrix a view of its diagonal. A positive "
            "offset means one to the right of the main one.",
     .numpy = "np.diag", .torch = "torch.diag"},
    {.name = "triu", .call = triangle, .code = true,
     .usage = "t:triu(offset?: integer) -> tensor",
     .doc = "A copy with zeros below the diagonal of the last two dimensions; a positive offset means one to the "
            "right.",
     .numpy = "np.triu", .torch = "torch.triu"},
    {.name = "tril", .call = triangle,
     .usage = "t:tril(offset?: integer) -> tensor",
     .doc = "A copy with zeros above the diagonal of the last two dimensions; a positive offset means one to the "
            "right.",
     .numpy = "np.tril", .torch = "torch.tril"},
    {.name = "split", .call = split,
     .usage = "t:split(sections: integer|integer[], dim?: integer) -> tensor[]",
     .doc = "A list of views along a dimension, by default the first. A number of sections must divide it evenly. A "
            "list gives the positions where the second, third, ... part begin: t:split{ 4, 6 } are entries 1 to 3, 4 "
            "and 5, and those from 6 on (NumPy's np.split(a, [3, 5])). Positions ascend; the same one twice gives an "
            "empty part, as does one behind the end. For parts that need not be equal see t:chunk.",
     .example = "clean:split(2)",
     .numpy = "np.split", .torch = "torch.tensor_split"},
    {.name = "chunk", .call = chunk,
     .usage = "t:chunk(n: integer, dim?: integer) -> tensor[]",
     .doc = "A list of at most n views along a dimension, by default the first: all have the size divided by n, "
            "rounded up, the last may be smaller.",
     .example = "clean:chunk(2)",
     .torch = "torch.chunk"},
    {0}};
