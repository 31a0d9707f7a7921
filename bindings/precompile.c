/* A tool of the build: makes data of the Lua half of the module (bindings/system/module.c reads it), as text and
 * compiled, for to compile it anew takes five times as long as everything else in a start. Lua's byte code is the same
 * for all releases of 5.4.
 *
 *   precompile FOLDER PATH...
 *
 * bindings/lunet/PATH.lua becomes FOLDER/NAME.luac, NAME being PATH's last part, and an entry { path, text, end, code,
 * end of code } in FOLDER/embedded.s, whose list ends with NULLs. Module names are flat, so no two files may have the
 * same name: the assembler refuses the second. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "bindings/base/error.h"

static const char head[] = ".section .data.rel.ro,\"aw\"\n.balign 8\n.globl lnb_embedded\n.hidden lnb_embedded\n"
                           "lnb_embedded:\n";
static const char tail[] = ".quad 0, 0, 0, 0, 0\n.section .note.GNU-stack,\"\",%progbits\n";

static FILE *open_file(lua_State *L, const char *path, const char *mode) {
  FILE *file = fopen(path, mode);
  if (file == NULL) luaL_error(L, "cannot open %s", path);
  return file;
}

static void push_file(lua_State *L, const char *path) {
  luaL_Buffer text;
  FILE *file = open_file(L, path, "rb");
  luaL_buffinit(L, &text);
  for (size_t n = 1; n > 0; luaL_addsize(&text, n)) n = fread(luaL_prepbuffer(&text), 1, LUAL_BUFFERSIZE, file);
  fclose(file);
  luaL_pushresult(&text);
}

static int write_part(lua_State *L, const void *bytes, size_t n, void *file) {
  (void)L;
  return fwrite(bytes, 1, n, file) != n;
}

static void compile(lua_State *L, const char *folder, const char *path, FILE *list) {
  const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
  const char *from = lua_pushfstring(L, "bindings/lunet/%s.lua", path);
  const char *to = lua_pushfstring(L, "%s/%s.luac", folder, name);
  const char *chunk = lua_pushfstring(L, LNB_CHUNK_PREFIX "%s.lua", path);
  push_file(L, from);
  if (luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), chunk, "t") != LUA_OK) lua_error(L);
  FILE *out = open_file(L, to, "wb");
  bool failed = lua_dump(L, write_part, out, 0) != 0;
  if (fclose(out) != 0 || failed) luaL_error(L, "cannot write %s", to);
  fprintf(list, ".section .rodata\npath_%s: .asciz \"%s\"\n", name, path);
  fprintf(list, "text_%s: .incbin \"%s\"\nend_%s: .byte 0\n", name, from, name);
  fprintf(list, "code_%s: .incbin \"%s\"\nlast_%s: .byte 0\n", name, to, name);
  fprintf(list, ".section .data.rel.ro,\"aw\"\n.quad path_%s, text_%s, end_%s, code_%s, last_%s\n", name, name, name,
          name, name);
  lua_settop(L, 1);
}

static int compile_all(lua_State *L) {
  char **arguments = lua_touserdata(L, 1);
  const char *folder = arguments[1];
  FILE *list = open_file(L, lua_pushfstring(L, "%s/embedded.s", folder), "w");
  lua_settop(L, 1);
  fputs(head, list);
  for (int i = 2; arguments[i] != NULL; i++) compile(L, folder, arguments[i], list);
  fputs(tail, list);
  bool failed = ferror(list) != 0;
  if (fclose(list) != 0 || failed) luaL_error(L, "cannot write %s/embedded.s", folder);
  return 0;
}

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  if (L == NULL || argc < 2) return EXIT_FAILURE;
  lua_pushcfunction(L, compile_all);
  lua_pushlightuserdata(L, argv);
  int status = lua_pcall(L, 1, 0, 0);
  if (status != LUA_OK) fprintf(stderr, "precompile: %s\n", lua_tostring(L, -1));
  lua_close(L);
  return status == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
