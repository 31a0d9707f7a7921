/* Files as records of runs need them: whole lines appended, folders listed, hashes, locks. */
#include "bindings/system/files.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <lauxlib.h>

#include "base/file.h"
#include "base/file_lock.h"
#include "base/glob.h"
#include "base/hash.h"
#include "base/interrupt.h"
#include "base/listing.h"
#include "base/memory.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"

/* append_line(path, line): the line, and a newline */
static int append_line(lua_State *L) {
  size_t length;
  const char *path = lnb_check_path(L, 1);
  lua_settop(L, 2);
  lua_pushliteral(L, "\n");
  lua_concat(L, 2);
  const char *line = lua_tolstring(L, 2, &length);
  LNB_CALL(L, ln_file_append_line(path, line, length, &err));
  return 0;
}

/* write_soon(path, text): write a file atomically, as file.write does, but leave it to the system when it goes to the
 * disk: for what is to outlive the process at once, and the machine later. */
static int write_soon(lua_State *L) {
  size_t length;
  const char *path = lnb_check_path(L, 1), *text = luaL_checklstring(L, 2, &length);
  LNB_CALL(L, ln_file_write_unsynced(path, text, length, &err));
  return 0;
}

/* read_text(path): a whole file */
static int read_text(lua_State *L) {
  size_t length = 0;
  const char *path = lnb_check_path(L, 1);
  LNB_MAKE(L, lnb_text_class, void, ln_file_read(&made, &length, path, &err));
  lua_pushlstring(L, lnb_check(L, -1, &lnb_text_class), length);
  LnbBox *box = lnb_test(L, -2, &lnb_text_class); /* the string has its own copy: release the rest at once */
  ln_free(box->object);
  box->object = NULL;
  return 1;
}

enum { SHORT = 8192 }; /* bytes */

