/* What the C files of the Lua module share. This folder holds the only C that includes lua.h.
 *
 * Lua holds runtime objects in boxes: userdata with one pointer and one reference. A box is pushed empty and then
 * filled, so whatever raises an error in between loses nothing. Indices and dimensions are 1-based on the Lua side.
 * Names shared between the files start with lnb_ (lunet bindings). */
#ifndef LUNET_BINDINGS_H
#define LUNET_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

#include "lunet.h"

/* Errors (error.c). They carry the line of the user's script, also when raised below the module's own Lua code. */

#define LNB_CHUNK_PREFIX "=lunet/" /* chunk names of the module's own Lua code begin with it */

int lnb_error(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
int lnb_raise(lua_State *L, const LnError *err) __attribute__((noreturn));
/* "reshape: argument 2: expected a shape, got nil" */
int lnb_arg_error(lua_State *L, int arg, const char *expected) __attribute__((noreturn));
/* What is at a stack index, for messages: "a tensor 3x64x64", "'same'", "nil". Pushes the text and returns it. */
const char *lnb_describe(lua_State *L, int index);
/* The name of the running C function, as the module gives it; pcall hides the name in the call. */
const char *lnb_callee(lua_State *L);
/* Remember the names of the functions in the table on top. */
void lnb_name_functions(lua_State *L);

/* Call into the runtime; `call` uses &err. If memory runs out, collect garbage and try once more. Raise on failure. */
#define LNB_CALL(L, call)                                                                                       \
  do {                                                                                                          \
    LnError err = {LN_OK, ""};                                                                                  \
    if ((call) != LN_OK && (err.status != LN_EMEMORY || (lnb_collect(L), (call) != LN_OK))) lnb_raise(L, &err); \
  } while (0)

/* Push a box of the class and fill it: `call` stores a new object through &made, and uses &err. */
#define LNB_MAKE(L, class, Type, call)             \
  do {                                             \
    LnbBox *made_box = lnb_box_new((L), &(class)); \
    Type *made = NULL;                             \
    LNB_CALL(L, call);                             \
    made_box->object = made;                       \
  } while (0)
#define LNB_MAKE_TENSOR(L, call) LNB_MAKE(L, lnb_tensor_class, LnTensor, call)

/* Boxes (box.c). */

typedef struct LnbClass {
  const char *name; /* registry key and __name: "lunet.tensor" */
  const char *noun; /* in messages: "tensor" */
  void (*release)(void *object);
} LnbClass;

typedef struct LnbBox {
  void *object;   /* NULL before it is filled and after it is closed */
  uint64_t calls; /* of a noise: how often it was applied */
} LnbBox;

/* Make a class's metatable and leave it on the stack: __gc, __close, __eq by identity, and an __index that looks into
 * `methods`, then calls one of `getters`, then raises with a suggestion. Its fields "methods" and "getters" hold both
 * tables. Each list may be NULL. */
void lnb_class_new(lua_State *L, const LnbClass *class, const luaL_Reg *meta, const luaL_Reg *methods,
                   const luaL_Reg *getters);
int lnb_class_index(lua_State *L);                        /* that __index, for a string at index 2 */
LnbBox *lnb_box_new(lua_State *L, const LnbClass *class); /* pushes an empty box; collects garbage when it is due */
void *lnb_check(lua_State *L, int arg, const LnbClass *class);
LnbBox *lnb_test(lua_State *L, int index, const LnbClass *class); /* NULL if it is something else; may be closed */
int lnb_box_free(lua_State *L);                                   /* t:free(); upvalue 1: the class */

/* Collect garbage when live native bytes, unseen by Lua, passed twice what survived last time, at least 64 MiB. */
void lnb_collect_when_due(lua_State *L);
void lnb_collect(lua_State *L);

/* Memory for the duration of a call, owned by Lua; pushes it. */
void *lnb_scratch(lua_State *L, size_t count, size_t size);

/* Values (value.c). */

/* Arguments of one type, without Lua's conversions between numbers and strings. */
lua_Integer lnb_check_integer(lua_State *L, int arg);
lua_Integer lnb_opt_integer(lua_State *L, int arg, lua_Integer def);
lua_Number lnb_check_number(lua_State *L, int arg);
lua_Number lnb_opt_number(lua_State *L, int arg, lua_Number def);
const char *lnb_check_string(lua_State *L, int arg); /* no characters 0 in it: C would see its beginning only */
bool lnb_has_zero(lua_State *L, int index);          /* whether the string there has some */
void lnb_check_table(lua_State *L, int arg);
/* A shape from a table {1, 64, 64} at `arg`, or from all arguments from `arg` on. Sizes are at least `least`. */
LnShape lnb_check_shape(lua_State *L, int arg, int64_t least);
void lnb_push_shape(lua_State *L, LnShape shape);
/* The numbers of a table of integers, less `base`; pushes the memory that holds them. */
int64_t *lnb_check_integers(lua_State *L, int arg, int64_t *count, int64_t base);
/* A dimension 1 .. n (or -1 for the last) as 0 .. n-1. */
int lnb_check_dim(lua_State *L, int arg, int n);
/* An index 1 .. size, or -1 for the last, as 0 .. size-1. `dim` is 1-based, for the message. */
int64_t lnb_check_position(lua_State *L, int64_t index, int64_t size, int dim);
/* The value of a field of the options table at `index` (which may be none); the default when it is absent. */
int64_t lnb_option_integer(lua_State *L, int index, const char *name, int64_t def);
/* Raise for keys of the options table at `index` that are not in `names` (ended by NULL). */
void lnb_option_names(lua_State *L, int index, const char *owner, const char *const *names);
/* A file path: a string without embedded zeros. */
const char *lnb_check_path(lua_State *L, int arg);
/* Text of the runtime's, freed with its box: LNB_MAKE(L, lnb_text_class, char, ...), then this to get a Lua string. */
extern const LnbClass lnb_text_class;
void lnb_push_text(lua_State *L); /* replaces the box on top */

/* Tensors (tensor*.c). */

extern const LnbClass lnb_tensor_class;
LnTensor *lnb_check_tensor(lua_State *L, int arg);
LnTensor *lnb_tensor_new(lua_State *L, LnShape shape); /* zeros; pushes its box */
void lnb_push_tensor(lua_State *L, LnTensor *t);       /* with a reference of its own */
/* The tensor, or the number or nested table at `index` as a tensor: replaces it on the stack. */
LnTensor *lnb_to_tensor(lua_State *L, int index);
int lnb_tensor_from_table(lua_State *L, int index); /* pushes the tensor */

extern const luaL_Reg lnb_tensor_constructors[], lnb_tensor_view_methods[], lnb_tensor_text_methods[];
void lnb_tensor_math_methods(lua_State *L); /* sets fields of the table on top */
void lnb_tensor_operators(lua_State *L);    /* sets metamethods of the table on top */
int lnb_tensor_index(lua_State *L);
int lnb_tensor_newindex(lua_State *L);
int lnb_tensor_tostring(lua_State *L);

/* Items and their types (registry.c, item.c). */

extern const LnbClass lnb_item_class;
extern const char *const lnb_type_class;              /* registry key of the metatable of types */
const LnType *lnb_test_type(lua_State *L, int index); /* NULL if it is something else */
void lnb_push_type(lua_State *L, const LnType *type);
const char *lnb_kind_noun(const char *kind); /* "layer", "optimizer" */
/* An item of that kind; `what` names the argument in messages. A type instead of an item gives a hint. */
LnItem *lnb_check_item(lua_State *L, int index, const char *kind, const char *what);
void lnb_push_item(lua_State *L, LnItem *item);      /* with a reference of its own */
int lnb_item_construct(lua_State *L);                /* __call of types */
void lnb_push_item_text(lua_State *L, LnItem *item); /* conv2d{ 64, kernel = 3 } */
void lnb_push_options(lua_State *L, LnItem *item);   /* { filters = 64, ... } */
int lnb_item_call(lua_State *L);                     /* __call of items, by kind */
void lnb_push_value(lua_State *L, LnValue value);

/* Nodes, networks, trainers. */

extern const LnbClass lnb_node_class, lnb_network_class;
int lnb_network_call(lua_State *L); /* __call of networks: predict */
/* Applies the layer to the nodes at stack indices first .. first + n - 1 and pushes the new node. */
void lnb_node_apply(lua_State *L, LnItem *layer, int first, int n);

/* Every part adds its functions to the module table on top of the stack. */

void lnb_open_value(lua_State *L);
void lnb_open_tensor(lua_State *L);
void lnb_open_registry(lua_State *L);
void lnb_open_item(lua_State *L);
void lnb_open_node(lua_State *L); /* into core.nn */
void lnb_open_network(lua_State *L);
void lnb_open_trainer(lua_State *L);
void lnb_open_image(lua_State *L);
void lnb_open_data(lua_State *L);
void lnb_open_system(lua_State *L);
void lnb_open_interrupt(lua_State *L);

/* Ctrl-C (interrupt.c). */

void lnb_interrupt_install(lua_State *L); /* from now on SIGINT raises "interrupted!" in L */
bool lnb_interrupt_take(void);            /* whether SIGINT came since the last call; it raises nothing any more */

/* The module (core.c, module.c). These two are all that lunet.so exports. */

__attribute__((visibility("default"))) int luaopen_lunet_core(lua_State *L);
__attribute__((visibility("default"))) int luaopen_lunet(lua_State *L);
void lnb_module_install(lua_State *L); /* lets require find "lunet", "lunet.core", "lunet.fit" ... */

#endif
