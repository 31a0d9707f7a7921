/* Saves that are killed: whatever the moment, the file is a whole one, of before or after.
 *
 * A child saves two models in turn over one file until SIGKILL ends it; then the file must load and be one of the two.
 * 20 times; LUNET_KILLS=200 does it more often. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "nn/layer.h"
#include "store/model_file.h"
#include "support/files.h"

enum { UNITS = 512, SAVES = 100000 }; /* 1 MB a file; a child that nobody kills ends by itself */

static LnNetwork *model(uint64_t seed) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layer = test_item(&ln_nn_dense.type, "{\"units\": 512}");
  CK_OK(ln_network_sequential(&net, &layer, 1, &err));
  CK_OK(ln_network_build(net, LN_SHAPE(UNITS), seed, &err));
  ln_item_unref(layer);
  return net;
}

static float first_weight(LnNetwork *net) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_network_tensor(&t, net, 0, &err));
  float value = t->data[0];
  ln_tensor_unref(t);
  return value;
}

static void save_for_ever(const char *path, LnNetwork *const nets[2]) {
  LnError err;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < SAVES; i++)
    if (ln_model_save(path, nets[i % 2], NULL, &err) != LN_OK) _exit(1);
  _exit(0);
}

/* Temporaries that were left, made two hours old. */
static int age_leftovers(void) {
  char command[1200];
  const int count = test_folder_count() - 1;
  snprintf(command, sizeof command, "touch -d '2 hours ago' '%s'/*.tmp-* 2>/dev/null", test_path(""));
  if (count > 0) ck_assert_int_eq(system(command), 0);
  return count;
}

START_TEST(killed_at_any_moment) {
  LnError err;
  const char *more = getenv("LUNET_KILLS");
  const int kills = more == NULL ? 20 : atoi(more);
  char path[1024];
  LnNetwork *nets[2] = {model(1), model(2)}, *back = NULL;
  const float values[2] = {first_weight(nets[0]), first_weight(nets[1])};
  int whole = 0, seen[2] = {0};
  snprintf(path, sizeof path, "%s", test_path("model"));
  CK_OK(ln_model_save(path, nets[0], NULL, &err));
  for (int i = 0; i < kills; i++) {
    pid_t child = fork();
    if (child == 0) save_for_ever(path, nets);
    ck_assert_int_gt(child, 0);
    usleep((useconds_t)(500 + rand() % 30000));
    int status = 0;
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "a save failed");
    CK_OK(ln_model_load(&back, NULL, path, NULL, &err));
    float value = first_weight(back);
    for (int k = 0; k < 2; k++) seen[k] += value == values[k], whole += value == values[k];
    ln_network_unref(back);
  }
  ck_assert_int_eq(whole, kills);
  int left = age_leftovers();
  CK_OK(ln_model_save(path, nets[0], NULL, &err));
  ck_assert_int_eq(test_folder_count(), 1);
  if (more != NULL)
    printf("%d kills: %d whole files (%d and %d of the two), %d temporaries left and then removed\n", kills, whole,
           seen[0], seen[1], left);
  ln_network_unref(nets[0]), ln_network_unref(nets[1]);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, killed_at_any_moment);
}
