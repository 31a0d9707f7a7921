/* core.file, time, memory, threads and instruction sets. */
#include "bindings/system/system.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "bindings/base/call.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/terminal.h"
#include "bindings/base/value.h"
#include "lunet.h"

/* Files. */

static int file_make_dir(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LNB_CALL(L, ln_dir_make(path, &err));
  return 0;
}

/* file.check_writable(path): an error unless a file could be written there. */
static int file_check_writable(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LNB_CALL(L, ln_file_writable(path, &err));
  return 0;
}

/* file.exists(path): whether there is something, and "file", "folder" or "other" */
static int file_exists(lua_State *L) {
  struct stat about;
  bool there = stat(lnb_check_path(L, 1), &about) == 0;
  lua_pushboolean(L, there);
  if (!there) return 1;
  lua_pushstring(L, S_ISREG(about.st_mode) ? "file" : S_ISDIR(about.st_mode) ? "folder" : "other");
  return 2;
}

static int file_write(lua_State *L) {
  size_t length;
  const char *path = lnb_check_path(L, 1);
  if (lua_type(L, 2) != LUA_TSTRING) lnb_arg_error(L, 2, "a string");
  const char *text = lua_tolstring(L, 2, &length); /* any bytes */
  LNB_CALL(L, ln_file_write(path, text, length, &err));
  return 0;
}

static int file_is_tty(lua_State *L) {
  lua_pushboolean(L, isatty((int)lnb_check_integer(L, 1)));
  return 1;
}

/* file.columns(): the width of the terminal, or nil */
static int file_columns(lua_State *L) {
  int columns = lnb_terminal_columns(STDERR_FILENO);
  if (columns == 0) columns = lnb_terminal_columns(STDOUT_FILENO);
  if (columns > 0) return lua_pushinteger(L, columns), 1;
  lua_pushnil(L);
  return 1;
}

/* The machine. */

/* time(): seconds since some moment; only differences mean something */
static int time_now(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
  return 1;
}

static int64_t resident_bytes(void) {
  long long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%*d %lld", &pages) != 1) pages = 0;
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

/* mem(): bytes { live = held by the runtime, peak = most so far, rss = of the process, peak_rss = most so far } */
static int memory_use(lua_State *L) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  int64_t rss = resident_bytes(), peak_rss = (int64_t)usage.ru_maxrss * 1024; /* the kernel updates it with a delay */
  const struct {
    const char *name;
    int64_t bytes;
  } fields[] = {{"live", ln_memory_live()},
                {"peak", ln_memory_peak()},
                {"rss", rss},
                {"peak_rss", peak_rss > rss ? peak_rss : rss}};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    lua_pushinteger(L, fields[i].bytes);
    lua_setfield(L, -2, fields[i].name);
  }
  return 1;
}

static void tell_lack(int wanted, int got, const char *reason) {
  fprintf(stderr, "lunet: only %d of %d threads could be started (%s); going on with %d\n", got, wanted, reason, got);
}

/* threads([n]): how many there are, after setting it, and why */
static int threads(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) {
    lua_Integer n = lnb_check_integer(L, 1);
    if (n < 1 || n > LN_MOST_THREADS)
      lnb_error(L, "threads: the number must be from 1 to %d, got %lld", LN_MOST_THREADS, (long long)n);
    ln_set_threads((int)n);
  }
  lua_pushinteger(L, ln_threads());
  lua_pushstring(L, ln_threads_why());
  return 2;
}

/* limits([{ pixels =, bytes = }]): both, after setting those that are given */
static int limits(lua_State *L) {
  static const char *const names[] = {"pixels", "bytes", NULL};
  LnLimits now = ln_limits();
  lnb_option_names(L, 1, "limits", names);
  now.pixels = lnb_option_integer(L, 1, "pixels", now.pixels);
  now.bytes = lnb_option_integer(L, 1, "bytes", now.bytes);
  if (now.pixels < 1 || now.bytes < 1)
    lnb_error(L, "limits: option '%s' must be at least 1, got %lld", now.pixels < 1 ? "pixels" : "bytes",
              (long long)(now.pixels < 1 ? now.pixels : now.bytes));
  ln_set_limits(now);
  lua_createtable(L, 0, 2);
  lua_pushinteger(L, now.pixels), lua_setfield(L, -2, "pixels");
  lua_pushinteger(L, now.bytes), lua_setfield(L, -2, "bytes");
  return 1;
}

