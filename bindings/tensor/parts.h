/* What the class of tensors is put together from, in open.c. */
#ifndef LUNET_BINDINGS_TENSOR_PARTS_H
#define LUNET_BINDINGS_TENSOR_PARTS_H

#include <lua.h>

#include "bindings/base/function.h"

extern const LnbFunction lnb_tensor_constructors[]; /* tensor.c */
extern const LnbFunction lnb_tensor_view_methods[]; /* tensor.c */
int lnb_tensor_length(lua_State *L);
int lnb_tensor_shape(lua_State *L);

extern const LnbFunction lnb_tensor_create_functions[]; /* create.c */
extern const LnbFunction lnb_tensor_layout_functions[]; /* layout.c */
extern const LnbFunction lnb_tensor_layout_methods[];
extern const LnbFunction lnb_tensor_pad_methods[]; /* pad.c */
extern const LnbFunction lnb_tensor_select_functions[]; /* select.c */
extern const LnbFunction lnb_tensor_select_methods[];

extern const LnbFunction lnb_tensor_text_functions[], lnb_tensor_text_methods[]; /* text.c */
int lnb_tensor_tostring(lua_State *L);

int lnb_tensor_index(lua_State *L); /* index.c */
int lnb_tensor_newindex(lua_State *L);

extern const LnbFunction lnb_tensor_linalg_methods[]; /* linalg.c */
extern const LnbFunction lnb_tensor_fft_functions[];  /* fft.c */
extern const LnbFunction lnb_tensor_conv2d_methods[]; /* conv2d.c */

extern const LnbFunction lnb_tensor_tape_methods[]; /* tape.c */
void lnb_open_tape(lua_State *L); /* the class of tapes, and core.tape; the module table is on top */

extern const LnbFunction lnb_tensor_reduce_methods[]; /* reduce.c */
extern const LnbFunction lnb_tensor_order_methods[];  /* order.c */

void lnb_tensor_math_methods(lua_State *L); /* math.c: sets fields of the table on top */
void lnb_tensor_operators(lua_State *L);    /* sets metamethods of the table on top */

#endif
