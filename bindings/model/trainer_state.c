/* The state of trainers as tables: see trainer_state.h. */
#include "bindings/model/trainer_state.h"

#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/tensor/tensor.h"

/* A view of one of the tensors. */
static LnTensor *push_view(lua_State *L, LnUpdate *update, int index) {
  LNB_MAKE_TENSOR(L, ln_update_state_tensor(&made, update, index, &err));
  return lnb_check_tensor(L, -1);
}

void lnb_push_trainer_state(lua_State *L, LnUpdate *update) {
  LNB_CALL(L, ln_update_prepare(update, &err));
  lua_newtable(L);
  for (int i = 0; i < ln_update_state_numbers(update); i++) {
    double number = ln_update_state_number(update, i);
    if (ln_update_state_number_counts(update, i)) lua_pushinteger(L, (lua_Integer)number);
    else lua_pushnumber(L, number);
    lua_setfield(L, -2, ln_update_state_number_name(update, i).text);
  }
  for (int i = 0; i < ln_update_state_tensors(update); i++) {
    LnTensor *view = push_view(L, update, i);
    LNB_MAKE_TENSOR(L, ln_tensor_clone(&made, view, &err));
    lua_setfield(L, -3, ln_update_state_tensor_name(update, i).text);
    lua_pop(L, 1);
  }
}

static int missing(lua_State *L, const char *name, const char *expected) {
  return lnb_error(L, "restore: '%s' must be %s, got %s", name, expected, lnb_describe(L, -1));
}

static void check_numbers(lua_State *L, const LnUpdate *update, int table) {
  for (int i = 0; i < ln_update_state_numbers(update); i++) {
    LnStateName name = ln_update_state_number_name(update, i);
    if (lua_getfield(L, table, name.text) != LUA_TNUMBER) missing(L, name.text, "a number");
    LNB_CALL(L, ln_update_check_state_number(update, i, lua_tonumber(L, -1), &err));
    lua_pop(L, 1);
  }
}

/* Leaves a list of views on the stack: all that may fail is over. */
static void check_tensors(lua_State *L, LnUpdate *update, int table) {
  lua_newtable(L);
  for (int i = 0; i < ln_update_state_tensors(update); i++) {
    LnStateName name = ln_update_state_tensor_name(update, i);
    const LnTensor *to = push_view(L, update, i);
    lua_getfield(L, table, name.text);
    if (lnb_test(L, -1, &lnb_tensor_class) == NULL) missing(L, name.text, "a tensor");
    const LnTensor *from = lnb_check_tensor(L, -1);
    if (!ln_shape_equal(from->shape, to->shape))
      lnb_error(L, "restore: '%s' must be of shape %s, got %s", name.text, LN_SHAPE_TEXT(to->shape),
                LN_SHAPE_TEXT(from->shape));
    lua_pop(L, 1);
    lua_rawseti(L, -2, i + 1);
  }
}

/* With all that belongs there, is there more? */
static void check_count(lua_State *L, const LnUpdate *update, int table) {
  int count = 0, known = ln_update_state_numbers(update) + ln_update_state_tensors(update);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
  if (count == known) return;
  lua_newtable(L); /* the names that belong there */
  for (int i = 0; i < known; i++) {
    int tensor = i - ln_update_state_numbers(update);
    LnStateName name = tensor < 0 ? ln_update_state_number_name(update, i) : ln_update_state_tensor_name(update, tensor);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, name.text);
  }
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -4) == LUA_TNIL)
      lnb_error(L, "restore: this trainer has no %s in its state; was it made with other options?", lnb_describe(L, -3));
    lua_pop(L, 1);
  }
}

void lnb_restore_trainer_state(lua_State *L, LnUpdate *update, int index) {
  lnb_check_table(L, index);
  LNB_CALL(L, ln_update_prepare(update, &err));
  check_numbers(L, update, index);
  check_count(L, update, index);
  check_tensors(L, update, index);
  int views = lua_gettop(L);
  for (int i = 0; i < ln_update_state_tensors(update); i++) {
    lua_rawgeti(L, views, i + 1);
    lua_getfield(L, index, ln_update_state_tensor_name(update, i).text);
    LnTensor *to = lnb_check_tensor(L, -2), *from = lnb_check_tensor(L, -1);
    LNB_CALL(L, ln_tensor_copy(to, from, &err));
    lua_pop(L, 2);
  }
  for (int i = 0; i < ln_update_state_numbers(update); i++) {
    lua_getfield(L, index, ln_update_state_number_name(update, i).text);
    ln_update_set_state_number(update, i, lua_tonumber(L, -1));
    lua_pop(L, 1);
  }
}
