/* The program `lunet`: runs scripts, code from the command line and shipped commands, and starts the prompt. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lualib.h>

#include "base/file.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/interrupt.h"
#include "bindings/base/value.h"
#include "bindings/program/expectations.h"
#include "bindings/program/paths.h"
#include "bindings/program/prompt/keep.h"
#include "bindings/program/prompt/repl.h"
#include "bindings/program/require.h"
#include "bindings/program/traceback.h"
#include "bindings/program/usage.h"
#include "bindings/system/core.h"
#include "bindings/system/coroutine.h"
#include "bindings/system/module.h"
#include "lunet.h"

/* What the command line asks for. */
typedef struct Request {
  int argc;
  char **argv;
  int script;      /* index in argv of the script, argc if there is none */
  unsigned flags;  /* PROGRAM_*: the options given */
  const char *bad; /* an option that does not exist, or that lacks its value */
  bool failed;     /* something that came before the prompt, or was read at it where it is no terminal */
} Request;

static Request parse(int argc, char **argv) {
  Request request = {.argc = argc, .argv = argv};
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    const ProgramOption *option = program_find_option(argv[i]);
    bool complete = option != NULL && (option->value == NULL || i + 1 < argc);
    if (!complete && request.bad == NULL) request.bad = argv[i];
    if (!complete) continue;
    request.flags |= option->flag;
    if (option->value != NULL) i++;
    if (option->flag == PROGRAM_END) {
      i++;
      break;
    }
  }
  request.script = i;
  return request;
}

static bool has(const Request *request, unsigned flag) {
  return (request->flags & flag) != 0;
}

/* `arg` as in lua: the script is arg[0], what comes before it has negative indices. */
static void set_arg(lua_State *L, const Request *request) {
  int script = request->script < request->argc ? request->script : 0;
  if (has(request, PROGRAM_CODE) && !has(request, PROGRAM_INTERACTIVE)) /* arguments of the code */
    script = request->script - 1;
  lua_newtable(L);
  for (int i = 0; i < request->argc; i++) {
    lua_pushstring(L, request->argv[i]);
    lua_rawseti(L, -2, i - script);
  }
  lua_setglobal(L, "arg");
}

/* The message on top. */
static void report(lua_State *L) {
  fflush(stdout);
  program_make_text(L);
  fprintf(stderr, "lunet: %s\n", lua_tostring(L, -1));
}

/* Calls the chunk on top with the arguments that follow argv[last]. Before a prompt, a failure is only reported. */
static void run_chunk(lua_State *L, Request *request, int last) {
  int n = request->argc - last - 1, base = lua_gettop(L) - 1;
  luaL_checkstack(L, n > 0 ? n : 0, "too many arguments");
  for (int i = 0; i < n; i++) lua_pushstring(L, request->argv[last + 1 + i]);
  if (!has(request, PROGRAM_INTERACTIVE))
    lua_call(L, n > 0 ? n : 0, 0);
  else if (program_call_keeping(L, n > 0 ? n : 0) != LUA_OK)
    request->failed = true, report(L);
  lua_settop(L, base);
}

static void define_ln(lua_State *L) {
  lua_pushglobaltable(L);
  lua_pushliteral(L, "ln");
  program_require(L, "lunet");
  lua_rawset(L, -3); /* a script may have made new globals an error */
  lua_pop(L, 1);
}

/* __index of the globals: makes `ln` when it is first asked for, so that code without it starts at once. */
static int missing_global(lua_State *L) {
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (strcmp(name, "ln") != 0) return 0;
  lua_pushnil(L);
  lua_setmetatable(L, 1);
  define_ln(L);
  lua_getglobal(L, "ln");
  return 1;
}

static void promise_ln(lua_State *L) {
  lua_pushglobaltable(L);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, missing_global);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

static void run_code(lua_State *L, Request *request) {
  promise_ln(L);
  for (int i = 1; i < request->script; i++) {
    if (strcmp(request->argv[i], "-e") != 0) continue;
    const char *code = request->argv[++i];
    if (luaL_loadbufferx(L, code, strlen(code), "=(command line)", "t") != LUA_OK) lua_error(L);
    run_chunk(L, request, request->script - 1);
  }
}

