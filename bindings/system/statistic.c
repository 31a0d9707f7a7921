/* Intervals of a mean, tests of paired differences and distributions: what bindings/lunet/statistics/ builds on. Values
 * are lists of numbers in double precision, which have been looked at there. */
#include "bindings/system/statistic.h"

#include <lauxlib.h>

#include "bindings/base/call.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/tensor/tensor.h"
#include "statistic/bootstrap.h"
#include "statistic/normal.h"
#include "statistic/sign_test.h"
#include "statistic/student.h"
#include "statistic/wilcoxon.h"

/* The numbers of a list; pushes the memory that holds them. */
static double *check_numbers(lua_State *L, int arg, int64_t *n) {
  lnb_check_table(L, arg);
  *n = (int64_t)lua_rawlen(L, arg);
  double *numbers = lnb_scratch(L, (size_t)*n, sizeof *numbers);
  for (int64_t i = 0; i < *n; i++) {
    lua_rawgeti(L, arg, i + 1);
    numbers[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return numbers;
}

/* Arguments 1 and 2: sums and counts of groups; counts nil for one value each. */
static LnGroups check_groups(lua_State *L) {
  LnGroups groups = {0};
  int64_t counted;
  lua_settop(L, 5); /* above the arguments lies the memory */
  groups.sums = check_numbers(L, 1, &groups.n);
  if (!lua_isnil(L, 2)) {
    groups.counts = check_numbers(L, 2, &counted);
    if (counted != groups.n) lnb_error(L, "%s: groups and their sizes differ in number", lnb_callee(L));
  }
  return groups;
}

static int64_t check_resamples(lua_State *L, int arg) {
  lua_Integer resamples = lnb_check_integer(L, arg);
  if (resamples < 1) lnb_arg_error(L, arg, "a number of resamples from 1");
  return resamples;
}

/* statistic_interval(sums, counts, level[, resamples, seed]): mean, low and high; BCa's with resamples, else t's */
static int interval(lua_State *L) {
  LnGroups groups = check_groups(L);
  double level = lnb_check_number(L, 3);
  LnInterval found;
  if (groups.n < 2) lnb_arg_error(L, 1, "at least two groups");
  if (lua_isnoneornil(L, 4)) {
    found = ln_interval_t(groups, level);
  } else {
    int64_t resamples = check_resamples(L, 4);
    LnRng rng = {(uint64_t)lnb_check_integer(L, 5), 0};
    LNB_CALL(L, ln_interval_bca(&found, groups, level, resamples, rng, &err));
  }
  lua_pushnumber(L, found.mean), lua_pushnumber(L, found.low), lua_pushnumber(L, found.high);
  return 3;
}

/* statistic_resample(sums, counts, resamples, seed): a tensor of resampled means */
static int resample(lua_State *L) {
  LnGroups groups = check_groups(L);
  int64_t n = check_resamples(L, 3);
  LnRng rng = {(uint64_t)lnb_check_integer(L, 4), 0};
  if (groups.n < 1) lnb_arg_error(L, 1, "at least one group");
  double *means = lnb_scratch(L, (size_t)n, sizeof *means);
  LNB_CALL(L, ln_bootstrap_means(means, n, groups, rng, &err));
  LnTensor *out = lnb_tensor_new(L, LN_SHAPE(n));
  for (int64_t i = 0; i < n; i++) out->data[i] = (float)means[i];
  return 1;
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, int64_t value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

/* statistic_wilcoxon(differences, method, correction) */
static int wilcoxon(lua_State *L) {
  static const char *const methods[] = {"auto", "exact", "approx", NULL};
  int64_t n;
  LnWilcoxonMethod method = (LnWilcoxonMethod)luaL_checkoption(L, 2, NULL, methods);
  bool correction = lua_toboolean(L, 3);
  double *differences = check_numbers(L, 1, &n);
  LnWilcoxon test;
  LNB_CALL(L, ln_wilcoxon(&test, differences, n, method, correction, &err));
  lua_createtable(L, 0, 9);
  set_number(L, "p", test.p);
  set_number(L, "statistic", test.plus < test.minus ? test.plus : test.minus);
  set_number(L, "plus", test.plus);
  set_number(L, "minus", test.minus);
  set_integer(L, "n", test.n);
  set_integer(L, "zeros", test.zeros);
  lua_pushboolean(L, test.ties), lua_setfield(L, -2, "ties");
  lua_pushstring(L, test.exact ? "exact" : "approx"), lua_setfield(L, -2, "method");
  if (!test.exact && test.n > 0) set_number(L, "z", test.z);
  return 1;
}

/* statistic_sign_test(differences) */
static int sign_test(lua_State *L) {
  int64_t n;
  double *differences = check_numbers(L, 1, &n);
  LnSignTest test = ln_sign_test(differences, n);
  lua_createtable(L, 0, 4);
  set_number(L, "p", test.p);
  set_integer(L, "plus", test.plus);
  set_integer(L, "minus", test.minus);
  set_integer(L, "zeros", test.zeros);
  return 1;
}

static int normal_cdf(lua_State *L) {
  lua_pushnumber(L, ln_normal_cdf(lnb_check_number(L, 1)));
  return 1;
}

static double check_probability(lua_State *L, int arg) {
  double p = lnb_check_number(L, arg);
  if (!(p >= 0 && p <= 1)) lnb_arg_error(L, arg, "a probability from 0 to 1");
  return p;
}

static int normal_quantile(lua_State *L) {
  lua_pushnumber(L, ln_normal_quantile(check_probability(L, 1)));
  return 1;
}

static double check_freedom(lua_State *L, int arg) {
  double df = lnb_check_number(L, arg);
  if (!(df > 0)) lnb_arg_error(L, arg, "degrees of freedom above 0");
  return df;
}

static int t_cdf(lua_State *L) {
  lua_pushnumber(L, ln_student_cdf(lnb_check_number(L, 1), check_freedom(L, 2)));
  return 1;
}

static int t_quantile(lua_State *L) {
  lua_pushnumber(L, ln_student_quantile(check_probability(L, 1), check_freedom(L, 2)));
  return 1;
}

void lnb_open_statistic(lua_State *L) {
  static const LnbFunction internal[] = {{.name = "statistic_interval", .call = interval},
                                         {.name = "statistic_resample", .call = resample},
                                         {.name = "statistic_wilcoxon", .call = wilcoxon},
                                         {.name = "statistic_sign_test", .call = sign_test},
                                         {0}};
  static const LnbFunction functions[] = {
      {.name = "normal_cdf", .call = normal_cdf,
       .usage = "ln.stat.normal_cdf(x: number) -> number",
       .doc = "The probability that a number from N(0, 1) is at most x.",
       .example = "ln.stat.normal_cdf(1.96)"},
      {.name = "normal_quantile", .call = normal_quantile,
       .usage = "ln.stat.normal_quantile(p: number) -> number",
       .doc = "The number below which a share p of N(0, 1) lies: 1.96 for 0.975. By Wichura's AS 241.",
       .example = "ln.stat.normal_quantile(0.975)"},
      {.name = "t_cdf", .call = t_cdf,
       .usage = "ln.stat.t_cdf(t: number, df: number) -> number",
       .doc = "The probability that a number from Student's t distribution of df degrees of freedom is at most t.",
       .example = "ln.stat.t_cdf(2, 5)"},
      {.name = "t_quantile", .call = t_quantile,
       .usage = "ln.stat.t_quantile(p: number, df: number) -> number",
       .doc = "The number below which a share p of Student's t distribution lies: 2.776 for 0.975 and 4 degrees of "
              "freedom, as of five values.",
       .example = "ln.stat.t_quantile(0.975, 5)"},
      {0}};
  lnb_functions(L, "", internal);
  lua_newtable(L);
  lnb_functions(L, "stat.", functions);
  lua_setfield(L, -2, "stat");
}
