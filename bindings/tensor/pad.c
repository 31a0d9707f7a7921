/* Padding and patches of images in Lua. */
#include "tensor/pad.h"

#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/frozen.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"
#include "tensor/patches.h"

/* The integer at the top of the stack, which goes. what: whose it is, for the message. */
static int64_t pop_integer(lua_State *L, const char *what) {
  int is_integer;
  int64_t value = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer || lua_type(L, -1) != LUA_TNUMBER)
    lnb_error(L, "%s: %s must be an integer, got %s", lnb_callee(L), what, lnb_describe(L, -1));
  lua_pop(L, 1);
  return value;
}

/* The pads on top of the stack, of dimension `dim`: a number for both sides, or {before, behind}. */
static void read_pad(lua_State *L, LnPads *pads, int dim, int entry) {
  if (lua_type(L, -1) == LUA_TNUMBER) {
    pads->before[dim] = pads->behind[dim] = pop_integer(L, "a padding");
    return;
  }
  if (!lua_istable(L, -1) || lua_rawlen(L, -1) != 2)
    lnb_error(L, "pad: entry %d must be a number or {before, behind}, got %s", entry, lnb_describe(L, -1));
  lua_rawgeti(L, -1, 1);
  pads->before[dim] = pop_integer(L, "a padding");
  lua_rawgeti(L, -1, 2);
  pads->behind[dim] = pop_integer(L, "a padding");
  lua_pop(L, 1);
}

/* A number for height and width, or an entry for each of the last dimensions. */
static LnPads check_pads(lua_State *L, int arg, LnShape shape) {
  LnPads pads = {{0}, {0}};
  lnb_thaw(L, arg);
  if (lua_type(L, arg) == LUA_TNUMBER) {
    for (int i = shape.n < 2 ? 0 : shape.n - 2; i < shape.n; i++) {
      lua_pushvalue(L, arg);
      read_pad(L, &pads, i, 1);
    }
    return pads;
  }
  if (!lua_istable(L, arg)) lnb_arg_error(L, arg, "a number, or {before, behind} for each of the last dimensions");
  int64_t n = (int64_t)lua_rawlen(L, arg);
  if (n > shape.n)
    lnb_error(L, "pad: %lld entries for the %d dimensions of %s", (long long)n, shape.n, LN_SHAPE_TEXT(shape));
  lua_pushnil(L);
  while (lua_next(L, arg)) {
    if (lua_type(L, -2) == LUA_TSTRING)
      lnb_error(L, "pad: '%s' among the entries; options come in a second table: t:pad({ ... }, { %s = ... })",
                lua_tostring(L, -2), lua_tostring(L, -2));
    lua_pop(L, 1);
  }
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, arg, i + 1);
    read_pad(L, &pads, shape.n - (int)n + i, i + 1);
  }
  return pads;
}

static LnPadMode check_mode(lua_State *L, int options) {
  static const struct {
    const char *word;
    LnPadMode mode;
    const char *instead;
  } modes[] = {{"constant", LN_PAD_CONSTANT, NULL},   {"reflect", LN_PAD_REFLECT, NULL},
               {"replicate", LN_PAD_REPLICATE, NULL}, {"circular", LN_PAD_CIRCULAR, NULL},
               {"symmetric", LN_PAD_SYMMETRIC, NULL}, {"zero", LN_PAD_CONSTANT, "constant"},
               {"zeros", LN_PAD_CONSTANT, "constant"}, {"edge", LN_PAD_REPLICATE, "replicate"},
               {"wrap", LN_PAD_CIRCULAR, "circular"}};
  if (!lua_istable(L, options) || lua_getfield(L, options, "mode") == LUA_TNIL) return LN_PAD_CONSTANT;
  const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(word, modes[i].word) != 0) continue;
    if (modes[i].instead != NULL) lnb_error(L, "pad: mode '%s' is called '%s' here", word, modes[i].instead);
    return modes[i].mode;
  }
  lnb_error(L, "pad: option 'mode' must be constant, reflect, symmetric, replicate or circular, got %s",
            lnb_describe(L, -1));
}

/* pad(n), pad({ {top, bottom}, {left, right} }), each with options */
static int pad(lua_State *L) {
  static const char *const names[] = {"mode", "value", NULL};
  lua_settop(L, 3);
  LnTensor *t = lnb_check_tensor(L, 1);
  LnPads pads = check_pads(L, 2, t->shape);
  lnb_option_names(L, 3, "pad", names);
  LnPadMode mode = check_mode(L, 3);
  float value = 0;
  if (lua_istable(L, 3) && lua_getfield(L, 3, "value") != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TNUMBER)
      lnb_error(L, "pad: option 'value' must be a number, got %s", lnb_describe(L, -1));
    if (mode != LN_PAD_CONSTANT) lnb_error(L, "pad: option 'value' is for the mode constant");
    value = (float)lua_tonumber(L, -1);
  }
  LNB_MAKE_TENSOR(L, ln_tensor_pad(&made, t, &pads, mode, value, &err));
  return 1;
}

