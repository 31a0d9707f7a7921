/* Networks in files: back and forth, and files that are not what they should be. */
#include "store/model_file.h"

#include <stdio.h>

#include "base/memory.h"
#include "nn/layer.h"
#include "store/safetensors.h"
#include "support/files.h"

/* Two convolutions: tensors conv2d_1.weight 3,1,3,3 and .bias 3, conv2d_2.weight 1,3,3,3 and .bias 1. */
static LnNetwork *small_network(void) {
  LnError err;
  LnNetwork *net = NULL;
  LnItem *layers[] = {test_item(&ln_nn_conv2d.type, "{\"filters\": 3, \"activation\": \"relu\"}"),
                      test_item(&ln_nn_conv2d.type, "{\"filters\": 1}")};
  CK_OK(ln_network_sequential(&net, layers, 2, &err));
  ln_item_unref(layers[0]), ln_item_unref(layers[1]);
  return net;
}

static LnNetwork *built_network(uint64_t seed) {
  LnError err;
  LnNetwork *net = small_network();
  CK_OK(ln_network_build(net, LN_SHAPE(1, 6, 5), seed, &err));
  return net;
}

START_TEST(round_trip) {
  LnError err;
  LnNetwork *net = built_network(3), *back = NULL;
  LnTensor *x = test_random(LN_SHAPE(2, 1, 6, 5), 1, 0, 1), *want = NULL, *got = NULL;
  char *record = NULL;
  const char *path = test_path("net.safetensors");
  CK_OK(ln_model_save(path, net, "{\"epochs\": 3}", &err));
  CK_OK(ln_model_load(&back, &record, path, NULL, &err));
  ck_assert_str_eq(record, "{\"epochs\": 3}");
  ln_free(record);
  CK_OK(ln_network_predict(&want, net, x, &err));
  CK_OK(ln_network_predict(&got, back, x, &err));
  ck_assert_mem_eq(got->data, want->data, 60 * sizeof(float));
  ln_tensor_unref(x), ln_tensor_unref(want), ln_tensor_unref(got);
  ln_network_unref(back);
  CK_OK(ln_model_save(path, net, NULL, &err));
  CK_OK(ln_model_load(&back, &record, path, NULL, &err));
  ck_assert_ptr_null(record);
  ln_network_unref(back), ln_network_unref(net);
  ck_assert_int_eq(test_folder_count(), 1);
}
END_TEST

START_TEST(how_far_it_was_trained) {
  LnError err;
  LnNetwork *net = built_network(3), *back = NULL;
  ln_network_set_trained(net, (LnTrained){.epochs = 7, .steps = 12345678901});
  CK_OK(ln_model_save(test_path("trained"), net, NULL, &err));
  CK_OK(ln_model_load(&back, NULL, test_path("trained"), NULL, &err));
  ck_assert_int_eq(ln_network_trained(back).epochs, 7);
  ck_assert_int_eq(ln_network_trained(back).steps, 12345678901);
  ln_network_unref(net), ln_network_unref(back);
}
END_TEST

START_TEST(scale_of_intensities) {
  LnError err;
  LnNetwork *net = built_network(3), *back = NULL;
  CK_OK(ln_model_save(test_path("plain"), net, NULL, &err));
  CK_OK(ln_model_load(&back, NULL, test_path("plain"), NULL, &err));
  ck_assert_int_eq(ln_network_scaling(back).kind, LN_SCALE_NONE);
  ln_network_unref(back);
  for (int kind = LN_SCALE_MINMAX; kind <= LN_SCALE_ZSCORE; kind++) {
    ln_network_set_scaling(net, (LnScaling){(LnScaleKind)kind, -0.1, 1.0 / 3});
    CK_OK(ln_model_save(test_path("scaled"), net, "{}", &err));
    CK_OK(ln_model_load(&back, NULL, test_path("scaled"), NULL, &err));
    LnScaling got = ln_network_scaling(back);
    ck_assert(got.kind == (LnScaleKind)kind && got.shift == -0.1 && got.factor == 1.0 / 3);
    ln_network_unref(back);
  }
  CK_EVERY_ALLOCATION(ln_model_load(&back, NULL, test_path("scaled"), NULL, &err), ln_network_unref(back));
  CK_EVERY_ALLOCATION(ln_model_save(test_path("scaled"), net, NULL, &err), (void)0);
  ln_network_unref(net);
}
END_TEST

