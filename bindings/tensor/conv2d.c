/* Convolution of tensors in Lua. */
#include "model/tensor_conv2d.h"

#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

/* An integer, or two for rows and columns, from the option on top. */
static void check_pair(lua_State *L, const char *name, const char *or_words, int64_t pair[2]) {
  int whole = 1, both = 1;
  if (lua_istable(L, -1) && lua_rawlen(L, -1) == 2) {
    lua_rawgeti(L, -1, 1), lua_rawgeti(L, -2, 2);
    pair[0] = lua_tointegerx(L, -2, &whole), pair[1] = lua_tointegerx(L, -1, &both);
    lua_pop(L, 2);
  } else {
    pair[0] = pair[1] = lua_tointegerx(L, -1, &whole);
    whole = whole && lua_type(L, -1) == LUA_TNUMBER;
  }
  if (!whole || !both)
    lnb_error(L, "conv2d: option '%s' must be an integer or {rows, columns}%s, got %s", name, or_words,
              lnb_describe(L, -1));
}

static void read_pair(lua_State *L, int options, const char *name, int64_t pair[2]) {
  if (lua_getfield(L, options, name) != LUA_TNIL) check_pair(L, name, "", pair);
  lua_pop(L, 1);
}

static void read_padding(lua_State *L, int options, LnConv2d *how) {
  const char *word = lua_getfield(L, options, "padding") == LUA_TSTRING ? lua_tostring(L, -1) : "";
  how->same = strcmp(word, "same") == 0;
  if (!how->same && strcmp(word, "valid") != 0 && !lua_isnil(L, -1))
    check_pair(L, "padding", ", 'same' or 'valid'", how->padding);
  lua_pop(L, 1);
}

/* The bias stays on the stack. */
static LnTensor *read_options(lua_State *L, int options, LnConv2d *how) {
  static const char *const names[] = {"bias", "stride", "padding", "dilation", "groups", NULL};
  lnb_option_names(L, options, "conv2d", names);
  read_pair(L, options, "stride", how->stride);
  read_pair(L, options, "dilation", how->dilation);
  read_padding(L, options, how);
  how->groups = lnb_option_integer(L, options, "groups", 1);
  if (lua_getfield(L, options, "bias") == LUA_TNIL) return NULL;
  LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
  if (box == NULL || box->object == NULL)
    lnb_error(L, "conv2d: option 'bias' must be a tensor, got %s", lnb_describe(L, -1));
  return box->object;
}

static int conv2d(lua_State *L) {
  LnTensor *x = lnb_check_tensor(L, 1), *w = lnb_check_tensor(L, 2), *bias = NULL;
  LnConv2d how = {.stride = {1, 1}, .dilation = {1, 1}, .groups = 1};
  if (!lua_isnoneornil(L, 3)) {
    lnb_check_table(L, 3);
    bias = read_options(L, 3, &how);
  }
  LNB_MAKE_TENSOR(L, ln_tensor_conv2d(&made, x, w, bias, &how, &err));
  return 1;
}

const LnbFunction lnb_tensor_conv2d_methods[] = {
    {.name = "conv2d", .call = conv2d,
     .usage = "t:conv2d(w: tensor, options?: { bias?: tensor, stride?: integer|integer[], "
              "padding?: integer|integer[]|'same'|'valid', dilation?: integer|integer[], groups?: integer }) -> tensor",
     .doc = "The cross-correlation of images N,C,H,W, C,H,W or H,W with filters O,C,K,L, as PyTorch's conv2d "
            "(SciPy's convolve flips the filter): N,O,P,Q, or O,P,Q. A filter K,L works on every channel by itself. "
            "Options are numbers or { rows, columns }: `stride`, `dilation`, and `padding`, zeros on each side, by "
            "default none; 'same' gives size / stride, rounded up. `groups` of channels have filters O,C/groups,K,L "
            "of their own. Filters have up to 32 rows and columns.",
     .example = "clean:conv2d(ln.ones(1, 1, 3, 3) / 9)",
     .numpy = "scipy.signal.correlate2d", .torch = "torch.nn.functional.conv2d"},
    {0}};
