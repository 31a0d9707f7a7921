/* Every allocation fails once: the error is passed up as such, and nothing is left behind. */
#include "base/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "generic.h"

#define MOST_ALLOCATIONS 100000 /* a bound against endless loops */

typedef LnStatus Operation(void *context, LnError *err);

/* Let allocation 0, 1, 2, ... fail until none is left to fail. */
static void fail_each_allocation(Operation *operation, void *context, const char *what) {
  int64_t before = ln_memory_live();
  for (int64_t number = 0; number < MOST_ALLOCATIONS; number++) {
    LnError err = {LN_OK, ""};
    ln_memory_fail_after(number);
    LnStatus status = operation(context, &err);
    ln_memory_fail_after(-1);
    ck_assert_msg(ln_memory_live() == before, "%s: %lld bytes left after allocation %lld failed", what,
                  (long long)(ln_memory_live() - before), (long long)number + 1);
    if (status == LN_OK) {
      ck_assert_msg(number > 0, "%s: allocates nothing", what);
      return;
    }
    ck_assert_msg(status == LN_EMEMORY && err.msg[0] != '\0', "%s: allocation %lld failing gives status %d: %s", what,
                  (long long)number + 1, status, err.msg);
  }
  ck_abort_msg("%s: never succeeds", what);
}

static LnStatus make_item(void *context, LnError *err) {
  const ItemCase *it = context;
  LnItem *item = NULL;
  char *text = NULL;
  LN_TRY(ln_item_from_json(&item, it->type, it->example->options, err));
  LnStatus status = ln_item_to_json(&text, item, err);
  ln_free(text);
  ln_item_unref(item);
  return status;
}

START_TEST(item_creation) {
  ItemCase it = cases_at(NULL, _i);
  fail_each_allocation(make_item, &it, it.type->name);
}
END_TEST

/* A training run in small: build, train, predict, save, load. */
typedef struct Run {
  LnTensor *input, *target;
  const char *folder, *path;
} Run;

static LnStatus make_trainer(LnTrainer **out, LnNetwork *net, LnError *err) {
  LnItem *loss = NULL, *optim = NULL;
  LnStatus status = ln_item_from_json(&loss, &ln_loss_bce.type, "{}", err);
  if (status == LN_OK) status = ln_item_from_json(&optim, &ln_optim_adam.type, "{}", err);
  if (status == LN_OK) status = ln_trainer_new(out, net, loss, optim, err);
  ln_item_unref(loss);
  ln_item_unref(optim);
  return status;
}

static LnStatus train_and_save(const Run *run, LnNetwork *net, LnTrainer *trainer, LnError *err) {
  LnTensor *y = NULL;
  double loss;
  LN_TRY(ln_trainer_step(trainer, &loss, run->input, run->target, err));
  LN_TRY(ln_trainer_step(trainer, &loss, run->input, run->target, err));
  LN_TRY(ln_trainer_evaluate(trainer, &loss, run->input, run->target, err));
  LN_TRY(ln_network_predict(&y, net, run->input, err));
  ln_tensor_unref(y);
  return ln_model_save(run->path, net, "{\"epochs\": 2}", err);
}

static LnStatus load_and_predict(const Run *run, LnError *err) {
  LnNetwork *net = NULL;
  LnTensor *y = NULL;
  char *record = NULL;
  LN_TRY(ln_model_load(&net, &record, run->path, NULL, err));
  LnStatus status = ln_network_predict(&y, net, run->input, err);
  ln_tensor_unref(y);
  ln_network_unref(net);
  ln_free(record);
  return status;
}

static LnStatus train_small(void *context, LnError *err) {
  const Run *run = context;
  LnNetwork *net = NULL;
  LnTrainer *trainer = NULL;
  unlink(run->path);
  LnStatus status = net_small(&net, 42, err);
  if (status == LN_OK) status = make_trainer(&trainer, net, err);
  if (status == LN_OK) status = train_and_save(run, net, trainer, err);
  ln_trainer_unref(trainer);
  ln_network_unref(net);
  return status == LN_OK ? load_and_predict(run, err) : status;
}

/* Only the finished file, or nothing. */
static void check_folder(const char *folder, const char *file) {
  DIR *dir = opendir(folder);
  ck_assert_ptr_nonnull(dir);
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      ck_assert_msg(strcmp(entry->d_name, file) == 0, "left behind: %s", entry->d_name);
  closedir(dir);
}

static LnStatus train_small_tidily(void *context, LnError *err) {
  LnStatus status = train_small(context, err);
  const Run *run = context;
  check_folder(run->folder, "net.safetensors");
  return status;
}

START_TEST(training_run) {
  char folder[] = "/tmp/lunet-test-XXXXXX", path[64];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/net.safetensors", folder);
  LnShape shape = LN_SHAPE(3, 1, 8, 8);
  Run run = {test_random(shape, 1, 0, 1), test_random(shape, 2, 0, 1), folder, path};
  fail_each_allocation(train_small_tidily, &run, "training run");
  ln_tensor_unref(run.input), ln_tensor_unref(run.target);
  unlink(path);
  rmdir(folder);
}
END_TEST

TESTS {
  tcase_set_timeout(tests, 300);
  tcase_add_loop_test(tests, item_creation, 0, cases_count(NULL));
  tcase_add_test(tests, training_run);
}