START_TEST(not_built) {
  LnError err;
  LnNetwork *net = small_network();
  int before = test_folder_count();
  CK_FAILS(ln_model_save(test_path("unbuilt"), net, NULL, &err), LN_EARG, "has no parameters yet");
  ck_assert_int_eq(test_folder_count(), before);
  ln_network_unref(net);
}
END_TEST

/* Saves the network's own tensors but one, which is replaced, left out (tensor NULL) or added, and loads that. */
static void check_refused(const char *name, LnTensor *tensor, const char *message) {
  LnError err;
  LnNetwork *net = built_network(3), *back = NULL;
  LnNamedTensor list[8];
  LnTensor *own[8] = {0};
  char *architecture = NULL;
  int n = 0;
  bool replaced = false;
  for (int i = 0; i < ln_network_tensors(net); i++) {
    const char *own_name = ln_network_tensor_name(net, i);
    CK_OK(ln_network_tensor(&own[i], net, i, &err));
    bool same = strcmp(own_name, name) == 0;
    replaced = replaced || same;
    if (!same || tensor != NULL) list[n++] = (LnNamedTensor){own_name, same ? tensor : own[i]};
  }
  if (!replaced) list[n++] = (LnNamedTensor){name, tensor};
  CK_OK(ln_network_to_json(&architecture, net, &err));
  const LnMeta meta[] = {{"format", "lunet"}, {"lunet.architecture", architecture}};
  CK_OK(ln_safetensors_save(test_path("bad"), list, n, meta, 2, &err));
  ln_free(architecture);
  int64_t live = ln_memory_live();
  CK_FAILS(ln_model_load(&back, NULL, test_path("bad"), NULL, &err), LN_EFORMAT, message);
  ck_assert_ptr_nonnull(strstr(err.msg, "bad'"));
  ck_assert_ptr_null(back);
  ck_assert_int_eq(ln_memory_live(), live);
  for (int i = 0; i < 8; i++) ln_tensor_unref(own[i]);
  ln_network_unref(net);
}

START_TEST(tensors_that_do_not_match) {
  LnTensor *t = test_random(LN_SHAPE(3, 1, 3), 1, 0, 1);
  check_refused("conv2d_1.weight", t, "tensor 'conv2d_1.weight' has shape 3x1x3, but the architecture needs 3x1x3x3");
  check_refused("conv2d_2.bias", NULL, "bad': it has no tensor 'conv2d_2.bias'");
  check_refused("extra", t, "it holds 5 tensors, but the architecture needs 4");
  ln_tensor_unref(t);
}
END_TEST

