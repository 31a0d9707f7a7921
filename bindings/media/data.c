/* Loading datasets and splitting them. */
#include "bindings/media/data.h"

#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/value.h"
#include "bindings/items/class.h"
#include "bindings/tensor/tensor.h"
#include "lunet.h"

/* A dataset while its parts go over to Lua. */
static void release_set(void *set) {
  ln_dataset_free(set);
  ln_free(set);
}

static const LnbClass set_class = {.name = "lunet.dataset", .noun = "dataset", .release = release_set};

static LnStatus load_set(LnDataset **out, LnItem *source, LnError *err) {
  LnDataset *set = ln_calloc(1, sizeof *set);
  if (set == NULL) return ln_fail_memory(err, ln_item_type(source)->name, sizeof *set);
  const LnSourceType *type = (const LnSourceType *)(const void *)ln_item_type(source);
  LnStatus status = type->load(ln_item_options(source), set, err);
  if (status != LN_OK) return ln_free(set), status;
  *out = set;
  return LN_OK;
}

static void push_texts(lua_State *L, char *const *texts, int64_t n) {
  lua_createtable(L, (int)n, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_pushstring(L, texts[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

/* load(source): images N,C,H,W, a table of N names; or nil, names, and a table of N files for read */
static int load(lua_State *L) {
  LnItem *source = lnb_check_item(L, 1, "data", "load: the source");
  LNB_MAKE(L, set_class, LnDataset, load_set(&made, source, &err));
  LnDataset *set = lnb_check(L, -1, &set_class);
  if (set->images != NULL)
    lnb_push_tensor(L, set->images);
  else
    lua_pushnil(L);
  push_texts(L, set->names, set->count);
  push_texts(L, set->files, set->files == NULL ? 0 : set->count);
  LnbBox *box = lnb_test(L, -4, &set_class); /* the tensor has its own reference: release the rest at once */
  box->object = NULL;
  release_set(set);
  return 3;
}

/* read_file(source, file): C,H,W */
static int read_file(lua_State *L) {
  LnItem *source = lnb_check_item(L, 1, "data", "read_file: the source");
  const char *file = lnb_check_string(L, 2);
  const LnSourceType *type = (const LnSourceType *)(const void *)ln_item_type(source);
  if (type->read == NULL) lnb_error(L, "%s: its images are not read one by one", type->type.name);
  LNB_MAKE_TENSOR(L, type->read(ln_item_options(source), &made, file, &err));
  return 1;
}

/* Splits. `indices` come as the runtime gives them: the first part, then the second, 0-based. */

static void push_indices(lua_State *L, const int64_t *indices, int64_t n) {
  lua_createtable(L, (int)n, 0);
  for (int64_t i = 0; i < n; i++) {
    lua_pushinteger(L, indices[i] + 1);
    lua_rawseti(L, -2, i + 1);
  }
}

static int push_split(lua_State *L, const int64_t *indices, int64_t n_train, int64_t n_used) {
  push_indices(L, indices, n_train);
  push_indices(L, indices + n_train, n_used - n_train);
  return 2;
}

static int64_t check_count(lua_State *L, int arg) {
  lua_Integer n = lnb_check_integer(L, arg);
  if (n < 0) lnb_error(L, "%s: the number of images must not be negative, got %lld", lnb_callee(L), (long long)n);
  return n;
}

/* split_count(n, train, seed) */
static int split_count(lua_State *L) {
  int64_t n = check_count(L, 1), train = lnb_check_integer(L, 2), n_train = 0, n_used = 0;
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 3, 0);
  int64_t *indices = lnb_scratch(L, (size_t)n, sizeof *indices);
  LNB_CALL(L, ln_split_count(indices, &n_train, &n_used, n, train, seed, &err));
  return push_split(L, indices, n_train, n_used);
}

/* split_group(groups, train, seed): groups is a table with a number for each image */
static int split_group(lua_State *L) {
  int64_t n, n_train = 0, n_used = 0, train = lnb_check_integer(L, 2);
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 3, 0);
  const int64_t *groups = lnb_check_integers(L, 1, &n, 0);
  int64_t *indices = lnb_scratch(L, (size_t)n, sizeof *indices);
  LNB_CALL(L, ln_split_group(indices, &n_train, &n_used, groups, n, train, seed, &err));
  return push_split(L, indices, n_train, n_used);
}

/* split_block(n, train, block, gap, seed[, sequences]): sequences is a table with a number for each image */
static int split_block(lua_State *L) {
  int64_t n = check_count(L, 1), train = lnb_check_integer(L, 2), block = lnb_check_integer(L, 3);
  int64_t gap = lnb_check_integer(L, 4), n_sequences = n, n_train = 0, n_used = 0;
  uint64_t seed = (uint64_t)lnb_opt_integer(L, 5, 0);
  const int64_t *sequences = lua_isnoneornil(L, 6) ? NULL : lnb_check_integers(L, 6, &n_sequences, 0);
  if (n_sequences != n)
    lnb_error(L, "split_block: %lld sequence numbers for %lld images", (long long)n_sequences, (long long)n);
  int64_t *indices = lnb_scratch(L, (size_t)n, sizeof *indices);
  LNB_CALL(L, ln_split_block(indices, &n_train, &n_used, sequences, n, train, block, gap, seed, &err));
  return push_split(L, indices, n_train, n_used);
}

void lnb_open_data(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "load", .call = load},
                                          {.name = "read_file", .call = read_file},
                                          {.name = "split_count", .call = split_count},
                                          {.name = "split_group", .call = split_group},
                                          {.name = "split_block", .call = split_block},
                                          {0}};
  lnb_class_new(L, &set_class, NULL, NULL, NULL);
  lua_pop(L, 1);
  lnb_functions(L, "", functions);
}