static const char *command_name_at(const void *state, int i) {
  lua_State *L = (lua_State *)(uintptr_t)state; /* the list of commands is on top */
  const char *name = NULL;
  if (lua_rawgeti(L, -1, i + 1) == LUA_TTABLE) {
    lua_getfield(L, -1, "name");
    name = lua_tostring(L, -1); /* the list keeps it */
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return name;
}

static bool is_file(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* Raises for a word that is no command; a script of that name is told by its path. */
static void unknown_command(lua_State *L, const char *name) {
  program_push_scripts_dir(L);
  const char *dir = lua_isnil(L, -1) ? "." : lua_tostring(L, -1);
  const char *places[] = {lua_pushfstring(L, "./%s", name), lua_pushfstring(L, "./%s.lua", name),
                          lua_pushfstring(L, "%s/%s.lua", dir, name)};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (is_file(places[i]))
      luaL_error(L, "no command '%s'; a script is called by its path: lunet %s", name, places[i]);
  program_push_commands(L);
  const char *nearest = ln_nearest_name(name, command_name_at, L);
  if (nearest != NULL) luaL_error(L, "no command '%s'; did you mean '%s'?", name, nearest);
  luaL_error(L, "no command '%s'; lunet --help lists them, a script is called by its path", name);
}

/* Pushes the file to run: what has a slash or ends in .lua is a path, a bare word a command and nothing else. */
static void push_script_path(lua_State *L, const char *name) {
  size_t length = strlen(name);
  if (strchr(name, '/') != NULL || (length > 4 && strcmp(name + length - 4, ".lua") == 0))
    return (void)lua_pushstring(L, name);
  program_push_commands_dir(L);
  const char *dir = lua_tostring(L, -1), *file = dir == NULL ? "" : lua_pushfstring(L, "%s/%s.lua", dir, name);
  if (!is_file(file)) unknown_command(L, name);
}

/* Loads a script, as luaL_loadfilex does, so that a prompt can follow. */
static void load_before_prompt(lua_State *L, const char *path) {
  size_t length = 0;
  LNB_MAKE(L, lnb_text_class, void, ln_file_read(&made, &length, path, &err));
  const char *text = lnb_check(L, -1, &lnb_text_class), *end = text + length;
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3; /* byte order mark */
  if (text < end && *text == '#')                                       /* #!/usr/bin/env lunet */
    while (text < end && *text != '\n') text++;
  const char *name = lua_pushfstring(L, "@%s", path);
  if (program_load_keeping(L, text, (size_t)(end - text), name) != LUA_OK) lua_error(L);
}

static void run_script(lua_State *L, Request *request) {
  const char *name = request->argv[request->script], *path = NULL;
  if (strcmp(name, "-") != 0) {
    push_script_path(L, name);
    path = lua_tostring(L, -1);
  }
  if (has(request, PROGRAM_INTERACTIVE) && path != NULL)
    load_before_prompt(L, path);
  else if (luaL_loadfilex(L, path, "t") != LUA_OK)
    lua_error(L);
  run_chunk(L, request, request->script);
}

static void show_version(void) {
  int n = ln_threads();
  printf("lunet %s, %s, %s, %d thread%s (%s)\n", LN_VERSION, LUA_RELEASE, ln_kernels_name(ln_kernels()), n,
         n == 1 ? "" : "s", ln_threads_why());
}

static void bad_option(lua_State *L, const char *name) {
  const ProgramOption *option = program_find_option(name);
  if (option != NULL) luaL_error(L, "%s needs %s; lunet --help says more", name, option->value);
  luaL_error(L, "no option '%s'; lunet --help lists them", name);
}

/* Everything that can raise; argument 1 is the request. */
static int protected_main(lua_State *L) {
  Request *request = lua_touserdata(L, 1);
  luaL_checkversion(L);
  if (request->bad != NULL) bad_option(L, request->bad);
  luaL_openlibs(L);
  program_remember_require(L);
  lnb_module_install(L);
  luaL_requiref(L, "lunet.core", luaopen_lunet_core, 0); /* now, so that a wrong LUNET_ISA is told */
  if (has(request, PROGRAM_HELP)) return program_show_help(L), 0;
  if (has(request, PROGRAM_VERSION)) return show_version(), 0;
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, program_open_usage);
  lua_setfield(L, -2, "lunet.program");
  lua_pop(L, 1);
  program_extend_path(L);
  lnb_interrupt_install(L);
  lnb_coroutines_follow(L);
  set_arg(L, request);
  bool code = has(request, PROGRAM_CODE), interactive = has(request, PROGRAM_INTERACTIVE);
  bool script = request->script < request->argc && !(code && !interactive);
  bool prompt = interactive || (!script && !code && isatty(STDIN_FILENO));
  if (prompt) program_keep_start(L);
  if (code) run_code(L, request);
  if (script) run_script(L, request);
  if (prompt) {
    program_expectations_hold(L); /* told before the prompt; they count at its end */
    define_ln(L);
    if (!program_repl(L, !has(request, PROGRAM_NO_INIT), script && !request->failed)) request->failed = true;
    if (isatty(STDIN_FILENO)) request->failed = false; /* was seen */
  } else if (!script && !code) { /* lunet < script.lua */
    if (luaL_loadfilex(L, NULL, "t") != LUA_OK) lua_error(L);
    lua_call(L, 0, 0);
  }
  return 0;
}

/* Output that did not reach its file is a failure. */
static bool flush_output(void) {
  bool failed = ferror(stdout) != 0;
  if (fflush(stdout) == 0 && !failed) return true;
  fprintf(stderr, "lunet: standard output: %s\n", failed ? "not all could be written" : strerror(errno));
  return false;
}

static void take_note(int signal_number) {
  (void)signal_number;
}

/* A write beyond a limit of size (ulimit -f) fails, "File too large", instead of ending the program. By a function, for
 * programs that are started from here would inherit SIG_IGN. */
static void survive_file_limits(void) {
  struct sigaction action = {.sa_handler = take_note, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGXFSZ, &action, NULL);
}

/* So that a shell which runs this in a loop sees that Ctrl-C was pressed, and stops too. */
static void end_by_interrupt(void) {
  signal(SIGINT, SIG_DFL);
  raise(SIGINT);
}

int main(int argc, char **argv) {
  survive_file_limits();
  ln_threads_spin_shortly(argv);
  Request request = parse(argc, argv);
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    fputs("lunet: out of memory\n", stderr);
    return EXIT_FAILURE;
  }
  lua_pushcfunction(L, program_traceback);
  lua_pushcfunction(L, protected_main);
  lua_pushlightuserdata(L, &request);
  int status = lua_pcall(L, 1, 0, 1);
  bool interrupted = status != LUA_OK && lnb_is_interrupt(lua_tostring(L, -1));
  bool hold = interrupted || program_expectations_hold(L); /* also of a script that failed: it got that far */
  if (status != LUA_OK) report(L);
  bool flushed = flush_output(); /* first: closing may be interrupted */
  lua_close(L);
  flushed = flushed && flush_output();
  if (interrupted) end_by_interrupt();
  return flushed && hold && status == LUA_OK && !request.failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
