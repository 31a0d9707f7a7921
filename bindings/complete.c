/* Tab completion: globals, fields of tables, methods and fields of objects, and the option names of what is being called,
 * as in `conv2d{ ker`. Looks without running any code of the user's. */
#include <ctype.h>
#include <string.h>

#include "bindings.h"
#include "program.h"

/* The candidates found so far: a table at stack index `list`. */
typedef struct Search {
  lua_State *L;
  int list;
  lua_Integer count;
} Search;

/* Adds head .. name .. tail when it begins with `start`. */
static void add(Search *search, const char *head, const char *name, const char *tail, const char *start) {
  lua_State *L = search->L;
  if (strncmp(name, start, strlen(start)) != 0 || (*start == '\0' && *name == '_')) return;
  lua_pushfstring(L, "%s%s%s", head, name, tail);
  lua_rawseti(L, search->list, ++search->count);
}

static void add_keys(Search *search, int table, const char *head, const char *start) {
  lua_State *L = search->L;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) add(search, head, lua_tostring(L, -1), "", start);
  }
}

/* Replaces the value on top by its field, without calling anything: raw, then through tables in __index. */
static void get_raw_field(lua_State *L, const char *name) {
  for (int depth = 0; depth < 8 && lua_istable(L, -1); depth++) {
    lua_pushstring(L, name);
    if (lua_rawget(L, -2) != LUA_TNIL) return lua_remove(L, -2);
    lua_pop(L, 1);
    if (luaL_getmetafield(L, -1, "__index") == LUA_TNIL) break;
    lua_remove(L, -2);
  }
  lua_pop(L, 1);
  lua_pushnil(L);
}

/* Pushes the value of a chain such as ln.nn.conv2d, or nil. */
static void push_chain(lua_State *L, const char *chain, size_t length) {
  lua_pushglobaltable(L);
  while (length > 0) {
    size_t part = strcspn(chain, ".:");
    if (part > length) part = length;
    const char *name = lua_pushlstring(L, chain, part);
    lua_insert(L, -2);
    get_raw_field(L, name);
    lua_remove(L, -2);
    if (part < length) part++;
    chain += part, length -= part;
  }
}

/* Fields of the value on top. */
static void add_fields(Search *search, const char *head, const char *start) {
  static const char *const lists[] = {"methods", "getters"};
  lua_State *L = search->L;
  int value = lua_gettop(L);
  if (lua_istable(L, value)) add_keys(search, value, head, start);
  if (lua_istable(L, value) && luaL_getmetafield(L, value, "__index") == LUA_TTABLE)
    add_keys(search, lua_gettop(L), head, start);
  for (size_t i = 0; lua_isuserdata(L, value) && i < 2; i++)
    if (luaL_getmetafield(L, value, lists[i]) == LUA_TTABLE) add_keys(search, lua_gettop(L), head, start);
  lua_settop(L, value);
}

/* The type that the value on top is, or that a loader such as ln.data.folder stands for. */
static const LnType *type_of_value(lua_State *L) {
  const LnType *type = lnb_test_type(L, -1);
  if (type != NULL || !lua_istable(L, -1)) return type;
  lua_pushliteral(L, "type");
  lua_rawget(L, -2);
  type = lnb_test_type(L, -1);
  lua_pop(L, 1);
  return type;
}

static bool is_name(int c) {
  return isalnum(c) || c == '_' || c == '.' || c == ':';
}

/* Where the innermost table that is still open at the end of the text begins: the position of its brace, or -1. Brackets in
 * strings do not count. */
static long open_brace(const char *text) {
  long stack[64];
  int depth = 0;
  char quote = '\0';
  for (long i = 0; text[i] != '\0'; i++) {
    char c = text[i];
    if (quote != '\0') {
      if (c == '\\' && text[i + 1] != '\0') i++;
      else if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (strchr("{([", c) != NULL) {
      if (depth < 64) stack[depth] = i;
      depth++;
    } else if (strchr("})]", c) != NULL && depth > 0) {
      depth--;
    }
  }
  bool table = quote == '\0' && depth > 0 && depth <= 64 && text[stack[depth - 1]] == '{';
  return table ? stack[depth - 1] : -1;
}

/* Whether a new entry of the table may begin at the end of the text. */
static bool at_entry(const char *text) {
  size_t length = strlen(text);
  while (length > 0 && isspace((unsigned char)text[length - 1])) length--;
  return length > 0 && (text[length - 1] == '{' || text[length - 1] == ',');
}

/* Option names where the text ends inside the braces of a call. */
static void add_options(Search *search, const char *text, const char *start) {
  lua_State *L = search->L;
  long brace = open_brace(text);
  if (brace < 0 || !at_entry(text)) return;
  long end = brace;
  while (end > 0 && (isspace((unsigned char)text[end - 1]) || text[end - 1] == '(')) end--;
  long first = end;
  while (first > 0 && is_name((unsigned char)text[first - 1])) first--;
  if (first == end) return;
  push_chain(L, text + first, (size_t)(end - first));
  const LnType *type = type_of_value(L);
  for (const LnParam *p = type == NULL ? NULL : type->params; p != NULL && p->kind != LN_PARAM_END; p++)
    add(search, "", p->name, " = ", start);
  lua_pop(L, 1);
}

void program_complete(lua_State *L, const char *before, const char *word) {
  Search search = {.L = L};
  const char *text = lua_pushfstring(L, "%s%s", program_pending, before);
  lua_newtable(L);
  search.list = lua_gettop(L);
  size_t head = strlen(word);
  while (head > 0 && word[head - 1] != '.' && word[head - 1] != ':') head--;
  if (head == 0) add_options(&search, text, word);
  const char *kept = lua_pushlstring(L, word, head);
  push_chain(L, word, head > 0 ? head - 1 : 0);
  add_fields(&search, kept, word + head);
  lua_settop(L, search.list);
}
