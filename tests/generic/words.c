/* Every word of every option that has words, in every case of its item: it runs, a layer's gradients and instruction
 * sets agree with it too, and each word gives another result than each other word in at least one case. So a word that
 * the code does not know and silently takes for another one is found. */
#include <nifti1.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "generic.h"
#include "support/files.h"

enum {
  MOST_WORDS = 32,
  MOST_CHECKED = 1000, /* outputs where there are kinks: among more of them, one is always near, whatever the step */
};

static bool has_words(ItemParam it) {
  return it.param->choices != NULL;
}

static int options_with_words(void) {
  int count = 0;
  for (int i = 0; i < params_count(); i++) count += has_words(params_at(i));
  return count;
}

static ItemParam option_with_words(int index) {
  for (int i = 0;; i++)
    if (has_words(params_at(i)) && index-- == 0) return params_at(i);
}

/* What an item makes of its case, by kind. They may refuse a combination of options or a shape; nothing else. */
typedef LnStatus Run(LnTensor **out, ItemCase it, LnItem *item, LnError *err);

/* An activation whose derivative jumps. */
static bool has_kink(const char *options) {
  return strstr(options, "relu\"") != NULL || strstr(options, "\"hardtanh\"") != NULL;
}

static LnStatus run_layer(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  const LnLayerType *type = (const LnLayerType *)(const void *)it.type;
  LnShape shape;
  double apart;
  int n_inputs = it.example->inputs[1].n == 0 ? 1 : 2;
  LN_TRY(type->out_shape(&shape, ln_item_options(item), it.example->inputs, n_inputs, err));
  check_instruction_sets(it);
  if (ln_shape_count(shape) <= MOST_CHECKED || !has_kink(it.example->options)) check_gradients(it);
  LnNetwork *net = net_of_case(it, 1);
  LnTensor *x = net_spread(3, it.example, 2, &apart);
  for (int64_t i = 0; i < ln_shape_count(x->shape); i++) x->data[i] *= 10; /* some functions differ far out alone */
  LnStatus status = ln_network_predict(out, net, x, err);
  ln_tensor_unref(x), ln_network_unref(net);
  return status;
}

static LnStatus run_loss(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  LnShape sample = it.example->inputs[0];
  LnTensor *pred = test_random(sample, 1, 0.1, 0.9), *target = test_random(sample, 2, 0.1, 0.9);
  LnStatus status = ln_tensor_new(out, sample, err);
  if (status == LN_OK) {
    LnTensor *scratch = test_random(LN_SHAPE(ln_loss_scratch(item, sample)), 3, 0, 1);
    ln_loss_eval(item, false, (*out)->data, scratch->data, pred->data, target->data, sample, 1);
    ln_tensor_unref(scratch);
  }
  ln_tensor_unref(pred), ln_tensor_unref(target);
  return status;
}

static LnStatus run_optim(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  enum { N = 16 };
  const LnOptimType *type = (const LnOptimType *)(const void *)it.type;
  float state[LN_OPTIM_MAX_STATES][N] = {{0}}, *states[LN_OPTIM_MAX_STATES];
  for (int s = 0; s < LN_OPTIM_MAX_STATES; s++) states[s] = state[s];
  LnTensor *g = test_random(LN_SHAPE(N), 1, -1, 1);
  LnStatus status = ln_tensor_new(out, g->shape, err);
  for (int step = 1; status == LN_OK && step <= 3; step++)
    type->step(ln_item_options(item), ln_optim_at(item, step), (*out)->data, g->data, states, N);
  ln_tensor_unref(g);
  return status;
}

/* Its factors along a run of 24 updates in 6 epochs, where a loss is seen each epoch that stays. */
static LnStatus run_schedule(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  enum { N = 24 };
  const LnScheduleType *type = (const LnScheduleType *)(const void *)it.type;
  double state[LN_SCHEDULE_MAX_STATES] = {0};
  LN_TRY(ln_tensor_new(out, LN_SHAPE(N), err));
  for (int i = 0; i < N; i++) {
    (*out)->data[i] = (float)ln_schedule_factor(item, (LnScheduleTime){i, N, N / 6}, state);
    if (i % (N / 6) == 3 && type->observe != NULL) type->observe(ln_item_options(item), state, 1);
  }
  return LN_OK;
}

