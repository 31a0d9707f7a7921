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

/* The lists `patterns` and `factors`, which the table keeps alive. */
static void take_rates(lua_State *L, LnUpdateOptions *options, int table) {
  lua_getfield(L, table, "patterns");
  lua_getfield(L, table, "factors");
  int patterns = lua_gettop(L) - 1, n = lua_istable(L, patterns) ? (int)lua_rawlen(L, patterns) : 0;
  const char **texts = lnb_scratch(L, (size_t)n, sizeof *texts);
  double *factors = lnb_scratch(L, (size_t)n, sizeof *factors);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, patterns, i + 1);
    texts[i] = lnb_check_string(L, -1);
    lua_rawgeti(L, patterns + 1, i + 1);
    factors[i] = lua_tonumber(L, -1);
    lua_pop(L, 2);
  }
  options->n_rates = n, options->rate_patterns = texts, options->rate_factors = factors;
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
  LNB_CALL(L, ln_update_configure(update, &options, &err));
  lua_settop(L, top);
}
