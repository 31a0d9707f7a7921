/* Trainers in Lua: one C call a batch. */
#include "bindings/model/trainer.h"

#include "bindings/base/class.h"
#include "bindings/base/call.h"
#include "bindings/base/describe.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/call.h"
#include "bindings/items/class.h"
#include "bindings/model/network.h"
#include "bindings/model/trainer_options.h"
#include "bindings/model/trainer_state.h"
#include "bindings/tensor/tensor.h"
#include "model/trainer.h"

static void release_trainer(void *trainer) {
  ln_trainer_unref(trainer);
}

static const LnbClass trainer_class = {.name = "lunet.trainer", .noun = "trainer", .release = release_trainer};

static LnTrainer *check_trainer(lua_State *L) {
  return lnb_check(L, 1, &trainer_class);
}

/* What a trainer keeps in Lua: trainer.net is the same Lua object; a loss may need what lives with its box; a schedule
 * may be a function. */
enum { KEPT_NET = 1, KEPT_LOSS, KEPT_SCHEDULE, KEPT_STEPS };

/* The losses at index 2, an item or a list, with the weights in the list at index 6, if there is one. */
static int check_losses(lua_State *L, LnOutputLoss *losses) {
  bool list = lua_istable(L, 2), weighted = lua_istable(L, 6);
  int n = list ? (int)lua_rawlen(L, 2) : 1;
  if (n < 1 || n > LN_MAX_ENDS) lnb_error(L, "trainer: expected 1 to %d losses, got %d", LN_MAX_ENDS, n);
  if (weighted && (int)lua_rawlen(L, 6) != n)
    lnb_error(L, "trainer: 'loss_weights' has %d numbers, but there are %d losses", (int)lua_rawlen(L, 6), n);
  for (int i = 0; i < n; i++) {
    if (list)
      lua_rawgeti(L, 2, i + 1);
    else
      lua_pushvalue(L, 2);
    LnItem *loss = lnb_check_item(L, lua_gettop(L), "loss", n > 1 ? "trainer: every loss" : "trainer: the loss");
    losses[i] = (LnOutputLoss){loss, 1};
    if (weighted && lua_rawgeti(L, 6, i + 1) != LUA_TNUMBER)
      lnb_error(L, "trainer: 'loss_weights' must be a list of numbers, got %s", lnb_describe(L, -1));
    if (weighted) losses[i].weight = lua_tonumber(L, -1);
    lua_settop(L, 6);
  }
  return n;
}

/* trainer(net, losses, optimizer, seed = 0, options, weights = nil); options: see trainer_options.h */
static int new_trainer(lua_State *L) {
  LnOutputLoss losses[LN_MAX_ENDS];
  LnNetwork *net = lnb_check(L, 1, &lnb_network_class);
  lua_settop(L, 6);
  int n = check_losses(L, losses);
  LnItem *optim = lnb_check_item(L, 3, "optim", "trainer: the optimizer");
  uint64_t seed = (uint64_t)luaL_optinteger(L, 4, 0);
  LNB_MAKE(L, trainer_class, LnTrainer, ln_trainer_new_weighted(&made, net, losses, n, optim, &err));
  ln_trainer_seed(lnb_check(L, -1, &trainer_class), seed);
  if (!lua_isnoneornil(L, 5)) lnb_configure_trainer(L, ln_trainer_update(lnb_check(L, -1, &trainer_class)), 5);
  lua_createtable(L, KEPT_STEPS, 0);
  lua_pushvalue(L, 1);
  lua_rawseti(L, -2, KEPT_NET);
  lua_pushvalue(L, 2);
  lua_rawseti(L, -2, KEPT_LOSS);
  if (lua_istable(L, 5)) {
    bool function = lua_getfield(L, 5, "schedule") == LUA_TFUNCTION;
    if (!function) lua_pop(L, 1), lua_pushboolean(L, false);
    lua_rawseti(L, -2, KEPT_SCHEDULE);
    lua_getfield(L, 5, "steps");
    lua_rawseti(L, -2, KEPT_STEPS);
  }
  lua_setiuservalue(L, -2, 1);
  return 1;
}

/* check_loss(net, loss, target, output = 1): raises unless the loss is made for that output and the targets. */
static int check_loss(lua_State *L) {
  LnNetwork *net = lnb_check(L, 1, &lnb_network_class);
  LnItem *loss = lnb_check_item(L, 2, "loss", "the loss");
  LnTensor *target = lnb_check_values(L, 3);
  int output = (int)luaL_optinteger(L, 4, 1) - 1;
  LNB_CALL(L, ln_trainer_check_loss(net, output, loss, target, &err));
  return 0;
}