static LnStatus run_noise(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  LnTensor *x = test_random(it.example->inputs[0], 1, 0, 1);
  LnStatus status = ln_noise_apply(out, item, x, 0, err);
  ln_tensor_unref(x);
  return status;
}

static LnStatus run_filter(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  LnTensor *x = test_random(it.example->inputs[0], 1, 0, 1);
  LnStatus status = ln_filter_apply(out, item, x, err);
  ln_tensor_unref(x);
  return status;
}

static LnStatus run_augment(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  LnTensor *x = test_random(it.example->inputs[0], 1, 0, 1);
  LnStatus status = ln_augment_apply(out, item, x, (LnAugmentDraw){.stream = 3}, err);
  ln_tensor_unref(x);
  return status;
}

static LnStatus run_metric(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  LnTensor *x = test_random(it.example->inputs[0], 1, 0, 1), *y = test_random(x->shape, 2, 0, 1);
  LnStatus status = ln_metric_apply(out, NULL, item, x, y, err);
  ln_tensor_unref(x), ln_tensor_unref(y);
  return status;
}

static LnStatus run_source(LnTensor **out, ItemCase it, LnItem *item, LnError *err) {
  LnDataset set = {0};
  LN_TRY(((const LnSourceType *)(const void *)it.type)->load(ln_item_options(item), &set, err));
  *out = ln_tensor_ref(set.images);
  ln_dataset_free(&set);
  return LN_OK;
}

static const struct {
  const char *kind;
  Run *run;
} runs[] = {{"nn", run_layer},       {"loss", run_loss},     {"optim", run_optim},   {"schedule", run_schedule},
            {"noise", run_noise},    {"filter", run_filter}, {"metric", run_metric}, {"data", run_source},
            {"augment", run_augment}};

static Run *run_of(const LnType *type) {
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
    if (strcmp(runs[i].kind, type->kind) == 0) return runs[i].run;
  ck_abort_msg("%s.%s: say in %s how one of this kind is run", type->kind, type->name, __FILE__);
  return NULL;
}

/* The files that the cases of data sources name: a folder of images, and volumes. */
static void make_volume(const char *path, const char *mode) {
  enum { SIDE = 12, VOXELS = SIDE * SIDE * SIDE };
  char start[352] = {0};
  float voxels[VOXELS];
  struct nifti_1_header header = {.sizeof_hdr = 348,        .dim = {3, SIDE, SIDE, SIDE, 1, 1, 1, 1},
                                  .datatype = DT_FLOAT32,   .bitpix = 32,
                                  .vox_offset = 352,        .sform_code = 1,
                                  .srow_x = {1, 0, 0, 0},   .srow_y = {0, 1, 0, 0},
                                  .srow_z = {0, 0, 1, 0},   .magic = "n+1"};
  for (int i = 0; i < 8; i++) header.pixdim[i] = 1;
  for (int i = 0; i < VOXELS; i++) voxels[i] = (float)(40 + i * 37 % 201);
  memcpy(start, &header, sizeof header);
  gzFile file = gzopen(path, mode);
  ck_assert(file != NULL && gzwrite(file, start, sizeof start) == sizeof start);
  ck_assert(gzwrite(file, voxels, sizeof voxels) == sizeof voxels && gzclose(file) == Z_OK);
}

static void make_files(void) {
  enum { SIDE = 90 };
  char bytes[16 + SIDE * SIDE] = "P5 90 90 255\n";
  for (int i = 0; i < SIDE * SIDE; i++) bytes[13 + i] = (char)(i * 37 % 251);
  ck_assert_int_eq(chdir(test_path("")), 0);
  mkdir("scans", 0777);
  test_file("scans/a.pgm", bytes, 13 + SIDE * SIDE);
  make_volume("head.nii.gz", "wb");
  make_volume("ct.nii", "wbT"); /* T: without compression */
}

