/* Tensors in Lua: the class, and values as tensors. */
#ifndef LUNET_BINDINGS_TENSOR_TENSOR_H
#define LUNET_BINDINGS_TENSOR_TENSOR_H

#include <lua.h>

#include "bindings/base/box.h"
#include "bindings/base/call.h"
#include "tensor/tensor.h"

extern const LnbClass lnb_tensor_class;

LnTensor *lnb_check_tensor(lua_State *L, int arg);
/* For what no gradient passes: raises for a tensor that derives from an argument of ln.grad, for its gradient would be
 * lost without a word. */
LnTensor *lnb_check_values(lua_State *L, int arg);
/* Images: such a tensor, or a dataset (bindings/lunet/data/set.lua), whose images take its place on the stack. */
LnTensor *lnb_check_images(lua_State *L, int arg);
void lnb_take_dataset(lua_State *L, int arg); /* puts the images of a dataset in its place; leaves all else */
LnTensor *lnb_tensor_new(lua_State *L, LnShape shape); /* zeros; pushes its box */
void lnb_push_tensor(lua_State *L, LnTensor *t);       /* with a reference of its own */
/* The tensor, or the number or nested table at `index` as a tensor: replaces it on the stack. */
LnTensor *lnb_to_tensor(lua_State *L, int index);

/* The tensor on top, or, where it is one number that no tape follows, the number. Returns 1. */
int lnb_number_or_tensor(lua_State *L);

#define LNB_MAKE_TENSOR(L, call) LNB_MAKE(L, lnb_tensor_class, LnTensor, call)
/* The same for several results of one call, which stores them in made[0], made[1], ... */
#define LNB_MAKE_TENSORS(L, n, call)                                                       \
  do {                                                                                     \
    LnTensor *made[n] = {NULL};                                                            \
    LnbBox *made_boxes[n];                                                                 \
    for (int i_ = 0; i_ < (n); i_++) made_boxes[i_] = lnb_box_new((L), &lnb_tensor_class); \
    LNB_CALL(L, call);                                                                     \
    for (int i_ = 0; i_ < (n); i_++) made_boxes[i_]->object = made[i_];                    \
  } while (0)

#endif
