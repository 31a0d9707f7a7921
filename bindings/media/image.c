/* core.image: images in Lua. */
#include "bindings/media/image.h"

#include <limits.h>
#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/tensor/tensor.h"
#include "image/formats.h"
#include "image/image.h"

/* image.read(path, gray, stored): a tensor C,H,W */
static int image_read(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LnImageOptions options = {.gray = lua_toboolean(L, 2), .stored = lua_toboolean(L, 3)};
  LNB_MAKE_TENSOR(L, ln_image_read(&made, path, options, &err));
  return 1;
}

/* image.write(path, image, bits) */
static int image_write(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LnTensor *image = lnb_check_values(L, 2);
  int64_t bits = lnb_check_integer(L, 3);
  LNB_CALL(L, ln_image_write(path, image, bits < 0 || bits > INT_MAX ? 0 : (int)bits, &err));
  return 0;
}

/* image.encode(image, name): the bytes of an 8-bit file of the format that the name ends in */
static int image_encode(lua_State *L) {
  LnTensor *image = lnb_check_values(L, 1);
  const char *name = lnb_check_string(L, 2);
  size_t n = 0;
  LNB_MAKE(L, lnb_text_class, uint8_t, ln_image_encode(&made, &n, name, image, 8, &err));
  lua_toclose(L, -1);
  lua_pushlstring(L, lnb_check(L, -1, &lnb_text_class), n);
  return 1;
}

/* image.formats(): a list of { name =, extensions = { ".png" }, bits =, colour =, orientation =, written = } */
static int image_formats(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; ln_image_formats[i] != NULL; i++) {
    const LnImageFormat *format = ln_image_formats[i];
    lua_newtable(L);
    lua_pushstring(L, format->name), lua_setfield(L, -2, "name");
    lua_newtable(L);
    for (int k = 0; format->extensions[k] != NULL; k++) {
      lua_pushstring(L, format->extensions[k]);
      lua_rawseti(L, -2, k + 1);
    }
    lua_setfield(L, -2, "extensions");
    lua_pushinteger(L, format->bits), lua_setfield(L, -2, "bits");
    lua_pushboolean(L, format->colour), lua_setfield(L, -2, "colour");
    lua_pushboolean(L, format->orientation), lua_setfield(L, -2, "orientation");
    lua_pushboolean(L, format->write != NULL), lua_setfield(L, -2, "written");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* image.resize(images, height, width[, "area" | "bilinear"]) */
static int image_resize(lua_State *L) {
  LnTensor *image = lnb_check_values(L, 1);
  int64_t height = lnb_check_integer(L, 2), width = lnb_check_integer(L, 3);
  const char *name = lua_isnoneornil(L, 4) ? "area" : lnb_check_string(L, 4);
  bool bilinear = strcmp(name, "bilinear") == 0;
  if (!bilinear && strcmp(name, "area") != 0) lnb_arg_error(L, 4, "'area' or 'bilinear'");
  LnResize method = bilinear ? LN_RESIZE_BILINEAR : LN_RESIZE_AREA;
  LNB_MAKE_TENSOR(L, ln_image_resize(&made, image, height, width, method, &err));
  return 1;
}

/* image.grid({ rows... }[, columns[, gap]]): each row is N,C,H,W */
static int image_grid(lua_State *L) {
  if (!lua_istable(L, 1)) lnb_arg_error(L, 1, "a table of tensors N,C,H,W");
  int n = (int)lua_rawlen(L, 1);
  int64_t columns = lnb_opt_integer(L, 2, 0), gap = lnb_opt_integer(L, 3, 2);
  LnTensor **rows = lnb_scratch(L, (size_t)n, sizeof(LnTensor *));
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "grid: row %d must be a tensor, got %s", i + 1, lnb_describe(L, -1));
    rows[i] = box->object;
    lua_pop(L, 1); /* the table keeps it */
  }
  LNB_MAKE_TENSOR(L, ln_image_grid(&made, rows, n, columns, gap, &err));
  return 1;
}

void lnb_open_image(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "read", .call = image_read},
                                          {.name = "write", .call = image_write},
                                          {.name = "encode", .call = image_encode},
                                          {.name = "resize", .call = image_resize},
                                          {.name = "grid", .call = image_grid},
                                          {.name = "formats", .call = image_formats},
                                          {0}};
  lua_newtable(L);
  lnb_functions(L, "image.", functions);
  lua_setfield(L, -2, "image");
}
