/* Error messages that point at the line of the user's script: see bindings.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bindings.h"

/* "script.lua:12: " for the innermost Lua function that is not the module's own; nothing if there is none. */
static void push_where(lua_State *L) {
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0 || strncmp(frame.source, LNB_CHUNK_PREFIX, strlen(LNB_CHUNK_PREFIX)) == 0) continue;
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

int lnb_error(lua_State *L, const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  push_where(L);
  lua_pushstring(L, text);
  lua_concat(L, 2);
  lua_error(L);
  __builtin_unreachable();
}

int lnb_raise(lua_State *L, const LnError *err) {
  lnb_error(L, "%s", err->msg);
}

/* Registry key of a table from functions to their names. */
static const char names_key;

void lnb_name_functions(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &names_key);
  }
  lua_pushnil(L);
  while (lua_next(L, -3)) {
    lua_pushvalue(L, -2);
    if (lua_isfunction(L, -2))
      lua_rawset(L, -4);
    else
      lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

const char *lnb_callee(lua_State *L) {
  lua_Debug frame;
  const char *name = NULL;
  int top = lua_gettop(L);
  if (!lua_getstack(L, 0, &frame)) return "?";
  lua_getinfo(L, "nf", &frame);
  LnbBox *item = lua_tocfunction(L, -1) == lnb_item_call ? lnb_test(L, 1, &lnb_item_class) : NULL;
  if (item != NULL && item->object != NULL) name = ln_item_type(item->object)->name; /* median{ 3 }(x) */
  if (name == NULL && lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) == LUA_TTABLE) {
    lua_pushvalue(L, -2);
    lua_rawget(L, -2);
    name = lua_tostring(L, -1); /* the table keeps it */
  }
  lua_settop(L, top);
  return name != NULL ? name : frame.name != NULL ? frame.name : "?";
}

int lnb_arg_error(lua_State *L, int arg, const char *expected) {
  lua_Debug frame;
  const char *came = lnb_describe(L, arg), *name = lnb_callee(L);
  lua_getstack(L, 0, &frame);
  lua_getinfo(L, "n", &frame);
  bool method = frame.namewhat != NULL && strcmp(frame.namewhat, "method") == 0;
  if (method && arg == 1)
    lnb_error(L, "%s: called on %s, expected %s; write object:%s(...)", name, came, expected, name);
  lua_getinfo(L, "f", &frame);
  bool called = lua_tocfunction(L, -1) == lnb_item_call || lua_tocfunction(L, -1) == lnb_network_call;
  lnb_error(L, "%s: argument %d: expected %s, got %s", name, arg - (method || called), expected, came);
}

/* What a closed box held; NULL if the value is none. */
static const char *noun_of_freed(lua_State *L, int index) {
  static const LnbClass *const classes[] = {&lnb_tensor_class, &lnb_item_class, &lnb_node_class, &lnb_network_class};
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
    const LnbBox *box = lnb_test(L, index, classes[i]);
    if (box != NULL && box->object == NULL) return classes[i]->noun;
  }
  return NULL;
}

const char *lnb_describe(lua_State *L, int index) {
  const char *freed = noun_of_freed(L, index);
  if (freed != NULL) return lua_pushfstring(L, "a %s that was freed", freed);
  LnbBox *box = lnb_test(L, index, &lnb_tensor_class);
  const LnType *type = lnb_test_type(L, index);
  if (box != NULL && box->object != NULL)
    return lua_pushfstring(L, "a tensor of shape %s", LN_SHAPE_TEXT(((LnTensor *)box->object)->shape));
  if (type != NULL) return lua_pushfstring(L, "the type %s.%s without its options", type->kind, type->name);
  box = lnb_test(L, index, &lnb_item_class);
  if (box != NULL && box->object != NULL)
    return lua_pushfstring(L, "the %s %s", lnb_kind_noun(ln_item_type(box->object)->kind),
                           ln_item_type(box->object)->name);
  switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL: return lua_pushliteral(L, "nil");
    case LUA_TNUMBER: return luaL_tolstring(L, index, NULL);
    case LUA_TSTRING: return lua_pushfstring(L, "'%s'", lua_tostring(L, index));
    case LUA_TBOOLEAN: return lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    default: break;
  }
  if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) {
    const char *name = lua_tostring(L, -1);
    return lua_pushfstring(L, "a %s", strncmp(name, "lunet.", 6) == 0 ? name + 6 : name);
  }
  return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}
