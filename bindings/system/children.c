/* See children.h. Programs are started by posix_spawn and never by fork alone: in a copy of this process the threads of
 * OpenMP would be missing. */
#define _GNU_SOURCE
#include "bindings/system/children.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lauxlib.h>

#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"

extern char **environ;

/* ---- Starting ---- */

/* Pushes the strings of the list at `index` after `extra` others, ending in NULL; the list keeps the strings. */
static char **strings_of(lua_State *L, int index, size_t extra) {
  size_t n = (size_t)luaL_len(L, index);
  char **list = lnb_scratch(L, extra + n + 1, sizeof *list);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    list[extra + i] = (char *)(uintptr_t)lnb_check_string(L, -1);
    lua_pop(L, 1);
  }
  list[extra + n] = NULL;
  return list;
}

/* Whether "NAME=value" sets a variable that one of the list sets too. */
static bool is_set(const char *entry, char *const *list) {
  size_t length = strcspn(entry, "=") + 1;
  for (; *list != NULL; list++)
    if (strncmp(entry, *list, length) == 0) return true;
  return false;
}

/* Pushes our environment with the variables of the list at `index` instead of those of their names. */
static char **environment_with(lua_State *L, int index) {
  size_t n = 0, kept = 0;
  while (environ[n] != NULL) n++;
  char **list = strings_of(L, index, n), **given = list + n;
  for (size_t i = 0; i < n; i++)
    if (!is_set(environ[i], given)) list[kept++] = environ[i];
  while ((list[kept] = *given) != NULL) kept++, given++;
  return list;
}

enum { PARENT_STDERR = 3 }; /* in a child: where the parent tells the user of errors */

/* 0, or what went wrong. The program reads nothing and writes into a file; Ctrl-C at a terminal does not reach it. */
static int start(pid_t *pid, char *const *arguments, char *const *environment, const char *output) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, ours;
  sigemptyset(&none);
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
  if (posix_spawnattr_init(&attributes) != 0) return posix_spawn_file_actions_destroy(&files), ENOMEM;
  int failed = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, PARENT_STDERR);
  if (!failed) failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!failed)
    failed = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (!failed) failed = posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigdefault(&attributes, &ours);
  posix_spawnattr_setsigmask(&attributes, &none);
  if (!failed) failed = posix_spawn(pid, arguments[0], &files, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

/* start({ path, argument, ... }, { "NAME=value", ... }, output): the number of a new process. */
static int process_start(lua_State *L) {
  pid_t pid = 0;
  lnb_check_table(L, 1);
  lnb_check_table(L, 2);
  const char *output = lnb_check_path(L, 3);
  char **arguments = strings_of(L, 1, 0), **environment = environment_with(L, 2);
  int failed = start(&pid, arguments, environment, output);
  if (failed) lnb_error(L, "cannot start '%s': %s", arguments[0], strerror(failed));
  lua_pushinteger(L, pid);
  return 1;
}

/* ---- Waiting and ending ---- */

/* ended(pid), of a process that was started here: nothing while it runs; then, once, "exit" and its status or
 * "signal" and the number and the name of what ended it. */
static int process_ended(lua_State *L) {
  int status = 0;
  pid_t pid = (pid_t)lnb_check_integer(L, 1), came = waitpid(pid, &status, WNOHANG);
  if (came == 0 || (came < 0 && errno == EINTR)) return 0;
  bool by_signal = came == pid && WIFSIGNALED(status);
  lua_pushstring(L, by_signal ? "signal" : "exit");
  lua_pushinteger(L, by_signal ? WTERMSIG(status) : came == pid ? WEXITSTATUS(status) : -1);
  if (!by_signal) return 2;
  lua_pushstring(L, strsignal(WTERMSIG(status)));
  return 3;
}

/* signal(pid, "interrupt" or "kill") */
static int process_signal(lua_State *L) {
  pid_t pid = (pid_t)lnb_check_integer(L, 1);
  kill(pid, strcmp(lnb_check_string(L, 2), "kill") == 0 ? SIGKILL : SIGINT);
  return 0;
}

/* ---- Telling processes apart ---- */

/* The first word of a file, at most n - 1 characters; "-" if there is none. */
static void first_word(char *word, size_t n, const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL || fgets(word, (int)n, file) == NULL) snprintf(word, n, "-");
  if (file != NULL) fclose(file);
  word[strcspn(word, " \n")] = '\0';
}

