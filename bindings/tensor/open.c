/* Puts the class of tensors together: see parts.h. */
#include "bindings/tensor/open.h"

#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/tensor/parts.h"
#include "bindings/tensor/tensor.h"

void lnb_open_tensor(lua_State *L) {
  static const luaL_Reg getters[] = {{"shape", lnb_tensor_shape}, {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__len", lnb_tensor_length},
                                  {"__newindex", lnb_tensor_newindex},
                                  {"__tostring", lnb_tensor_tostring},
                                  {NULL, NULL}};
  luaL_setfuncs(L, lnb_tensor_constructors, 0);
  for (int normal = 0; normal <= 1; normal++) {
    lua_pushboolean(L, normal);
    lua_pushcclosure(L, lnb_tensor_random, 1);
    lua_setfield(L, -2, normal ? "randn" : "rand");
  }
  lnb_class_new(L, &lnb_tensor_class, meta, lnb_tensor_view_methods, getters);
  lnb_tensor_operators(L);
  lua_getfield(L, -1, "methods");
  luaL_setfuncs(L, lnb_tensor_text_methods, 0);
  lnb_tensor_math_methods(L);
  lua_pushlightuserdata(L, (void *)(uintptr_t)&lnb_tensor_class);
  lua_pushcclosure(L, lnb_box_free, 1);
  lua_setfield(L, -2, "free");
  lnb_name_functions(L);
  /* Indices that are no names go to index.c first. */
  lua_getfield(L, -2, "getters");
  lua_pushlightuserdata(L, (void *)(uintptr_t)&lnb_tensor_class);
  lua_pushcclosure(L, lnb_tensor_index, 3);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