/* An option that is a number for height and width or a pair; false if it is not there. */
static bool read_pair(lua_State *L, const char *name, int64_t *pair) {
  if (lua_getfield(L, 2, name) == LUA_TNIL) return false;
  if (lua_type(L, -1) == LUA_TNUMBER) return pair[0] = pair[1] = pop_integer(L, name), true;
  if (!lua_istable(L, -1) || lua_rawlen(L, -1) != 2)
    lnb_error(L, "%s: option '%s' must be a number or {height, width}, got %s", lnb_callee(L), name,
              lnb_describe(L, -1));
  for (int i = 0; i < 2; i++) {
    lua_rawgeti(L, -1, i + 1);
    pair[i] = pop_integer(L, name);
  }
  return true;
}

static LnPatches check_patches(lua_State *L, const char *const *names) {
  LnPatches patches = {.stride = {1, 1}, .dilation = {1, 1}};
  if (!lua_istable(L, 2)) lnb_arg_error(L, 2, "options such as { kernel = 3 }");
  lnb_thaw(L, 2);
  lnb_option_names(L, 2, lnb_callee(L), names);
  if (!read_pair(L, "kernel", patches.kernel)) lnb_error(L, "%s: option 'kernel' is missing", lnb_callee(L));
  read_pair(L, "stride", patches.stride);
  read_pair(L, "padding", patches.padding);
  read_pair(L, "dilation", patches.dilation);
  return patches;
}

static int unfold(lua_State *L) {
  static const char *const names[] = {"kernel", "stride", "padding", "dilation", NULL};
  LnTensor *t = lnb_check_tensor(L, 1);
  LnPatches patches = check_patches(L, names);
  LNB_MAKE_TENSOR(L, ln_tensor_unfold(&made, t, &patches, &err));
  return 1;
}

static int fold(lua_State *L) {
  static const char *const names[] = {"size", "kernel", "stride", "padding", "dilation", "average", NULL};
  LnTensor *t = lnb_check_tensor(L, 1);
  LnPatches patches = check_patches(L, names);
  int64_t size[2];
  if (!read_pair(L, "size", size)) lnb_error(L, "fold: option 'size' is missing: {height, width} of the images");
  int type = lua_getfield(L, 2, "average");
  if (type != LUA_TNIL && type != LUA_TBOOLEAN)
    lnb_error(L, "fold: option 'average' must be true or false, got %s", lnb_describe(L, -1));
  bool average = lua_toboolean(L, -1);
  LNB_MAKE_TENSOR(L, ln_tensor_fold(&made, t, &patches, size, average, &err));
  return 1;
}

const LnbFunction lnb_tensor_pad_methods[] = {
    {.name = "pad", .call = pad,
     .usage = "t:pad(pads: integer|table, options?: { mode?: 'constant'|'reflect'|'symmetric'|'replicate'|'circular', "
              "value?: number }) -> tensor",
     .doc = "A larger copy. A number is for both sides of height and width, the last two dimensions: x:pad(1, { mode "
            "= 'reflect' }). A list has {before, behind}, or a number for both, for each of the last dimensions, in "
            "their order: x:pad{ { top, bottom }, { left, right } }. So NumPy's list, of a pair for every dimension, "
            "stays as it is, and PyTorch's F.pad(x, (left, right, top, bottom)) is turned round.\nAround abcd lie, by "
            "mode: constant 00abcd00 (`value`, by default 0), reflect cbabcdcb, symmetric baabcddc, replicate "
            "aaabcddd (NumPy's edge), circular cdabcdab (NumPy's wrap). Mirrors and circles go on where more is asked "
            "for than there is.",
     .example = "t:pad(1)",
     .numpy = "np.pad", .torch = "F.pad"},
    {.name = "unfold", .call = unfold,
     .usage = "t:unfold(options: { kernel: integer|integer[], stride?: integer|integer[], padding?: "
              "integer|integer[], dilation?: integer|integer[] }) -> tensor",
     .doc = "Images N,C,H,W, or C,H,W, as columns of patches: N,C*KH*KW,P, a column for each of the P places of the "
            "kernel, row by row; down a column come channels, then the patch's rows. Numbers are for height and "
            "width, or {height, width}; padding is zeros on all sides (t:pad has others). Example: x:unfold{ kernel = "
            "8, stride = 4 }. (PyTorch's Tensor.unfold is another function.)",
     .example = "clean:unfold{ kernel = 8, stride = 4 }.shape",
     .torch = "F.unfold"},
    {.name = "fold", .call = fold,
     .usage = "t:fold(options: { size: integer|integer[], kernel: integer|integer[], stride?: integer|integer[], "
              "padding?: integer|integer[], dilation?: integer|integer[], average?: boolean }) -> tensor",
     .doc = "Columns of patches back to images of a size {height, width}: what overlaps is added up, or, with average "
            "= true, its mean is taken, so that p = x:unfold{ kernel = 8 } folds to x again. Pixels in no patch are "
            "0. The other options are those of t:unfold.",
     .example = "local columns = clean:unfold{ kernel = 8, stride = 4 }\n"
                "columns:fold{ size = 32, kernel = 8, stride = 4, average = true }",
     .torch = "F.fold"},
    {0}};