/* read_short(path): a regular file of less than 8 KB, faster than read_text; nil where it is something else, or none */
static int read_short(lua_State *L) {
  char text[SHORT];
  struct stat about;
  int fd = open(lnb_check_path(L, 1), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return lua_pushnil(L), 1;
  bool regular = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  ssize_t got = regular ? read(fd, text, SHORT) : -1;
  close(fd);
  if (got < 0 || got == SHORT) return lua_pushnil(L), 1;
  lua_pushlstring(L, text, (size_t)got);
  return 1;
}

static void release_listing(void *listing) {
  ln_listing_free(listing);
  ln_free(listing);
}

static const LnbClass listing_class = {.name = "lunet.listing", .noun = "listing", .release = release_listing};

static LnStatus list_all(LnListing **out, const char *path, LnError *err) {
  LnListing *list = ln_calloc(1, sizeof *list);
  if (list == NULL) return ln_fail_memory(err, path, sizeof *list);
  LnStatus status = ln_listing_read_all(list, path, err);
  if (status != LN_OK) return release_listing(list), status;
  *out = list;
  return LN_OK;
}

/* list_folder(path): the names in it, sorted */
static int list_folder(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LNB_MAKE(L, listing_class, LnListing, list_all(&made, path, &err));
  const LnListing *list = lnb_check(L, -1, &listing_class);
  lua_createtable(L, (int)list->count, 0);
  for (size_t i = 0; i < list->count; i++) {
    lua_pushstring(L, list->names[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* make_new_folder(path): whether it was made; false if there is something of that name */
static int make_new_folder(lua_State *L) {
  bool made = false;
  const char *path = lnb_check_path(L, 1);
  LNB_CALL(L, ln_dir_make_new(&made, path, &err));
  lua_pushboolean(L, made);
  return 1;
}

/* file_stamp(path): text that changes with the file, its size and when it changed, seconds since 1970; nil: no file */
static int file_stamp(lua_State *L) {
  struct stat about;
  char text[80];
  if (stat(lnb_check_path(L, 1), &about) != 0 || !S_ISREG(about.st_mode)) return lua_pushnil(L), 1;
  snprintf(text, sizeof text, "%llx.%llx.%llx.%lx", (unsigned long long)about.st_ino, (unsigned long long)about.st_size,
           (unsigned long long)about.st_mtim.tv_sec, (unsigned long)about.st_mtim.tv_nsec);
  lua_pushstring(L, text);
  lua_pushinteger(L, about.st_size);
  lua_pushnumber(L, (double)about.st_mtim.tv_sec + 1e-9 * (double)about.st_mtim.tv_nsec);
  return 3;
}

static void push_hash(lua_State *L, uint64_t hash) {
  char text[17];
  snprintf(text, sizeof text, "%016" PRIx64, hash);
  lua_pushstring(L, text);
}

/* hash_file(path): 16 hexadecimal digits, and the size in bytes */
static int hash_file(lua_State *L) {
  uint64_t hash = 0;
  int64_t size = 0;
  const char *path = lnb_check_path(L, 1);
  LNB_CALL(L, ln_file_hash(&hash, &size, path, &err));
  push_hash(L, hash);
  lua_pushinteger(L, size);
  return 2;
}

/* hash_text(text): the same of a string */
static int hash_text(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  push_hash(L, ln_hash(0, text, length));
  return 1;
}

static void release_lock(void *lock) {
  ln_file_lock_release(lock);
}

static const LnbClass lock_class = {.name = "lunet.file_lock", .noun = "lock", .release = release_lock};

/* file_lock(path): a lock, until it is closed or collected; an error if another process has it */
static int file_lock(lua_State *L) {
  const char *path = lnb_check_path(L, 1);
  LNB_MAKE(L, lock_class, LnFileLock, ln_file_lock_take(&made, path, &err));
  return 1;
}

/* file_locked(path): whether a process holds it */
static int file_locked(lua_State *L) {
  lua_pushboolean(L, ln_file_lock_held(lnb_check_path(L, 1)));
  return 1;
}

/* glob(pattern, text): whether the whole text is such; * stands for any characters, ? for one */
static int glob(lua_State *L) {
  lua_pushboolean(L, ln_glob(lnb_check_string(L, 1), lnb_check_string(L, 2)));
  return 1;
}

/* process(): the machine's name, and the process's number */
static int process(lua_State *L) {
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  lua_pushstring(L, host);
  lua_pushinteger(L, getpid());
  return 2;
}

/* wall_time(): seconds since 1970 */
static int wall_time(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  lua_pushnumber(L, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
  return 1;
}

/* sleep(seconds): Ctrl-C ends it */
static int sleep_for(lua_State *L) {
  double left = lnb_check_number(L, 1);
  const double piece = 0.1;
  for (; left > 0; left -= piece) {
    double now = left < piece ? left : piece;
    nanosleep(&(struct timespec){.tv_nsec = (long)(now * 1e9)}, NULL);
    LNB_CALL(L, ln_interrupt_check(&err));
  }
  return 0;
}

void lnb_open_files(lua_State *L) {
  static const LnbFunction functions[] = {{.name = "append_line", .call = append_line},
                                          {.name = "read_text", .call = read_text},
                                          {.name = "write_soon", .call = write_soon},
                                          {.name = "read_short", .call = read_short},
                                          {.name = "list_folder", .call = list_folder},
                                          {.name = "make_new_folder", .call = make_new_folder},
                                          {.name = "file_stamp", .call = file_stamp},
                                          {.name = "hash_file", .call = hash_file},
                                          {.name = "hash_text", .call = hash_text},
                                          {.name = "file_lock", .call = file_lock},
                                          {.name = "file_locked", .call = file_locked},
                                          {.name = "glob", .call = glob},
                                          {.name = "process", .call = process},
                                          {.name = "wall_time", .call = wall_time},
                                          {.name = "sleep", .call = sleep_for},
                                          {0}};
  lnb_class_new(L, &listing_class, NULL, NULL, NULL);
  lnb_class_new(L, &lock_class, NULL, NULL, NULL);
  lua_pop(L, 2);
  lnb_functions(L, "", functions);
}
