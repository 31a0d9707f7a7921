/* What the class of tensors is put together from, in open.c. */
#ifndef LUNET_BINDINGS_TENSOR_PARTS_H
#define LUNET_BINDINGS_TENSOR_PARTS_H

#include <lauxlib.h>
#include <lua.h>

extern const luaL_Reg lnb_tensor_constructors[]; /* tensor.c */
extern const luaL_Reg lnb_tensor_view_methods[]; /* tensor.c */
int lnb_tensor_random(lua_State *L);             /* rand and randn; upvalue 1: whether the numbers are normal */
int lnb_tensor_length(lua_State *L);
int lnb_tensor_shape(lua_State *L);

extern const luaL_Reg lnb_tensor_text_methods[]; /* text.c */
int lnb_tensor_tostring(lua_State *L);

int lnb_tensor_index(lua_State *L); /* index.c */
int lnb_tensor_newindex(lua_State *L);

void lnb_tensor_math_methods(lua_State *L); /* math.c: sets fields of the table on top */
void lnb_tensor_operators(lua_State *L);    /* sets metamethods of the table on top */

#endif
