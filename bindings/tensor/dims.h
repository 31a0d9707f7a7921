/* Arguments that many methods of tensors take: dimensions, switches, and options in their place. */
#ifndef LUNET_BINDINGS_TENSOR_DIMS_H
#define LUNET_BINDINGS_TENSOR_DIMS_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "base/shape.h"

/* Whether a table of options, with names, is there; a list of numbers is none. */
bool lnb_is_options(lua_State *L, int index);
/* A dimension of a tensor that has n, or a list of several, as bits. */
uint32_t lnb_check_dims(lua_State *L, int index, int n);
/* The same in the order in which they were given, from 0; returns how many, at least one. */
int lnb_check_dim_list(lua_State *L, int index, int n, int dims[LN_MAX_DIMS]);
/* A dimension, by default the last. */
int lnb_opt_dim(lua_State *L, int index, int n);
/* (dim, keep) from `arg` on, the last arguments; or { dim =, keep = } in their place. */
typedef struct LnbLines {
  uint32_t dims; /* bits; all where none is named */
  bool named, keep;
} LnbLines;
LnbLines lnb_check_lines(lua_State *L, int arg, int n);
/* A number. name: of the argument. */
double lnb_opt_named_number(lua_State *L, int index, const char *name, double def);
/* true or false, by default false. name: of the argument. */
bool lnb_opt_boolean(lua_State *L, int index, const char *name);
/* The same of the options at an index, which may be none. */
bool lnb_option_boolean(lua_State *L, int index, const char *name);

#endif
