/* Puts the class of tensors together: see parts.h. */
#include "bindings/tensor/open.h"

#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

void lnb_open_tensor(lua_State *L) {
  static const LnbFunction getters[] = {
      {.name = "shape", .call = lnb_tensor_shape,
       .usage = "t.shape -> integer[]",
       .doc = "The list of sizes, one a dimension; #t is the first of them.",
       .numpy = "ndarray.shape", .torch = "Tensor.shape"},
      {0}};
  static const LnbFunction free_row =    {.name = "free", .call = NULL,
     .usage = "t:free()",
     .doc = "Give the memory back now instead of at the next collection. Using the tensor afterwards is an error; "
            "views of it stay."};
  static const luaL_Reg meta[] = {{"__len", lnb_tensor_length},
                                  {"__newindex", lnb_tensor_newindex},
                                  {"__tostring", lnb_tensor_tostring},
                                  {NULL, NULL}};
  lnb_functions(L, "", lnb_tensor_constructors);
  lnb_functions(L, "", lnb_tensor_fft_functions);
  lnb_functions(L, "", lnb_tensor_create_functions);
  lnb_functions(L, "", lnb_tensor_layout_functions);
  lnb_functions(L, "", lnb_tensor_select_functions);
  lnb_functions(L, "", lnb_tensor_text_functions);
  lnb_open_tape(L);
  lnb_class_new(L, &lnb_tensor_class, meta, lnb_tensor_view_methods, getters);
  lnb_tensor_operators(L);
  lua_getfield(L, -1, "methods");
  lnb_functions(L, "t:", lnb_tensor_layout_methods);
  lnb_functions(L, "t:", lnb_tensor_pad_methods);
  lnb_functions(L, "t:", lnb_tensor_select_methods);
  lnb_functions(L, "t:", lnb_tensor_text_methods);
  lnb_functions(L, "t:", lnb_tensor_tape_methods);
  lnb_functions(L, "t:", lnb_tensor_reduce_methods);
  lnb_functions(L, "t:", lnb_tensor_order_methods);
  lnb_functions(L, "t:", lnb_tensor_linalg_methods);
  lnb_functions(L, "t:", lnb_tensor_conv2d_methods);
  lnb_tensor_math_methods(L);
  lua_pushlightuserdata(L, (void *)(uintptr_t)&lnb_tensor_class);
  lua_pushcclosure(L, lnb_box_free, 1);
  lnb_page(L, "t:", &free_row);
  lua_setfield(L, -2, "free");
  lnb_name_functions(L);
  lua_pop(L, 1);
  lnb_class_set_index(L, &lnb_tensor_class, lnb_tensor_index); /* elements and parts */
  lua_pop(L, 1);
}