/* machine(): one word, the same for all processes that see each other by their numbers: the running system and
 * its space of process numbers. */
static int process_machine(lua_State *L) {
  char host[128], boot[64], space[64] = "-";
  first_word(host, sizeof host, "/proc/sys/kernel/hostname");
  first_word(boot, sizeof boot, "/proc/sys/kernel/random/boot_id");
  ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
  if (length > 0) space[length] = '\0';
  lua_pushfstring(L, "%s/%s/%s", host, boot, space);
  return 1;
}

/* born(pid): when a process was started, in clock ticks, which tells it from a later one of its number; nothing
 * if it has ended. */
static int process_born(lua_State *L) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%lld/stat", (long long)lnb_check_integer(L, 1));
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = '\0';
  char *at = strrchr(text, ')'); /* the name before it may hold anything */
  char state = 'X';
  unsigned long long born = 0;
  const char *form = ") %c %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %llu";
  if (at == NULL || sscanf(at, form, &state, &born) != 2 || state == 'Z' || state == 'X') return 0;
  lua_pushinteger(L, (lua_Integer)born);
  return 1;
}

/* command(): the program's path and the arguments that it was started with. */
static int process_command(lua_State *L) {
  char path[PATH_MAX], *argument = NULL;
  size_t room = 0;
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0) lnb_error(L, "cannot read /proc/self/exe: %s", strerror(errno));
  static const char gone[] = " (deleted)"; /* it was built anew while this process runs */
  const ssize_t end = sizeof gone - 1;
  if (length > end && memcmp(path + length - end, gone, (size_t)end) == 0) length -= end;
  lua_newtable(L);
  lua_pushlstring(L, path, (size_t)length);
  lua_rawseti(L, -2, 1);
  FILE *file = fopen("/proc/self/cmdline", "r");
  for (int i = 1; file != NULL && getdelim(&argument, &room, '\0', file) > 0; i++) {
    if (i == 1) continue;
    lua_pushstring(L, argument);
    lua_rawseti(L, -2, i);
  }
  free(argument);
  if (file != NULL) fclose(file);
  return 1;
}

/* ---- Being a child ---- */

static char task_text[PATH_MAX + 32];

/* task(): what this process was started for (LUNET_SWEEP); nothing if for nothing special. */
static int process_task(lua_State *L) {
  if (task_text[0] == '\0') return 0;
  lua_pushstring(L, task_text);
  return 1;
}

/* tell(text): in a child, to whom the parent speaks; the child's own output goes to a file. */
static int process_tell(lua_State *L) {
  size_t length = 0;
  const char *text = luaL_checklstring(L, 1, &length);
  if (task_text[0] == '\0' || write(PARENT_STDERR, text, length) < 0) return 0; /* nobody hears it */
  return 0;
}

/* End with the parent, and take from the environment what is meant for this process and not for those that it starts. */
static void begin_as_child(void) {
  const char *parent = getenv("LUNET_PARENT"), *task = getenv("LUNET_SWEEP");
  if (parent == NULL || *parent == '\0') return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != atoi(parent)) _exit(EXIT_FAILURE); /* it had ended before */
  snprintf(task_text, sizeof task_text, "%s", task == NULL ? "" : task);
  fcntl(PARENT_STDERR, F_SETFD, FD_CLOEXEC); /* not for those either */
  unsetenv("LUNET_PARENT");
  unsetenv("LUNET_SWEEP");
}

void lnb_open_children(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "start", .call = process_start},
                                          {.name = "ended", .call = process_ended},
                                          {.name = "signal", .call = process_signal},
                                          {.name = "machine", .call = process_machine},
                                          {.name = "born", .call = process_born},
                                          {.name = "command", .call = process_command},
                                          {.name = "task", .call = process_task},
                                          {.name = "tell", .call = process_tell},
                                          {0}};
  begin_as_child();
  lua_newtable(L);
  lnb_functions(L, "children.", functions);
  lua_setfield(L, -2, "children");
}
