/* Options of trainers: see trainer_options.h. */
#include "bindings/model/trainer_options.h"

#include "bindings/base/call.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"

static double number_of(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  double number = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return number;
}

static int64_t integer_of(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  int64_t number = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return number;
}

/* The list of texts called `name`, which the table keeps alive, and how many there are. */
static const char **texts_of(lua_State *L, int table, const char *name, int *n) {
  lua_getfield(L, table, name);
  int list = lua_gettop(L);
  *n = lua_istable(L, list) ? (int)lua_rawlen(L, list) : 0;
  const char **texts = lnb_scratch(L, (size_t)*n, sizeof *texts);
  for (int i = 0; i < *n; i++) {
    lua_rawgeti(L, list, i + 1);
    texts[i] = lnb_check_string(L, -1);
    lua_pop(L, 1);
  }
  return texts;
}

static void take_rates(lua_State *L, LnUpdateOptions *options, int table) {
  options->rate_patterns = texts_of(L, table, "patterns", &options->n_rates);
  double *factors = lnb_scratch(L, (size_t)options->n_rates, sizeof *factors);
  lua_getfield(L, table, "factors");
  int list = lua_gettop(L);
  for (int i = 0; i < options->n_rates; i++) {
    lua_rawgeti(L, list, i + 1);
    factors[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  options->rate_factors = factors;
}

/* penalties: a list of { l1 =, l2 = } */
static void take_penalties(lua_State *L, LnUpdateOptions *options, int table) {
  options->penalty_patterns = texts_of(L, table, "penalized", &options->n_penalties);
  LnPenalty *penalties = lnb_scratch(L, (size_t)options->n_penalties, sizeof *penalties);
  lua_getfield(L, table, "penalties");
  int list = lua_gettop(L);
  for (int i = 0; i < options->n_penalties; i++) {
    lua_rawgeti(L, list, i + 1);
    lnb_check_table(L, lua_gettop(L));
    penalties[i] = (LnPenalty){number_of(L, list + 1, "l1"), number_of(L, list + 1, "l2")};
    lua_pop(L, 1);
  }
  options->penalties = penalties;
}

void lnb_configure_trainer(lua_State *L, LnUpdate *update, int index) {
  lnb_check_table(L, index);
  int top = lua_gettop(L);
  LnUpdateOptions options = {.steps = integer_of(L, index, "steps"),
                             .epoch_steps = number_of(L, index, "epoch_steps"),
                             .clip_norm = number_of(L, index, "clip_norm"),
                             .clip_value = number_of(L, index, "clip_value"),
                             .accumulate = integer_of(L, index, "accumulate"),
                             .ema = number_of(L, index, "ema"),
                             .average_from = integer_of(L, index, "average_from"),
                             .average_every = integer_of(L, index, "average_every")};
  lua_getfield(L, index, "swa");
  options.swa = lua_toboolean(L, -1);
  if (lua_getfield(L, index, "schedule") == LUA_TUSERDATA)
    options.schedule = lnb_check_item(L, -1, "schedule", "trainer: the schedule");
  take_rates(L, &options, index);
  take_penalties(L, &options, index);
  LNB_CALL(L, ln_update_configure(update, &options, &err));
  lua_settop(L, top);
}