START_TEST(files_of_another_kind) {
  LnError err;
  LnNetwork *net = NULL;
  LnTensor *t = test_random(LN_SHAPE(2), 1, 0, 1);
  LnNamedTensor list = {"a", t};
  const char *path = test_path("other.safetensors");
  const LnMeta other[] = {{"format", "pt"}, {"lunet.architecture", "{}"}};
  const LnMeta empty[] = {{"format", "lunet"}, {"lunet.architecture", "{}"}};
  const LnMeta broken[] = {{"format", "lunet"}, {"lunet.architecture", "{\"layers\": ["}};
  CK_OK(ln_safetensors_save(path, &list, 1, NULL, 0, &err));
  CK_FAILS(ln_model_load(&net, NULL, path, NULL, &err), LN_EFORMAT,
           "other.safetensors': a safetensors file of another kind");
  CK_OK(ln_safetensors_save(path, &list, 1, other, 2, &err));
  CK_FAILS(ln_model_load(&net, NULL, path, NULL, &err), LN_EFORMAT, "of another kind");
  CK_OK(ln_safetensors_save(path, &list, 1, empty, 2, &err));
  CK_FAILS(ln_model_load(&net, NULL, path, NULL, &err), LN_EFORMAT, "cannot load '");
  CK_OK(ln_safetensors_save(path, &list, 1, broken, 2, &err));
  CK_FAILS(ln_model_load(&net, NULL, path, NULL, &err), LN_EFORMAT, "not valid JSON");
  CK_FAILS(ln_model_load(&net, NULL, test_file("text", "hello, world", 12), NULL, &err), LN_EFORMAT,
           "not a safetensors file");
  const char *script = "local ln = require 'lunet'\nreturn ln\n";
  CK_FAILS(ln_model_load(&net, NULL, test_file("script.lua", script, strlen(script)), NULL, &err), LN_EFORMAT,
           "script.lua': not a safetensors file");
  CK_FAILS(ln_model_load(&net, NULL, test_path("none"), NULL, &err), LN_EIO, "No such file");
  ck_assert_ptr_null(net);
  ln_tensor_unref(t);
}
END_TEST

/* An architecture in few bytes that asks for much: refused before memory is taken. */
static void check_claim(const char *architecture, LnStatus status, const char *message) {
  LnError err;
  LnNetwork *net = NULL;
  int64_t live = ln_memory_live(), peak = ln_memory_peak();
  const LnMeta meta[] = {{"format", "lunet"}, {"lunet.architecture", architecture}};
  CK_OK(ln_safetensors_save(test_path("claim"), NULL, 0, meta, 2, &err));
  CK_FAILS(ln_model_load(&net, NULL, test_path("claim"), NULL, &err), status, message);
  ck_assert_int_eq(ln_memory_live(), live);
  ck_assert_int_lt(ln_memory_peak() - peak, (int64_t)256 << 20);
}

START_TEST(claims) {
  LnError err;
  LnNetwork *net = NULL;
#define DENSE(units) "\"layers\": [{\"type\": \"dense\", \"units\": " #units ", \"inputs\": [0]}]}"
  check_claim("{\"input\": [30000], " DENSE(30000), LN_EFORMAT, "has no tensor 'dense_1.weight'");
  check_claim("{\"input\": [], " DENSE(30000), LN_EFORMAT, "it has no input shape");
  check_claim("{\"input\": [3, 4096, 4096], \"layers\": [{\"type\": \"flatten\", \"inputs\": [0]}, "
              "{\"type\": \"dense\", \"units\": 33000000, \"inputs\": [1]}]}", LN_EFORMAT, "claim'");
  /* JSON alone has no file to be compared with: then the limit of bytes counts. */
  CK_FAILS(ln_network_from_json(&net, "{\"input\": [100000], " DENSE(100000), &err), LN_ELIMIT,
           "architecture: too large: 37.3 GB of memory, the limit is 8 GB");
}
END_TEST

START_TEST(many_layers_and_deep_nesting) {
  const char layer[] = "{\"type\":\"relu\",\"inputs\":[0]},";
  const int n = 100001, deep = 100000;
  char *text = malloc(64 + (size_t)n * sizeof layer), *at = text;
  at += sprintf(at, "{\"input\":[1],\"layers\":[");
  for (int i = 0; i < n; i++) at += sprintf(at, "%s", layer);
  strcpy(at - 1, "]}");
  check_claim(text, LN_ELIMIT, "architecture: too large: 100001 layers, the limit is 100000");
  memset(text, '[', (size_t)deep);
  text[deep] = '\0';
  check_claim(text, LN_EFORMAT, "maximum parsing depth");
  free(text);
}
END_TEST

