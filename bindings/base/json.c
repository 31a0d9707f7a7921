/* See json.h. The Lua half writes JSON itself (bindings/lunet/base/json.lua). */
#include "bindings/base/json.h"

#include <lauxlib.h>
#include <string.h>

#include "base/json.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"

static void release_value(void *value) {
  json_decref(value);
}

static const LnbClass json_class = {.name = "lunet.json", .noun = "JSON value", .release = release_value};

static void push_value(lua_State *L, const json_t *value);

static void push_list(lua_State *L, const json_t *list) {
  size_t i;
  const json_t *entry;
  lua_createtable(L, (int)json_array_size(list), 0);
  json_array_foreach(list, i, entry) {
    push_value(L, entry);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_object(lua_State *L, const json_t *object) {
  const char *key;
  const json_t *entry;
  lua_newtable(L);
  json_object_foreach((json_t *)object, key, entry) {
    push_value(L, entry);
    lua_setfield(L, -2, key);
  }
}

/* null is nil; the parser bounds how deep values are nested. */
static void push_value(lua_State *L, const json_t *value) {
  luaL_checkstack(L, 4, "JSON is nested too deeply");
  switch (json_typeof(value)) {
    case JSON_OBJECT: push_object(L, value); break;
    case JSON_ARRAY: push_list(L, value); break;
    case JSON_STRING: lua_pushlstring(L, json_string_value(value), json_string_length(value)); break;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(value)); break;
    case JSON_REAL: lua_pushnumber(L, json_real_value(value)); break;
    default:
      if (json_is_boolean(value)) lua_pushboolean(L, json_is_true(value));
      else lua_pushnil(L);
  }
}

/* decode_json(text): its value. */
static int decode_json(lua_State *L) {
  const char *text = lnb_check_string(L, 1);
  LNB_MAKE(L, json_class, json_t, ln_json_parse(&made, text, strlen(text), "JSON text", &err));
  push_value(L, lnb_check(L, -1, &json_class));
  return 1;
}

void lnb_open_json(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "decode_json", .call = decode_json}, {0}};
  lnb_class_new(L, &json_class, NULL, NULL, NULL);
  lua_pop(L, 1);
  lnb_functions(L, "", functions);
}
