/* Checkpoints in Lua: see checkpoint.h; bindings/lunet/train/checkpoint.lua says what is in them. */
#include "bindings/media/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/file_writer.h"
#include "base/hash.h"
#include "base/memory.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/media/tensor_file.h"
#include "bindings/tensor/tensor.h"
#include "store/checkpoint.h"

static void release_writer(void *writer) {
  ln_file_writer_free(writer);
}

static const LnbClass writer_class = {.name = "lunet.checkpoint_writer", .noun = "writer", .release = release_writer};

/* checkpoint_writer(path): a file that is written in the background. Closing it waits until it is written. */
static int checkpoint_writer(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LNB_MAKE(L, writer_class, LnFileWriter, ln_file_writer_new(&made, path, &err));
  return 1;
}

/* checkpoint_put(writer, { name = tensor }, state): what they are now, and the text, as the file's next version. */
static int checkpoint_put(lua_State *L) {
  LnFileWriter *writer = lnb_check(L, 1, &writer_class);
  const char *state = lnb_check_string(L, 3);
  void *bytes = NULL;
  size_t size = 0;
  int n = 0;
  lnb_check_table(L, 2);
  const LnNamedTensor *list = lnb_check_named_tensors(L, &n);
  LNB_CALL(L, ln_checkpoint_encode(&bytes, &size, list, n, state, &err));
  LnError err;
  if (ln_file_writer_put(writer, bytes, size, &err) != LN_OK) lnb_raise(L, &err);
  return 0;
}

/* checkpoint_finish(writer): waits until it is written, and raises if it could not be. */
static int checkpoint_finish(lua_State *L) {
  LnError err;
  if (ln_file_writer_finish(lnb_check(L, 1, &writer_class), &err) != LN_OK) lnb_raise(L, &err);
  return 0;
}

/* checkpoint_load(path): the tensors by name, and the text. */
static int checkpoint_load(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  char *state = NULL;
  LnbBox *text = lnb_box_new(L, &lnb_text_class); /* first, so that the text has an owner */
  LNB_MAKE(L, lnb_tensor_list_class, LnTensorList, ln_checkpoint_load(&made, &state, path, &err));
  text->object = state;
  lnb_push_tensor_list(L, lnb_check(L, -1, &lnb_tensor_list_class));
  lua_pushvalue(L, -3);
  lnb_push_text(L);
  return 2;
}

/* hash(t): 16 hexadecimal digits that tell a tensor's shape and elements from others. */
static int tensor_hash(lua_State *L) {
  LnTensor *t = lnb_check_tensor(L, 1);
  char text[17];
  LNB_MAKE_TENSOR(L, ln_tensor_as_contiguous(&made, t, &err));
  uint64_t hash = ln_hash((uint64_t)t->shape.n, t->shape.d, (size_t)t->shape.n * sizeof *t->shape.d);
  hash = ln_hash(hash, lnb_check_tensor(L, -1)->data, (size_t)ln_shape_count(t->shape) * sizeof(float));
  snprintf(text, sizeof text, "%016" PRIx64, hash);
  lua_pushstring(L, text);
  return 1;
}

void lnb_open_checkpoint(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "checkpoint_writer", .call = checkpoint_writer},
                                          {.name = "checkpoint_put", .call = checkpoint_put},
                                          {.name = "checkpoint_finish", .call = checkpoint_finish},
                                          {.name = "checkpoint_load", .call = checkpoint_load},
                                          {.name = "hash", .call = tensor_hash},
                                          {0}};
  lnb_class_new(L, &writer_class, NULL, NULL, NULL);
  lua_pop(L, 1);
  lnb_functions(L, "", functions);
}
