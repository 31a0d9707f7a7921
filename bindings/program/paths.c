/* Where the shipped scripts are: in a checkout beside the build folder, or installed under share/lunet. */
#include "bindings/program/paths.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lauxlib.h>

static bool is_dir(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Pushes the folder of the running binary. */
static void push_exe_dir(lua_State *L) {
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0) length = 0;
  path[length] = '\0';
  char *slash = strrchr(path, '/');
  if (slash != NULL) *slash = '\0';
  lua_pushstring(L, slash == NULL ? "." : path);
}

void program_push_scripts_dir(lua_State *L) {
  static const char *const places[] = {"%s/../scripts", "%s/../share/lunet/scripts"};
  const char *given = getenv("LUNET_SCRIPTS");
  if (given != NULL && *given != '\0') return (void)lua_pushstring(L, given);
  push_exe_dir(L);
  const char *exe = lua_tostring(L, -1);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const char *path = lua_pushfstring(L, places[i], exe);
    if (is_dir(path)) return lua_remove(L, -2);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  lua_pushnil(L);
}

void program_push_commands_dir(lua_State *L) {
  program_push_scripts_dir(L);
  if (lua_isnil(L, -1)) return;
  lua_pushfstring(L, "%s/commands", lua_tostring(L, -1));
  lua_remove(L, -2);
}

void program_extend_path(lua_State *L) {
  program_push_scripts_dir(L);
  if (!lua_isnil(L, -1)) {
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "path");
    lua_pushfstring(L, "%s;%s/../?.lua", lua_tostring(L, -1), lua_tostring(L, -3));
    lua_setfield(L, -3, "path");
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

/* Pushes what the first comment line of a script says, without the file's own name in front. */
static void push_first_comment(lua_State *L, const char *path) {
  char line[256] = "";
  FILE *file = fopen(path, "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL && line[0] == '#') line[0] = '\0';
  if (file != NULL) fclose(file);
  line[strcspn(line, "\n")] = '\0';
  lua_pushstring(L, strncmp(line, "-- ", 3) == 0 ? line + 3 : "");
}

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

void program_push_commands(lua_State *L) {
  struct dirent **entries = NULL;
  int count = 0;
  lua_newtable(L);
  program_push_commands_dir(L);
  const char *dir = lua_tostring(L, -1);
  int n = dir == NULL ? 0 : scandir(dir, &entries, NULL, by_name);
  for (int i = 0; i < n; i++) {
    const char *name = entries[i]->d_name;
    size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".lua") == 0 && name[0] != '.') {
      lua_newtable(L);
      lua_pushlstring(L, name, length - 4);
      lua_setfield(L, -2, "name");
      push_first_comment(L, lua_pushfstring(L, "%s/%s", dir, name));
      lua_setfield(L, -3, "doc");
      lua_pop(L, 1);
      lua_rawseti(L, -3, ++count);
    }
    free(entries[i]);
  }
  free(entries);
  lua_pop(L, 1);
}
