/* Tab completion: globals, fields of tables, methods and fields of objects (after a colon, methods alone), the option
 * names of what is being called, as in `conv2d{ ker`, and the words that an option takes, as in `ssim{ preset = "wa`.
 * Runs none of the user's code. */
#include "bindings/program/prompt/complete.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "bindings/items/class.h"

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

/* The keys of a table; after a colon, those of functions. */
static void add_keys(Search *search, int table, const char *head, const char *start) {
  lua_State *L = search->L;
  bool methods = *head != '\0' && head[strlen(head) - 1] == ':';
  lua_pushnil(L);
  while (lua_next(L, table)) {
    bool fits = !methods || lua_isfunction(L, -1);
    lua_pop(L, 1);
    if (fits && lua_type(L, -1) == LUA_TSTRING) add(search, head, lua_tostring(L, -1), "", start);
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
  size_t n = *head != '\0' && head[strlen(head) - 1] == ':' ? 1 : 2; /* getters are no methods */
  if (lua_istable(L, value)) add_keys(search, value, head, start);
  if (luaL_getmetafield(L, value, "__index") == LUA_TTABLE) add_keys(search, lua_gettop(L), head, start);
  for (size_t i = 0; lua_isuserdata(L, value) && i < n; i++)
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

static long skip_spaces_back(const char *text, long end) {
  while (end > 0 && isspace((unsigned char)text[end - 1])) end--;
  return end;
}

/* Where the string begins in which the text ends: the position of its quote, or -1. */
static long open_quote(const char *text) {
  long at = -1;
  for (long i = 0; text[i] != '\0'; i++) {
    if (at >= 0 && text[i] == '\\' && text[i + 1] != '\0')
      i++;
    else if (at >= 0 && text[i] == text[at])
      at = -1;
    else if (at < 0 && (text[i] == '"' || text[i] == '\''))
      at = i;
  }
  return at;
}

/* Where the text ends inside the braces of a call, f{ ... or f(x, { ...: the position after the name f, else -1.
 * Brackets in strings do not count. */
static long callee_end(const char *text) {
  long stack[64] = {0};
  int depth = 0;
  char quote = '\0';
  for (long i = 0; text[i] != '\0'; i++) {
    char c = text[i];
    if (quote != '\0') {
      if (c == '\\' && text[i + 1] != '\0')
        i++;
      else if (c == quote)
        quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (strchr("{([", c) != NULL) {
      if (depth < 64) stack[depth] = i;
      depth++;
    } else if (strchr("})]", c) != NULL && depth > 0) {
      depth--;
    }
  }
  if (quote != '\0' || depth == 0 || depth > 64 || text[stack[depth - 1]] != '{') return -1;
  long end = skip_spaces_back(text, stack[depth - 1]);
  if (end > 0 && is_name((unsigned char)text[end - 1])) return end;
  return depth > 1 && text[stack[depth - 2]] == '(' ? skip_spaces_back(text, stack[depth - 2]) : -1;
}

/* Whether a new entry of the table may begin at the end of the text. */
static bool at_entry(const char *text) {
  long length = skip_spaces_back(text, (long)strlen(text));
  return length > 0 && (text[length - 1] == '{' || text[length - 1] == ',');
}

/* Words that an option takes: the entry of a help page on top, which goes. */
static void add_documented_words(Search *search, const char *start) {
  lua_State *L = search->L;
  int entry = lua_gettop(L);
  get_raw_field(L, "choices");
  for (lua_Integer i = 1; lua_istable(L, entry) && lua_rawgeti(L, entry, i) == LUA_TSTRING; i++) {
    add(search, "", lua_tostring(L, -1), "", start);
    lua_pop(L, 1);
  }
  lua_settop(L, entry - 1);
}

/* Options of a function of the module's Lua half, on top, from its help page: names, or the words that one takes. */
static void add_documented_options(Search *search, const char *option, const char *start) {
  lua_State *L = search->L;
  int function = lua_gettop(L);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  get_raw_field(L, "lunet.docs");
  get_raw_field(L, "find");
  if (!lua_isfunction(L, -1)) return lua_settop(L, function);
  lua_pushvalue(L, function);
  lua_call(L, 1, 1);
  get_raw_field(L, "options");
  for (lua_Integer i = 1; lua_istable(L, -1) && lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
    const char *name = lua_rawgeti(L, -1, 1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    bool asked = name != NULL && option != NULL && strcmp(name, option) == 0;
    if (name != NULL && option == NULL) add(search, "", name, " = ", start);
    lua_pop(L, 1);
    if (asked)
      add_documented_words(search, start);
    else
      lua_pop(L, 1);
  }
  lua_settop(L, function);
}

/* Options of what is called where the text, at an entry of its braces, ends: names, or the words that one takes. */
static void add_options(Search *search, const char *text, const char *option, const char *start) {
  lua_State *L = search->L;
  long end = callee_end(text), first = end;
  if (end < 0 || !at_entry(text)) return;
  while (first > 0 && is_name((unsigned char)text[first - 1])) first--;
  if (first == end) return;
  push_chain(L, text + first, (size_t)(end - first));
  const LnType *type = type_of_value(L);
  for (const LnParam *p = type == NULL ? NULL : type->params; p != NULL && p->kind != LN_PARAM_END; p++) {
    bool asked = option != NULL && (*option != '\0' ? strcmp(p->name, option) == 0 : (p->flags & LN_POSITIONAL) != 0);
    if (option == NULL) add(search, "", p->name, " = ", start);
    for (int i = 0; asked && p->choices != NULL && p->choices[i] != NULL; i++)
      add(search, "", p->choices[i], "", start);
  }
  if (lua_isfunction(L, -1)) add_documented_options(search, option, start);
  lua_pop(L, 1);
}

/* Words of an option where the text ends with the quote that opens a string: `{ padding = "`, or `{ "` for the option
 * that needs no name. */
static void add_words(Search *search, const char *text, long quote, const char *start) {
  lua_State *L = search->L;
  long end = skip_spaces_back(text, quote), first;
  const char *option = "";
  if (text[quote + 1] != '\0') return;
  if (end > 0 && text[end - 1] == '=') {
    end = first = skip_spaces_back(text, end - 1);
    while (first > 0 && (isalnum((unsigned char)text[first - 1]) || text[first - 1] == '_')) first--;
    if (first == end) return;
    option = lua_pushlstring(L, text + first, (size_t)(end - first));
    end = first;
  }
  add_options(search, lua_pushlstring(L, text, (size_t)end), option, start);
}

void program_complete(lua_State *L, const char *pending, const char *before, const char *word) {
  Search search = {.L = L};
  const char *text = lua_pushfstring(L, "%s\n%s", pending, before);
  lua_newtable(L);
  search.list = lua_gettop(L);
  long quote = open_quote(text);
  if (quote >= 0) {
    add_words(&search, text, quote, word);
    return lua_settop(L, search.list);
  }
  size_t head = strlen(word);
  while (head > 0 && word[head - 1] != '.' && word[head - 1] != ':') head--;
  if (head == 0) add_options(&search, text, NULL, word);
  const char *kept = lua_pushlstring(L, word, head);
  push_chain(L, word, head > 0 ? head - 1 : 0);
  add_fields(&search, kept, word + head);
  lua_settop(L, search.list);
}
