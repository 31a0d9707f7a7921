/* Tensors in files: see tensor_file.h. Names are taken in the order of their bytes, never in that of lua_next, which
 * differs from run to run: the same tensors give the same file, and of several mistakes the same one is told. */
#include "bindings/media/tensor_file.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/model/network.h"
#include "bindings/tensor/tensor.h"
#include "store/npy.h"
#include "store/tensor_file.h"

static void release_list(void *list) {
  ln_tensor_list_free(list);
}

/* What was read, while it goes over to Lua. */
const LnbClass lnb_tensor_list_class = {.name = "lunet.tensor_list", .noun = "tensor list", .release = release_list};

void lnb_push_tensor_list(lua_State *L, const LnTensorList *list) {
  lua_createtable(L, 0, list->count);
  for (int i = 0; i < list->count; i++) {
    lua_pushstring(L, list->entries[i].name);
    lnb_push_tensor(L, list->entries[i].tensor);
    lua_rawset(L, -3);
  }
}

/* ---- Saving ---- */

static int by_name(const void *a, const void *b) {
  return strcmp(((const LnNamedTensor *)a)->name, ((const LnNamedTensor *)b)->name);
}

/* How many entries the table at 2 has; their keys are names. */
static int check_keys(lua_State *L) {
  int n = 0;
  for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1), n++) {
    if (lua_type(L, -2) != LUA_TSTRING)
      lnb_error(L, "save: named tensors are a table such as { a = t, b = u }, whose keys are text");
    if (lnb_has_nul(L, -2)) lnb_error(L, "save: the name of a tensor must not contain a NUL byte");
  }
  if (n == 0) lnb_error(L, "save: the table is empty; expected named tensors such as { a = t, b = u }");
  return n;
}

LnNamedTensor *lnb_check_named_tensors(lua_State *L, int *count) {
  int n = check_keys(L), i = 0;
  LnNamedTensor *list = lnb_scratch(L, (size_t)n, sizeof *list);
  for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) list[i++].name = lua_tostring(L, -2);
  qsort(list, (size_t)n, sizeof *list, by_name);
  for (i = 0; i < n; i++) {
    lua_pushstring(L, list[i].name);
    lua_rawget(L, 2);
    LnbBox *box = lnb_test(L, -1, &lnb_tensor_class);
    if (box == NULL || box->object == NULL)
      lnb_error(L, "save: '%s' must be a tensor, got %s", list[i].name, lnb_describe(L, -1));
    list[i].tensor = box->object;
    lua_pop(L, 1);
  }
  *count = n;
  return list;
}

static void save_named(lua_State *L, const char *path) {
  int n = 0;
  LnTensorFormat format = ln_tensor_format_of_path(path);
  if (format == LN_TENSOR_FORMAT_NPY)
    lnb_error(L, "save: a .npy file holds one tensor without a name; named tensors go into .safetensors or .npz, got "
                 "'%s'", path);
  if (format == LN_TENSOR_FORMAT_NONE)
    lnb_error(L, "save: the path of named tensors must end in .safetensors or .npz, got '%s'", path);
  const LnNamedTensor *list = lnb_check_named_tensors(L, &n);
  LNB_CALL(L, ln_tensor_file_save(path, list, n, &err));
}

static void save_one(lua_State *L, const char *path) {
  const LnTensor *t = lnb_check_tensor(L, 2);
  LnTensorFormat format = ln_tensor_format_of_path(path);
  if (format == LN_TENSOR_FORMAT_NONE) lnb_error(L, "save: the path of a tensor must end in .npy, got '%s'", path);
  if (format != LN_TENSOR_FORMAT_NPY)
    lnb_error(L, "save: tensors in '%s' have names: give a table of them, such as { a = t }", path);
  LNB_CALL(L, ln_npy_save(path, t, &err));
}

/* By its own method, which the Lua half of the module defines. */
static void save_network(lua_State *L) {
  lua_getfield(L, 2, "save");
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 1);
  lua_call(L, 2, 0);
}

static int save(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  if (!lua_isnoneornil(L, 3))
    lnb_error(L, "save: takes a path and a value, got %s as well; it has no options", lnb_describe(L, 3));
  if (lnb_test(L, 2, &lnb_tensor_class) != NULL)
    save_one(L, path);
  else if (lnb_test(L, 2, &lnb_network_class) != NULL)
    save_network(L);
  else if (lua_istable(L, 2))
    save_named(L, path);
  else
    lnb_arg_error(L, 2, "a tensor, a table of named tensors such as { a = t }, or a network");
  return lua_settop(L, 1), 1;
}

/* ---- Loading ---- */

static int load_tensors(lua_State *L) {
  LnTensorFormat format = LN_TENSOR_FORMAT_NONE;
  const char *path = lnb_check_path(L, 1);
  if (!lua_isnoneornil(L, 2))
    lnb_error(L, "load_tensors: takes a path, got %s as well; it has no options", lnb_describe(L, 2));
  LNB_MAKE(L, lnb_tensor_list_class, LnTensorList, ln_tensor_file_load(&made, &format, path, &err));
  const LnTensorList *list = lnb_check(L, -1, &lnb_tensor_list_class);
  if (format == LN_TENSOR_FORMAT_NPY)
    lnb_push_tensor(L, list->entries[0].tensor);
  else
    lnb_push_tensor_list(L, list);
  return 1;
}

void lnb_open_tensor_file(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "save", .call = save,
       .usage = "ln.save(path: string, value: tensor|table|network) -> string",
       .doc = "Write a tensor into a .npy file, a table of named tensors, { a = t, b = u }, into a .npz or "
              ".safetensors file, or a network, as net:save does. Python reads them with numpy.load and safetensors. "
              "Numbers are float32, masks bool. Equal tensors give equal bytes, for names are taken in alphabetic "
              "order. The file is written atomically: all of it, or it stays as it was. Returns the path. A path of "
              "another ending, a table whose keys are no names, and a path that cannot be written are errors.",
       .example = "ln.save(folder .. \"/t.npy\", t)\n"
                  "ln.load_tensors(folder .. \"/t.npy\")",
       .numpy = "np.save, np.savez", .torch = "torch.save"},
      {.name = "load_tensors", .call = load_tensors,
       .usage = "ln.load_tensors(path: string) -> tensor|table",
       .doc = "The tensor of a .npy file; of a .npz or .safetensors file, also one that net:save wrote, a table of its "
              "tensors by their names. What the file begins with decides. bool becomes a mask; float16, bfloat16 and "
              "float64, whole numbers, Fortran order and either byte order are converted. Errors: numbers that float32 "
              "cannot hold (whole numbers beyond 2^24 that it would round, float64 that would become infinite), which "
              "are named with their element; complex numbers, text, dates, objects, structures, more than 8 "
              "dimensions; a damaged file; more than ln.limits() allows.",
       .example = "ln.save(folder .. \"/both.npz\", { t = t, u = u })\n"
                  "ln.load_tensors(folder .. \"/both.npz\").u",
       .numpy = "np.load", .torch = "torch.load"},
      {0}};
  lnb_class_new(L, &lnb_tensor_list_class, NULL, NULL, NULL);
  lua_pop(L, 1);
  lnb_functions(L, "", functions);
}