/* The factor that a schedule in Lua gives for the next update, if there will be one. */
static void call_schedule(lua_State *L, LnUpdate *update) {
  lua_getiuservalue(L, 1, 1);
  bool called = lua_rawgeti(L, -1, KEPT_SCHEDULE) == LUA_TFUNCTION && ln_update_due(update);
  if (called) {
    lua_pushinteger(L, ln_update_count(update) + 1);
    lua_rawgeti(L, -3, KEPT_STEPS);
    lua_call(L, 2, 1);
    update = ln_trainer_update(check_trainer(L)); /* it may have given the trainer up */
    if (lua_type(L, -1) != LUA_TNUMBER)
      lnb_error(L, "schedule: expected a factor, a number of at least 0, for step %lld, got %s",
                (long long)ln_update_count(update) + 1, lnb_describe(L, -1));
    LNB_CALL(L, ln_update_set_factor(update, lua_tonumber(L, -1), &err));
  }
  lua_pop(L, 2);
}

typedef struct Batch {
  LnTensor *input[LN_MAX_ENDS], *target[LN_MAX_ENDS];
} Batch;

/* Inputs at index 2, targets at index 3: tensors, or lists of them. */
static Batch check_batch(lua_State *L, LnTrainer *trainer) {
  Batch batch = { 0 };
  const LnNetwork *net = ln_trainer_network(trainer);
  lnb_check_batch(L, 2, batch.input, ln_network_inputs(net), "input");
  lnb_check_batch(L, 3, batch.target, ln_network_outputs(net), "target");
  lnb_check_count(L, 3, "; it has no options");
  return batch;
}

