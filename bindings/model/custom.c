/* Layers made of Lua functions: see custom.h. Here values go in and out; what the functions get and must give is told,
 * and checked, by bindings/lunet/nn/custom.lua. They run in protected mode, on the thread that asked for a step or a
 * prediction: what they raise becomes a failure of the runtime, which names the layer. */
#include "bindings/model/custom.h"

#include <string.h>

#include <lauxlib.h>

#include "base/interrupt.h"
#include "bindings/base/call.h"
#include "bindings/base/callback.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "nn/activation.h"

/* Key in the registry: from the addresses of tables, as light userdata, to the tables; values are weak. */
static const char layers_key;

/* What a function gets from C, and gives back. */
typedef struct Call {
  const void *functions; /* the address of the table */
  LnShape in, *shape;
  const LnBatchPass *pass;
  LnTensor *dy, **out, **grads; /* out: y or dx */
  const LnCustomWanted *wanted;
  LnItem **item;
} Call;

/* ---- Calls ---- */

static void push_functions(lua_State *L, const void *address) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &layers_key);
  lua_rawgetp(L, -1, address);
  lua_remove(L, -2);
}

/* Pushes one of the layer's functions. */
static void push_function(lua_State *L, const Call *call, const char *name) {
  push_functions(L, call->functions);
  if (!lua_istable(L, -1)) luaL_error(L, "its functions are gone");
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

/* A new reference to the tensor at an index; NULL for nil. The Lua half has checked that it is one of them. */
static LnTensor *take_tensor(lua_State *L, int index) {
  const LnbBox *box = lnb_test(L, index, &lnb_tensor_class);
  return box == NULL || box->object == NULL ? NULL : ln_tensor_ref(box->object);
}

/* shape(in) -> out */
static int call_shape(lua_State *L) {
  Call *call = lua_touserdata(L, 1);
  push_function(L, call, "shape");
  lnb_push_shape(L, call->in);
  lua_call(L, 1, 1);
  *call->shape = lnb_check_shape(L, lua_gettop(L), 1);
  return 0;
}

static void push_tensors(lua_State *L, const LnBatchPass *pass) {
  lua_createtable(L, pass->n_tensors, 0);
  for (int i = 0; i < pass->n_tensors; i++) {
    lnb_push_tensor(L, pass->tensors[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

/* What forward has put in the place of states: entries of the table at the top of the stack. */
static void take_states(lua_State *L, const LnBatchPass *pass) {
  for (int i = 0; i < pass->n_tensors; i++) {
    lua_rawgeti(L, -1, i + 1);
    LnTensor *state = take_tensor(L, -1);
    if (state != NULL) ln_tensor_unref(pass->tensors[i]), pass->tensors[i] = state;
    lua_pop(L, 1);
  }
}

/* forward(x, tensors, training, seed, wants_grads, wants_dx) -> y, states, saved */
static int call_forward(lua_State *L) {
  const Call *call = lua_touserdata(L, 1);
  const LnBatchPass *pass = call->pass;
  push_function(L, call, "forward");
  lnb_push_tensor(L, pass->x);
  push_tensors(L, pass);
  lua_pushboolean(L, pass->training);
  lua_pushinteger(L, (lua_Integer)(pass->seed >> 1)); /* never negative */
  lua_pushboolean(L, pass->wants_grads);
  lua_pushboolean(L, pass->wants_dx);
  lua_call(L, 6, 3);
  if (!lua_isnil(L, -1)) *pass->saved = (void *)(intptr_t)luaL_ref(L, LUA_REGISTRYINDEX);
  lua_settop(L, 3);
  take_states(L, pass);
  *call->out = take_tensor(L, 2);
  return *call->out == NULL ? luaL_error(L, "forward gave no tensor") : 0;
}

/* backward(dy, saved) -> dx or nil, { gradients, in the order of the tensors } */
static int call_backward(lua_State *L) {
  const Call *call = lua_touserdata(L, 1);
  push_function(L, call, "backward");
  lnb_push_tensor(L, call->dy);
  lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)(intptr_t)*call->pass->saved);
  lua_call(L, 2, 2);
  for (int i = 0; i < call->pass->n_tensors; i++) {
    lua_rawgeti(L, 3, i + 1);
    call->grads[i] = take_tensor(L, -1);
    lua_pop(L, 1);
  }
  *call->out = take_tensor(L, 2);
  return 0;
}

/* Whoever tries out shapes takes a failure for an answer: an interrupt must reach what comes after, too. */
static LnStatus shape(LnShape *out, void *context, LnShape in, LnError *err) {
  LnStatus status = lnb_call_back(call_shape, 0, &(Call){.functions = context, .in = in, .shape = out}, err);
  if (status == LN_EINTERRUPTED) ln_interrupt();
  return status;
}

static LnStatus forward(LnTensor **y, void *context, const LnBatchPass *pass, LnError *err) {
  return lnb_call_back(call_forward, 0, &(Call){.functions = context, .pass = pass, .out = y}, err);
}

static LnStatus backward(LnTensor **dx, LnTensor **grads, LnTensor *dy, void *context, const LnBatchPass *pass,
                         LnError *err) {
  return lnb_call_back(call_backward, 0, &(Call){.functions = context, .pass = pass, .dy = dy, .out = dx, .grads = grads}, err);
}

static void forget(void *context, void *saved) {
  (void)context;
  luaL_unref(lnb_caller, LUA_REGISTRYINDEX, (int)(intptr_t)saved);
}

/* ---- Making and keeping them ---- */

void lnb_push_custom(lua_State *L, LnItem *item) {
  const LnCustom *custom = ln_custom_of(item);
  if (custom == NULL)
    lua_pushnil(L);
  else
    push_functions(L, custom->context);
}

void lnb_push_layer(lua_State *L, LnItem *layer) {
  lnb_push_item(L, layer);
  lnb_push_custom(L, layer);
  lua_setiuservalue(L, -2, 1);
}

void lnb_keep_customs(lua_State *L, LnNetwork *net) {
  int n = ln_network_layers(net), kept = 0;
  lua_newtable(L);
  for (int i = 0; i < n; i++) {
    lnb_push_custom(L, ln_network_layer(net, i).item);
    if (lua_isnil(L, -1))
      lua_pop(L, 1);
    else
      lua_rawseti(L, -2, ++kept);
  }
  lua_setiuservalue(L, -2, 1);
}

/* The tensor described by the table at the top of the stack: { name =, trained =, shape =, init = word number or nil,
 * start = tensor or nil }. The strings are the table's. */
static LnDecl check_decl(lua_State *L) {
  LnDecl decl = {.role = LN_PARAMETER};
  int table = lua_gettop(L);
  lua_getfield(L, table, "name");
  decl.name = lnb_check_string(L, -1);
  lua_getfield(L, table, "trained");
  if (!lua_toboolean(L, -1)) decl.role = LN_STATE;
  lua_getfield(L, table, "shape");
  decl.shape = lnb_check_shape(L, lua_gettop(L), 1);
  lua_getfield(L, table, "init");
  decl.init = (LnInit)luaL_optinteger(L, -1, LN_INIT_ZEROS);
  lua_getfield(L, table, "start");
  if (!lua_isnil(L, -1)) decl.start = lnb_check_tensor(L, lua_gettop(L));
  lua_settop(L, table);
  return decl;
}

/* custom(functions): a layer of { name =, tensors = { ... }, shape =, forward =, backward = }. */
static int custom(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  LnCustom made_of = {.shape = shape, .forward = forward, .backward = backward, .forget = forget,
                      .context = (void *)(uintptr_t)lua_topointer(L, 1)};
  lua_getfield(L, 1, "name");
  made_of.name = lnb_check_string(L, 2);
  lua_getfield(L, 1, "tensors");
  made_of.n_tensors = (int)lua_rawlen(L, 3);
  if (made_of.n_tensors > LN_MAX_TENSORS)
    lnb_error(L, "nn.custom: %s has %d weights and states; at most %d are possible", made_of.name, made_of.n_tensors,
              LN_MAX_TENSORS);
  for (int i = 0; i < made_of.n_tensors; i++) {
    lua_rawgeti(L, 3, i + 1);
    made_of.tensors[i] = check_decl(L);
    lua_pop(L, 1);
  }
  lua_rawgetp(L, LUA_REGISTRYINDEX, &layers_key);
  lua_pushvalue(L, 1);
  lua_rawsetp(L, -2, made_of.context);
  LNB_MAKE(L, lnb_item_class, LnItem, ln_custom_new(&made, &made_of, &err));
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

/* ---- Layers that files name ---- */

/* { { name =, trained =, shape = }, ... } */
static void push_wanted(lua_State *L, const LnCustomWanted *wanted) {
  lua_createtable(L, wanted->n_tensors, 0);
  for (int i = 0; i < wanted->n_tensors; i++) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, wanted->tensors[i].name);
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, wanted->tensors[i].role == LN_PARAMETER);
    lua_setfield(L, -2, "trained");
    lnb_push_shape(L, wanted->tensors[i].shape);
    lua_setfield(L, -2, "shape");
    lua_rawseti(L, -2, i + 1);
  }
}

/* Upvalue 1: the function; upvalue 2: the table that keeps what it gives. */
static int call_find(lua_State *L) {
  const Call *call = lua_touserdata(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushstring(L, call->wanted->name);
  lua_pushinteger(L, call->wanted->layer);
  push_wanted(L, call->wanted);
  lua_call(L, 3, 1);
  *call->item = ln_item_ref(lnb_check(L, 2, &lnb_item_class));
  lua_pushvalue(L, 2);
  lua_rawseti(L, lua_upvalueindex(2), call->wanted->layer);
  return 0;
}

LnStatus lnb_find_custom(LnItem **out, void *source, const LnCustomWanted *wanted, LnError *err) {
  const LnbCustomSource *from = source;
  Call call = {.wanted = wanted, .item = out};
  if (!lua_checkstack(lnb_caller, 2)) return ln_fail(err, LN_EMEMORY, "out of stack in Lua");
  lua_pushvalue(lnb_caller, from->function);
  lua_pushvalue(lnb_caller, from->kept);
  return lnb_call_back(call_find, 2, &call, err);
}

/* init_words(): what a layer's tensors may begin with, in the order of their numbers. */
static int init_words(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; ln_init_names[i] != NULL; i++) {
    lua_pushstring(L, ln_init_names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

void lnb_open_custom(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "custom", .call = custom}, {.name = "init_words", .call = init_words}, {0}};
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &layers_key);
  lnb_functions(L, "", functions);
}