/* The case with this word; NULL where the two do not go together, with the reason in err. */
static LnTensor *result_of(ItemCase it, const LnParam *param, const char *word, LnError *err) {
  LnItem *item = test_item(it.type, it.example->options);
  LnTensor *out = NULL;
  char *options = NULL;
  LnError failure;
  LnStatus status = ln_item_set(item, param->name, (LnValue){.kind = LN_TEXT, .text = word}, err);
  ck_assert_msg(status == LN_OK, "%s", err->msg);
  status = ln_item_check(item, err);
  if (status == LN_OK) {
    ck_assert(ln_item_to_json(&options, item, &failure) == LN_OK);
    LnCase example = *it.example;
    example.options = options;
    status = run_of(it.type)(&out, (ItemCase){it.type, &example}, item, err);
  }
  ck_assert_msg(status == LN_OK || status == LN_EARG || status == LN_ESHAPE, "%s %s, %s = \"%s\": %s", it.type->name,
                it.example->options, param->name, word, err->msg);
  ln_item_unref(item);
  ln_free(options);
  return out;
}

static double difference(const LnTensor *a, const LnTensor *b) {
  if (!ln_shape_equal(a->shape, b->shape)) return INFINITY;
  double most = 0, largest = 0;
  for (int64_t i = 0; i < ln_shape_count(a->shape); i++) {
    most = fmax(most, fabs((double)a->data[i] - (double)b->data[i]));
    largest = fmax(largest, fabs((double)a->data[i]));
  }
  return most / fmax(largest, 1e-6);
}

/* What all words give in one case; marks the pairs that it tells apart. */
static void compare_words(bool apart[MOST_WORDS][MOST_WORDS], LnError reasons[MOST_WORDS], ItemCase it,
                          const LnParam *param) {
  LnTensor *results[MOST_WORDS] = {NULL};
  for (int a = 0; param->choices[a] != NULL; a++) {
    ck_assert_int_lt(a, MOST_WORDS);
    results[a] = result_of(it, param, param->choices[a], &reasons[a]);
    if (results[a] != NULL) apart[a][a] = true; /* it has run */
    for (int b = 0; results[a] != NULL && b < a; b++) {
      if (results[b] == NULL) continue;
      double far = difference(results[b], results[a]);
      apart[a][b] |= far > 1e-5;
      ck_assert_msg(!(param->flags & LN_ALIKE) || far < 1e-4, "%s %s: %s = \"%s\" and \"%s\" differ by %g",
                    it.type->name, it.example->options, param->name, param->choices[b], param->choices[a], far);
    }
  }
  for (int a = 0; param->choices[a] != NULL; a++) ln_tensor_unref(results[a]);
}

START_TEST(every_word_means_something) {
  ItemParam it = option_with_words(_i);
  const LnType *type = it.type;
  const char *const *words = it.param->choices;
  bool apart[MOST_WORDS][MOST_WORDS] = {{false}};
  LnError reasons[MOST_WORDS];
  make_files();
  for (const LnCase *c = type->cases; c->options != NULL; c++)
    compare_words(apart, reasons, (ItemCase){type, c}, it.param);
  for (int a = 0; words[a] != NULL; a++) {
    ck_assert_msg(apart[a][a], "%s.%s: no case goes with %s = \"%s\": %s", type->kind, type->name, it.param->name,
                  words[a], reasons[a].msg);
    for (int b = 0; b < a && !(it.param->flags & LN_ALIKE); b++)
      ck_assert_msg(apart[a][b],
                    "%s.%s: %s = \"%s\" and \"%s\" give the same in every case. If one is not implemented, do so; if "
                    "they differ elsewhere, add a case that shows it; if they are to agree, flag the option LN_ALIKE",
                    type->kind, type->name, it.param->name, words[b], words[a]);
  }
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 120); /* seconds, for a machine with other things to do */
  tcase_add_loop_test(tests, every_word_means_something, 0, options_with_words());
}
