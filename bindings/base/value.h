/* Lua values to and from shapes, indices, option tables and text. Indices and dimensions are 1-based in Lua. */
#ifndef LUNET_BINDINGS_BASE_VALUE_H
#define LUNET_BINDINGS_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "base/shape.h"
#include "bindings/base/box.h"

/* Arguments of one type, without Lua's conversions between numbers and strings. */
lua_Integer lnb_check_integer(lua_State *L, int arg);
/* Raise where more comes than the object at 1 and arguments up to stack index `last`: options, for one, that would be
 * left unread. The hint, "" or "; ...", ends the message. */
void lnb_check_count(lua_State *L, int last, const char *hint);
lua_Integer lnb_opt_integer(lua_State *L, int arg, lua_Integer def);
lua_Number lnb_check_number(lua_State *L, int arg);
lua_Number lnb_opt_number(lua_State *L, int arg, lua_Number def);
const char *lnb_check_string(lua_State *L, int arg); /* no NUL bytes in it: C would see its beginning only */
bool lnb_has_nul(lua_State *L, int index);           /* whether the string there has some */
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
void lnb_open_value(lua_State *L);

/* Memory for the duration of a call, owned by Lua; pushes it. */
void *lnb_scratch(lua_State *L, size_t count, size_t size);

#endif
