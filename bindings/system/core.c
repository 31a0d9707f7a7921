/* lunet.core: the C half of the module. */
#include "bindings/system/core.h"

#include <stdlib.h>

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/interrupt.h"
#include "bindings/base/function.h"
#include "bindings/base/json.h"
#include "bindings/base/value.h"
#include "bindings/items/call.h"
#include "bindings/items/chain.h"
#include "bindings/items/custom_loss.h"
#include "bindings/items/item.h"
#include "bindings/items/kind.h"
#include "bindings/items/loss.h"
#include "bindings/media/batch.h"
#include "bindings/media/chafa.h"
#include "bindings/media/checkpoint.h"
#include "bindings/media/data.h"
#include "bindings/media/image.h"
#include "bindings/media/tensor_file.h"
#include "bindings/model/custom.h"
#include "bindings/model/network.h"
#include "bindings/model/network_tensors.h"
#include "bindings/model/predict.h"
#include "bindings/model/model.h"
#include "bindings/model/node.h"
#include "bindings/model/node_operators.h"
#include "bindings/model/trainer.h"
#include "bindings/system/children.h"
#include "bindings/system/files.h"
#include "bindings/system/interrupt.h"
#include "bindings/system/keys.h"
#include "bindings/system/lock.h"
#include "bindings/system/statistic.h"
#include "bindings/system/system.h"
#include "bindings/system/terminal.h"
#include "bindings/tensor/open.h"
#include "lunet.h"

/* core.methods: the method tables of the classes, for the Lua half to add to. */
static void push_methods(lua_State *L) {
  static const char *const classes[] = {"tensor", "item", "node", "network", "trainer"};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    luaL_getmetatable(L, lua_pushfstring(L, "lunet.%s", classes[i]));
    lua_getfield(L, -1, "methods");
    lua_setfield(L, -4, classes[i]);
    lua_pop(L, 2);
  }
}

/* What the environment asks for, checked now: a wrong value is told at start. An empty one asks for nothing. */
static void read_environment(lua_State *L) {
  const char *isa = getenv("LUNET_ISA"), *threads = getenv("LUNET_THREADS");
  if (isa != NULL && *isa != '\0') LNB_CALL(L, ln_kernels_select(isa, &err));
  if (threads != NULL && *threads != '\0') LNB_CALL(L, ln_threads_select(threads, &err));
}

int luaopen_lunet_core(lua_State *L) {
  lnb_open_interrupt(L);
  read_environment(L);
  lua_newtable(L);
  lnb_open_describe(L);
  lnb_open_class(L);
  lnb_open_value(L);
  lnb_open_json(L);
  lnb_open_tensor(L);
  lnb_open_kinds(L);
  lnb_open_item(L);
  lnb_open_calls(L);
  lnb_open_loss(L);
  lnb_open_chain(L);
  lnb_open_custom_loss(L);
  lnb_open_custom(L);
  lnb_open_node(L);
  lnb_open_node_operators(L);
  lnb_open_model(L);
  lnb_open_network(L);
  lnb_open_network_tensors(L);
  lnb_open_predict(L);
  lnb_open_trainer(L);
  lnb_open_kind_list(L);
  lnb_open_image(L);
  lnb_open_chafa(L);
  lnb_open_data(L);
  lnb_open_batch(L);
  lnb_open_tensor_file(L);
  lnb_open_checkpoint(L);
  lnb_open_system(L);
  lnb_open_files(L);
  lnb_open_statistic(L);
  lnb_open_interrupt_functions(L);
  lnb_open_children(L);
  lnb_open_lock(L);
  lnb_open_terminal(L);
  lnb_open_keys(L);
  lnb_name_functions(L);
  push_methods(L);
  lua_setfield(L, -2, "methods");
  lnb_push_pages(L);
  lua_setfield(L, -2, "pages");
  lua_pushliteral(L, LN_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}