/* The loss; and that of each output, where there are several. */
static int push_losses(lua_State *L, LnTrainer *trainer, double loss) {
  int n = ln_network_outputs(ln_trainer_network(trainer));
  lua_pushnumber(L, loss);
  if (n == 1) return 1;
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    lua_pushnumber(L, ln_trainer_parts(trainer)[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 2;
}

/* trainer:step(input, target): updates the parameters; the mean loss before the update. */
static int trainer_step(lua_State *L) {
  LnTrainer *trainer = check_trainer(L);
  Batch batch = check_batch(L, trainer);
  double loss = 0;
  lua_settop(L, 3);
  call_schedule(L, ln_trainer_update(trainer));
  LNB_CALL(L, ln_trainer_step_all(trainer, &loss, batch.input, batch.target, &err));
  trainer = check_trainer(L); /* a loss in Lua may have given it up */
  if (ln_trainer_steps(trainer) == 1) lnb_note_magnitude(L, "training: the targets", batch.target[0]);
  return push_losses(L, trainer, loss);
}

/* trainer:evaluate(input, target): the mean loss. */
static int trainer_evaluate(lua_State *L) {
  LnTrainer *trainer = check_trainer(L);
  Batch batch = check_batch(L, trainer);
  double loss = 0;
  LNB_CALL(L, ln_trainer_evaluate_all(trainer, &loss, batch.input, batch.target, &err));
  return push_losses(L, check_trainer(L), loss);
}

/* New boxes of tensors in the list on top. */
static void push_boxes(lua_State *L, LnbBox **boxes, int n) {
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    boxes[i] = lnb_box_new(L, &lnb_tensor_class);
    lua_rawseti(L, -2, i + 1);
  }
}

/* trainer:gradients(input, target): the loss, { name = gradient }, the gradients with respect to the inputs. */
static int trainer_gradients(lua_State *L) {
  LnTrainer *trainer = check_trainer(L);
  Batch batch = check_batch(L, trainer);
  LnTensor *d_input[LN_MAX_ENDS];
  LnbBox *d_boxes[LN_MAX_ENDS];
  LnNetwork *net = ln_trainer_network(trainer);
  double loss = 0;
  if (!ln_network_built(net)) /* builds it */
    LNB_CALL(L, ln_trainer_evaluate_all(trainer, &loss, batch.input, batch.target, &err));
  int n = ln_network_tensors(net), inputs = ln_network_inputs(net);
  LnTensor **gradients = lnb_scratch(L, (size_t)n, sizeof(LnTensor *));
  LnbBox **boxes = lnb_scratch(L, (size_t)n, sizeof(LnbBox *));
  push_boxes(L, boxes, n); /* made first: filling them cannot fail */
  push_boxes(L, d_boxes, inputs);
  int list = lua_gettop(L) - 1;
  for (int i = 0; i < n; i++) gradients[i] = NULL;
  LNB_CALL(L, ln_trainer_gradients_all(trainer, &loss, gradients, d_input, batch.input, batch.target, &err));
  for (int i = 0; i < n; i++) boxes[i]->object = gradients[i];
  for (int i = 0; i < inputs; i++) d_boxes[i]->object = d_input[i];
  lua_pushnumber(L, loss);
  lua_newtable(L);
  for (int i = 0; i < n; i++) {
    if (gradients[i] == NULL) continue;
    lua_rawgeti(L, list, i + 1);
    lua_setfield(L, -2, ln_network_tensor_name(net, i));
  }
  if (inputs == 1)
    lua_rawgeti(L, list + 1, 1);
  else
    lua_pushvalue(L, list + 1);
  return 3;
}

static int trainer_steps(lua_State *L) {
  lua_pushinteger(L, ln_trainer_steps(check_trainer(L)));
  return 1;
}

static int trainer_updates(lua_State *L) {
  lua_pushinteger(L, ln_update_count(ln_trainer_update(check_trainer(L))));
  return 1;
}

static int trainer_lr(lua_State *L) {
  lua_pushnumber(L, ln_update_lr(ln_trainer_update(check_trainer(L))));
  return 1;
}

static int trainer_weight_decay(lua_State *L) {
  lua_pushnumber(L, ln_update_weight_decay(ln_trainer_update(check_trainer(L))));
  return 1;
}

/* The number that a field is set to. */
static double check_value(lua_State *L, const char *field) {
  if (lua_type(L, 2) != LUA_TNUMBER)
    lnb_error(L, "trainer: %s must be a number, got %s", field, lnb_describe(L, 2));
  return lua_tonumber(L, 2);
}

static int trainer_set_lr(lua_State *L) {
  LnUpdate *update = ln_trainer_update(check_trainer(L));
  double value = check_value(L, "lr");
  LNB_CALL(L, ln_update_set_lr(update, value, &err));
  return 0;
}

static int trainer_set_weight_decay(lua_State *L) {
  LnUpdate *update = ln_trainer_update(check_trainer(L));
  double value = check_value(L, "weight_decay");
  LNB_CALL(L, ln_update_set_weight_decay(update, value, &err));
  return 0;
}

static int trainer_state(lua_State *L) {
  LnTrainer *trainer = check_trainer(L);
  lnb_check_count(L, 1, "; it has no options");
  lnb_push_trainer_state(L, ln_trainer_update(trainer));
  return 1;
}

static int trainer_restore(lua_State *L) {
  lnb_restore_trainer_state(L, ln_trainer_update(check_trainer(L)), 2);
  return lua_settop(L, 1), 1;
}

static int trainer_rate(lua_State *L) {
  lua_pushnumber(L, ln_update_rate(ln_trainer_update(check_trainer(L))));
  return 1;
}

static int trainer_swapped(lua_State *L) {
  lua_pushboolean(L, ln_update_swapped(ln_trainer_update(check_trainer(L))));
  return 1;
}

/* trainer:swap() */
static int trainer_swap(lua_State *L) {
  LnUpdate *update = ln_trainer_update(check_trainer(L));
  lnb_check_count(L, 1, "; it has no options");
  LNB_CALL(L, ln_update_swap(update, &err));
  return lua_settop(L, 1), 1;
}

/* trainer:observe(loss) */
static int trainer_observe(lua_State *L) {
  LnUpdate *update = ln_trainer_update(check_trainer(L));
  ln_update_observe(update, lnb_check_number(L, 2));
  return lua_settop(L, 1), 1;
}

static int trainer_net(lua_State *L) {
  check_trainer(L);
  lua_getiuservalue(L, 1, 1);
  lua_rawgeti(L, -1, KEPT_NET);
  return 1;
}

static int trainer_tostring(lua_State *L) {
  LnTrainer *trainer = check_trainer(L);
  lua_pushfstring(L, "trainer after %I steps", (LUAI_UACINT)ln_trainer_steps(trainer));
  return 1;
}

void lnb_open_trainer(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "trainer", .call = new_trainer}, {.name = "check_loss", .call = check_loss}, {0}};
  static const LnbFunction methods[] = {
      {.name = "step", .call = trainer_step,
       .usage = "trainer:step(input: tensor|tensor[], target: tensor|tensor[]) -> number, number[]",
       .doc = "Forward, backward and update on one batch, tensors N,C,H,W, or lists where the network has several inputs "
              "or outputs; the mean loss before the update, with penalties on weights and activations, and with several "
              "outputs a list of their losses, without them. A loss or gradient that is not finite is an error, and "
              "leaves the parameters as they were.",
       .example = "trainer:step(noisy, clean)"},
      {.name = "evaluate", .call = trainer_evaluate,
       .usage = "trainer:evaluate(input: tensor|tensor[], target: tensor|tensor[]) -> number, number[]",
       .doc = "The mean loss of a batch, as step gives it, without penalties and without an update.",
       .example = "trainer:evaluate(noisy, clean)"},
      {.name = "gradients", .call = trainer_gradients,
       .usage = "trainer:gradients(input: tensor|tensor[], target: tensor|tensor[]) -> number, table, tensor|tensor[]",
       .doc = "The mean loss of a batch, its gradient with respect to every trained parameter, { [name] = tensor }, "
              "and that with respect to the input. Nothing is updated.",
       .example = "local loss, gradients = trainer:gradients(noisy, clean)\n"
                  "gradients"},
      {.name = "state", .call = trainer_state,
       .usage = "trainer:state() -> table",
       .doc = "All that the next step depends on besides the network, the options and the batch, by name: tensors such "
              "as [\"conv2d_1.weight.mean\"], copies of the optimizer's state of each trained parameter; numbers: steps, "
              "updates, lr, weight_decay, what accumulation, averages and the schedule count, and how often each "
              "parameter was updated, [\"conv2d_1.weight.updates\"]. Sums of gradients that wait for their update and "
              "averaged parameters are there, too, as [\"conv2d_1.weight.gradient\"] and [\"conv2d_1.weight.average\"]. "
              "Before the first step the tensors are zeros. An error while the network is not built.",
       .example = "local state = trainer:state()"},
      {.name = "restore", .call = trainer_restore,
       .usage = "trainer:restore(state: table) -> trainer",
       .doc = "Take back what trainer:state() gave, also that of another trainer of such a network and optimizer. With "
              "the network's parameters and net.epochs as they were, training goes on bit for bit. A name that is "
              "missing or unknown, or a tensor of another shape, is an error that changes nothing.",
       .example = "local state = trainer:state()\n"
                  "trainer:step(noisy, clean)\n"
                  "trainer:restore(state)"},
      {.name = "swap", .call = trainer_swap,
       .usage = "trainer:swap() -> trainer",
       .doc = "Exchange the network's parameters for their averages (option average), to judge or save those; and back "
              "the next time. Steps are refused meanwhile. Before anything was averaged the parameters stay. Statistics "
              "such as those of batch_norm are not averaged and stay, too.",
       .example = "local trainer = ln.trainer{ net = net, loss = ln.loss.mse{},\n"
                  "  optimizer = ln.optim.adam{}, average = { ema = 0.9 } }\n"
                  "trainer:step(noisy, clean)\n"
                  "trainer:swap()"},
      {.name = "observe", .call = trainer_observe,
       .usage = "trainer:observe(loss: number) -> trainer",
       .doc = "Show the schedule a loss, for instance that of validation, once an epoch: ln.schedule.plateau follows "
              "it, the others take no notice.",
       .example = "local trainer = ln.trainer{ net = net, loss = ln.loss.mse{},\n"
                  "  optimizer = ln.optim.adam{}, schedule = ln.schedule.plateau{ 0.5 } }\n"
                  "trainer:observe(trainer:evaluate(noisy, clean))"},
      {0}};
  static const LnbFunction getters[] = {
      {.name = "steps", .call = trainer_steps,
       .usage = "trainer.steps -> integer",
       .doc = "How many steps were taken."},
      {.name = "updates", .call = trainer_updates,
       .usage = "trainer.updates -> integer",
       .doc = "How often the parameters were updated."},
      {.name = "lr", .call = trainer_lr,
       .usage = "trainer.lr -> number",
       .doc = "The learning rate, at first that of the optimizer. Set it, trainer.lr = 1e-4, and the next step has it."},
      {.name = "rate", .call = trainer_rate,
       .usage = "trainer.rate -> number",
       .doc = "The learning rate of the latest update: lr times the factor of the schedule."},
      {.name = "swapped", .call = trainer_swapped,
       .usage = "trainer.swapped -> boolean",
       .doc = "Whether the network has the averaged parameters at the moment: see trainer:swap."},
      {.name = "weight_decay", .call = trainer_weight_decay,
       .usage = "trainer.weight_decay -> number",
       .doc = "The weight decay, at first that of the optimizer. It can be set like lr."},
      {.name = "net", .call = trainer_net,
       .usage = "trainer.net -> network",
       .doc = "The network that it trains."},
      {0}};
  static const LnbFunction setters[] = {
      {.name = "lr", .call = trainer_set_lr}, {.name = "weight_decay", .call = trainer_set_weight_decay}, {0}};
  static const luaL_Reg meta[] = {{"__tostring", trainer_tostring}, {NULL, NULL}};
  lnb_functions(L, "", functions);
  lnb_class_new(L, &trainer_class, meta, methods, getters);
  lnb_class_setters(L, &trainer_class, setters);
  lua_pop(L, 1);
}