/* Two letters of JSON may take 232 bytes. */
START_TEST(values_that_take_much_memory) {
  const char *const values[] = {"{},", "[],", "[0],", "0,", "\"a\":0,"};
  const size_t size = 40 << 20;
  char *text = malloc(size + 64);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    size_t one = strlen(values[i]), n = 0;
    bool keys = values[i][0] == '"';
    n += (size_t)sprintf(text, keys ? "{" : "{\"input\":[");
    while (n < size) memcpy(text + n, values[i], one), n += one;
    strcpy(text + n - 1, keys ? "}" : "]}");
    check_claim(text, LN_ELIMIT, "architecture: too large");
  }
  free(text);
}
END_TEST

/* The same tensors, one of them with a number that is none. */
START_TEST(weights_that_are_none) {
  LnError err;
  for (int i = 0; i < 2; i++) {
    LnNetwork *net = built_network(3), *back = NULL;
    LnTensor *t = NULL;
    int64_t live = ln_memory_live();
    CK_OK(ln_network_tensor(&t, net, 2, &err));
    t->data[t->stride[1]] = i == 0 ? NAN : -INFINITY; /* element 10 of 1,3,3,3 */
    ln_tensor_unref(t);
    CK_OK(ln_model_save(test_path("none"), net, NULL, &err));
    CK_FAILS(ln_model_load(&back, NULL, test_path("none"), NULL, &err), LN_ENUMERIC,
             i == 0 ? "none': weights of layer conv2d_2 contain NaN: element 10 of tensor 'conv2d_2.weight'"
                    : "none': weights of layer conv2d_2 contain infinity: element 10 of tensor 'conv2d_2.weight'");
    ck_assert_int_eq(ln_memory_live(), live);
    ln_network_unref(net);
  }
}
END_TEST

static size_t read_whole(uint8_t *bytes, size_t room, const char *path) {
  FILE *file = fopen(path, "rb");
  size_t n = fread(bytes, 1, room, file);
  fclose(file);
  return n;
}

START_TEST(cut_or_changed) {
  LnError err;
  static uint8_t bytes[8192];
  LnNetwork *net = built_network(3), *back = NULL;
  CK_OK(ln_model_save(test_path("whole"), net, NULL, &err));
  ln_network_unref(net);
  size_t n = read_whole(bytes, sizeof bytes, test_path("whole"));
  int64_t live = ln_memory_live();
  for (size_t length = 0; length < n; length++)
    CK_FAILS(ln_model_load(&back, NULL, test_file("cut", bytes, length), NULL, &err), LN_EFORMAT, "cut'");
  for (size_t at = 8; at < n - 58 * sizeof(float); at++) { /* the header, up to the weights */
    for (int change = 1; change < 128; change *= 8) {
      bytes[at] ^= (uint8_t)change;
      LnStatus status = ln_model_load(&back, NULL, test_file("changed", bytes, n), NULL, &err);
      if (status == LN_OK) ln_network_unref(back);
      if (ln_memory_live() != live)
        ck_abort_msg("byte %zu: %lld bytes stay held", at, (long long)(ln_memory_live() - live));
      bytes[at] ^= (uint8_t)change;
    }
  }
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnNetwork *net = built_network(3), *back = NULL;
  char *record = NULL;
  const char *path = test_path("memory");
  CK_EVERY_ALLOCATION(ln_model_save(path, net, "record", &err), (void)0);
  CK_EVERY_ALLOCATION(ln_model_load(&back, &record, path, NULL, &err), (ln_network_unref(back), ln_free(record)));
  ln_network_unref(net);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, round_trip);
  tcase_add_test(tests, how_far_it_was_trained);
  tcase_add_test(tests, scale_of_intensities);
  tcase_add_test(tests, not_built);
  tcase_add_test(tests, tensors_that_do_not_match);
  tcase_add_test(tests, files_of_another_kind);
  tcase_add_test(tests, claims);
  tcase_add_test(tests, many_layers_and_deep_nesting);
  tcase_add_test(tests, values_that_take_much_memory);
  tcase_add_test(tests, weights_that_are_none);
  tcase_add_test(tests, cut_or_changed);
  tcase_add_test(tests, every_allocation);
}