/* isa(): the instruction set in use; isas(): those at hand, best last */
static int isa(lua_State *L) {
  lua_pushstring(L, ln_kernels_name(ln_kernels()));
  return 1;
}

static int isas(lua_State *L) {
  const char *const *names = ln_kernels_available();
  lua_newtable(L);
  for (int i = 0; names[i] != NULL; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* libraries(): names and versions of the libraries in use, as text */
static int libraries(lua_State *L) {
  char text[512];
  lua_pushstring(L, ln_libraries(text, sizeof text));
  return 1;
}

void lnb_open_system(lua_State *L) {
  static const LnbFunction files[] = {
      {.name = "make_dir", .call = file_make_dir,
       .usage = "ln.file.make_dir(path: string)",
       .doc = "Make a folder and those above it; none of them need be missing. A file in its place is an error.",
       .example = "ln.file.make_dir(folder .. \"/a/b\")\n"
                  "ln.file.exists(folder .. \"/a/b\")"},
      {.name = "check_writable", .call = file_check_writable,
       .usage = "ln.file.check_writable(path: string)",
       .doc = "Raise an error unless a file could be written there: call it before a long run, not after.",
       .example = "ln.file.check_writable(folder .. \"/new.png\")"},
      {.name = "exists", .call = file_exists,
       .usage = "ln.file.exists(path: string) -> boolean, string|nil",
       .doc = "Whether there is something, and then \"file\", \"folder\" or, for pipes and devices, \"other\".",
       .example = "ln.file.exists(folder)"},
      {.name = "write", .call = file_write,
       .usage = "ln.file.write(path: string, text: string)",
       .doc = "Write a file atomically: a reader sees the old one or the new one. One that is replaced keeps its "
              "owner, group, permissions, access lists and users' attributes. A path that cannot be written is an "
              "error, and so is a file that is protected, or whose owner or permissions cannot be kept.",
       .example = "ln.file.write(folder .. \"/note.txt\", \"done\")"},
      {.name = "is_tty", .call = file_is_tty,
       .usage = "ln.file.is_tty(fd: integer) -> boolean",
       .doc = "Whether a descriptor (0 standard input, 1 output, 2 errors) is a terminal.",
       .example = "ln.file.is_tty(1)"},
      {.name = "columns", .call = file_columns,
       .usage = "ln.file.columns() -> integer|nil",
       .doc = "The width of the terminal in characters; nil if there is none."},
      {0}};
  static const LnbFunction functions[] = {
      {.name = "time", .call = time_now,
       .usage = "ln.time() -> number",
       .doc = "Seconds since some moment: differences say how long something took."},
      {.name = "mem", .call = memory_use,
       .usage = "ln.mem() -> table",
       .doc = "Memory in bytes: { live, peak } of tensors and networks, { rss, peak_rss } of the whole process."},
      {.name = "threads", .call = threads,
       .usage = "ln.threads(n?: integer) -> integer, string",
       .doc = "How many threads there are, after setting it to a number from 1 to 1024 where one is given, and what "
              "says so: \"set\", \"LUNET_THREADS\", \"OMP_NUM_THREADS\" where that is not given, else what bounds the "
              "processors that the process may use: \"CPU quota\" (of a container), \"affinity\" or \"processors\". "
              "Results do not depend on it. Where threads cannot be started, a line on stderr says so and there are "
              "fewer.",
       .example = "ln.threads(2)"},
      {.name = "limits", .call = limits,
       .usage = "ln.limits(options?: { pixels?: number, bytes?: number }) -> table",
       .doc = "What a file may ask for, after setting what is given: `pixels`, values of one image, by default 2^28, "
              "and `bytes`, memory that one file takes once it is read, by default 2^33. More is an error before "
              "memory is taken."},
      {.name = "isa", .call = isa,
       .usage = "ln.isa() -> string",
       .doc = "The instruction set in use; LUNET_ISA=name chooses one at start."},
      {.name = "isas", .call = isas,
       .usage = "ln.isas() -> string[]",
       .doc = "The instruction sets at hand, the best one last."},
      {.name = "libraries", .call = libraries,
       .usage = "ln.libraries() -> string",
       .doc = "The libraries in use, names and versions in one text."},
      {0}};
  ln_threads_on_lack(tell_lack);
  lnb_functions(L, "", functions);
  lua_newtable(L);
  lnb_functions(L, "file.", files);
  lua_setfield(L, -2, "file");
}
