/* Files: whole reads, atomic writes, folders. */
#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "support/support.h"
#include "support/files.h"

static void check_content(const char *path, const void *want, size_t n) {
  LnError err;
  void *bytes = NULL;
  size_t got = 0;
  CK_OK(ln_file_read(&bytes, &got, path, &err));
  ck_assert_uint_eq(got, n);
  ck_assert_int_eq(memcmp(bytes, want, n), 0);
  ln_free(bytes);
}

START_TEST(written_and_read) {
  LnError err;
  char large[100000];
  const char *path = test_path("file");
  for (size_t i = 0; i < sizeof large; i++) large[i] = (char)(i * 31);
  CK_OK(ln_file_write(path, "first\0text", 10, &err));
  check_content(path, "first\0text", 10);
  CK_OK(ln_file_write(path, large, sizeof large, &err));
  check_content(path, large, sizeof large);
  CK_OK(ln_file_write(path, "", 0, &err));
  check_content(path, "", 0);
  ck_assert_int_eq(test_folder_count(), 1);
}
END_TEST

static mode_t mode_of(const char *path) {
  struct stat about;
  ck_assert_int_eq(lstat(path, &about), 0);
  return about.st_mode;
}

/* Files keep their permissions, links their file, and pipes are written into. */
START_TEST(what_is_there_stays_what_it_is) {
  LnError err;
  char path[512], link_path[512], pipe_path[512], got[8] = {0};
  int before = test_folder_count();
  snprintf(path, sizeof path, "%s", test_path("private"));
  snprintf(link_path, sizeof link_path, "%s", test_path("link"));
  snprintf(pipe_path, sizeof pipe_path, "%s", test_path("pipe"));
  CK_OK(ln_file_write(path, "old", 3, &err));
  ck_assert_int_eq(chmod(path, 0600), 0);
  ck_assert_int_eq(symlink("private", link_path), 0);
  CK_OK(ln_file_write(link_path, "new", 3, &err));
  ck_assert(S_ISLNK(mode_of(link_path)));
  ck_assert_uint_eq(mode_of(path), S_IFREG | 0600);
  check_content(path, "new", 3);
  ck_assert_int_eq(unlink(path), 0);
  CK_OK(ln_file_write(link_path, "made", 4, &err)); /* a link that pointed nowhere */
  check_content(path, "made", 4);
  ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
  int reader = open(pipe_path, O_RDONLY | O_NONBLOCK);
  CK_OK(ln_file_write(pipe_path, "through", 7, &err));
  ck_assert(S_ISFIFO(mode_of(pipe_path)));
  ck_assert_int_eq(read(reader, got, 7), 7);
  ck_assert_str_eq(got, "through");
  close(reader);
  ck_assert_int_eq(test_folder_count(), before + 3);
}
END_TEST

/* A file that claims to be empty is read to its end all the same. */
START_TEST(size_unknown) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  CK_OK(ln_file_read(&bytes, &n, "/proc/self/maps", &err));
  ck_assert_uint_gt(n, 100);
  ln_free(bytes);
}
END_TEST

static void check_not_read(const char *path, LnStatus status, const char *message) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  int fd = -1;
  int64_t size = 0, live = ln_memory_live();
  CK_FAILS(ln_file_read(&bytes, &n, path, &err), status, message);
  if (status == LN_EIO) CK_FAILS(ln_file_open(&fd, &size, path, &err), status, message);
  ck_assert_ptr_null(bytes);
  ck_assert_int_eq(ln_memory_live(), live);
}

/* Nobody waits for a pipe's other end or for the end of a device; nothing is done to them. */
START_TEST(regular_files_only) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char loop[1024];
  ck_assert_int_eq(mkfifo(test_path("fifo"), 0600), 0);
  check_not_read(test_path("fifo"), LN_EIO, "fifo': it is a pipe, not a regular file");
  ck_assert_int_eq(symlink("fifo", test_path("to-fifo")), 0);
  check_not_read(test_path("to-fifo"), LN_EIO, "it is a pipe, not a regular file");
  check_not_read("/dev/zero", LN_EIO, "it is a device, not a regular file");
  check_not_read("/dev/null", LN_EIO, "it is a device, not a regular file");
  check_not_read(test_path(""), LN_EIO, "it is a folder, not a file");
  int server = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(address.sun_path, sizeof address.sun_path, "%.100s", test_path("socket"));
  ck_assert_int_eq(bind(server, (struct sockaddr *)&address, sizeof address), 0);
  check_not_read(address.sun_path, LN_EIO, "it is a socket, not a regular file");
  close(server);
  snprintf(loop, sizeof loop, "%s", test_path("loop"));
  ck_assert_int_eq(symlink(loop, loop), 0);
  check_not_read(loop, LN_EIO, "loop': Too many levels of symbolic links");
}
END_TEST

/* What the shell gives as standard input or as <(command) is read to its end. */
START_TEST(a_given_pipe) {
  int ends[2], fd = -1;
  char path[32];
  LnError err;
  int64_t size;
  ck_assert_int_eq(pipe(ends), 0);
  ck_assert_int_eq(write(ends[1], "through", 7), 7);
  close(ends[1]);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  CK_FAILS(ln_file_open(&fd, &size, path, &err), LN_EIO, "it is a pipe");
  check_content(path, "through", 7);
  close(ends[0]);
}
END_TEST

/* A file may claim to be as long as it likes: no memory is taken beyond the limit. */
START_TEST(limit_of_bytes) {
  const LnLimits before = ln_limits();
  const char *path = test_file("huge", "x", 1);
  ck_assert_int_eq(truncate(path, (off_t)1 << 40), 0);
  check_not_read(path, LN_ELIMIT, "huge': too large: 1.02e+03 GB of memory, the limit is 8 GB");
  ln_set_limits((LnLimits){.pixels = before.pixels, .bytes = 4});
  check_not_read(test_file("five", "12345", 5), LN_ELIMIT, "five': too large");
  check_content(test_file("four", "1234", 4), "1234", 4);
  ln_set_limits(before);
}
END_TEST

START_TEST(read_in_pieces) {
  LnError err;
  int fd = -1;
  int64_t size = 0;
  char got[4] = {0};
  CK_OK(ln_file_open(&fd, &size, test_file("pieces", "0123456789", 10), &err));
  ck_assert_int_eq(size, 10);
  CK_OK(ln_file_read_at(got, 3, fd, 7, &err));
  ck_assert_str_eq(got, "789");
  CK_FAILS(ln_file_read_at(got, 3, fd, 8, &err), LN_EFORMAT, "damaged: cut short");
  close(fd);
}
END_TEST

START_TEST(failures_name_the_path) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  int before = test_folder_count();
  CK_FAILS(ln_file_read(&bytes, &n, test_path("none"), &err), LN_EIO, "none': No such file or directory");
  CK_FAILS(ln_file_read(&bytes, &n, test_path(""), &err), LN_EIO, "it is a folder, not a file");
  CK_FAILS(ln_file_write(test_path("none/file"), "x", 1, &err), LN_EIO, "none/file': No such file or directory");
  CK_FAILS(ln_file_write("/dev/full/file", "x", 1, &err), LN_EIO, "Not a directory");
  ck_assert_ptr_null(bytes);
  ck_assert_int_eq(test_folder_count(), before);
}
END_TEST

/* Beyond a limit of size the system sends a signal that ends a process: here it is an error, and nothing changes. */
START_TEST(limit_of_size) {
  LnError err;
  static char bytes[10000];
  struct rlimit before, small;
  sigset_t pending, blocked;
  const char *path = test_file("limited", "old", 3);
  int entries = test_folder_count();
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 5000;
  setrlimit(RLIMIT_FSIZE, &small);
  LnStatus status = ln_file_write(path, bytes, sizeof bytes, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  ck_assert_int_eq(status, LN_EIO);
  ck_assert_ptr_nonnull(strstr(err.msg, "limited': File too large"));
  sigpending(&pending);
  pthread_sigmask(SIG_SETMASK, NULL, &blocked);
  ck_assert(!sigismember(&pending, SIGXFSZ) && !sigismember(&blocked, SIGXFSZ) && !sigismember(&blocked, SIGPIPE));
  check_content(path, "old", 3);
  ck_assert_int_eq(test_folder_count(), entries);
}
END_TEST

START_TEST(pipes_that_nobody_reads) {
  LnError err;
  static char bytes[1 << 20];
  char path[1024];
  snprintf(path, sizeof path, "%s", test_path("unread"));
  ck_assert_int_eq(mkfifo(path, 0600), 0);
  CK_FAILS(ln_file_write(path, "x", 1, &err), LN_EIO, "unread': nobody reads this pipe");
  /* The reader goes while more is written than the pipe holds. */
  int reader = open(path, O_RDONLY | O_NONBLOCK);
  pid_t child = fork();
  if (child == 0) {
    close(reader);
    LnStatus status = ln_file_write(path, bytes, sizeof bytes, &err);
    _exit(status == LN_EIO && strstr(err.msg, "Broken pipe") != NULL ? 0 : 1);
  }
  int status = -1;
  while (read(reader, bytes, 1) != 1) usleep(1000);
  close(reader);
  waitpid(child, &status, 0);
  ck_assert_int_eq(status, 0);
}
END_TEST

/* ---- Who a file belongs to ---- */

static struct stat about(const char *path) {
  struct stat out;
  ck_assert_int_eq(stat(path, &out), 0);
  return out;
}

START_TEST(owner_and_mode_are_kept) {
  LnError err;
  if (geteuid() != 0) {
    printf("skipped owners: only root can give files away\n");
    return;
  }
  const char *path = test_file("owned", "old", 3);
  ck_assert_int_eq(chown(path, 1234, 2345), 0);
  ck_assert_int_eq(chmod(path, 04750), 0);
  CK_OK(ln_file_write(path, "new", 3, &err));
  check_content(path, "new", 3);
  ck_assert_uint_eq(about(path).st_uid, 1234);
  ck_assert_uint_eq(about(path).st_gid, 2345);
  ck_assert_uint_eq(about(path).st_mode & 07777, 04750);
}
END_TEST

/* As another user than the file's: it is not replaced, for the new one would be somebody else's. */
START_TEST(owner_that_cannot_be_kept) {
  LnError err;
  if (geteuid() != 0) {
    printf("skipped owners: only root can give files away\n");
    return;
  }
  const char *path = test_file("others", "old", 3), *own = test_file("protected", "old", 3);
  ck_assert_int_eq(chmod(test_path(""), 0777), 0);
  ck_assert_int_eq(chmod(path, 0666), 0);
  ck_assert_int_eq(chown(own, 65534, 65534), 0);
  ck_assert_int_eq(chmod(own, 0444), 0);
  int entries = test_folder_count();
  ck_assert_int_eq(setegid(65534), 0);
  ck_assert_int_eq(seteuid(65534), 0);
  CK_FAILS(ln_file_write(path, "new", 3, &err), LN_EIO,
           "others': its owner, group, permissions or attributes cannot be kept: Operation not permitted");
  CK_FAILS(ln_file_write(own, "new", 3, &err), LN_EIO, "protected': Permission denied");
  CK_FAILS(ln_file_writable(path, &err), LN_EIO, "others': its owner, group, permissions");
  CK_FAILS(ln_file_writable(own, &err), LN_EIO, "protected': Permission denied");
  ck_assert_int_eq(seteuid(0), 0);
  ck_assert_int_eq(setegid(0), 0);
  check_content(path, "old", 3);
  check_content(own, "old", 3);
  ck_assert_uint_eq(about(path).st_uid, 0);
  ck_assert_int_eq(test_folder_count(), entries);
}
END_TEST

START_TEST(attributes_are_kept) {
  LnError err;
  char got[8] = {0};
  /* An access list: its version, then tag, permissions and id of each entry; user 1234 may read. */
  const uint16_t list[] = {2, 0, 1, 6, 0xffff, 0xffff, 2, 4, 1234, 0, 4, 0, 0xffff, 0xffff,
                           16, 4, 0xffff, 0xffff, 32, 0, 0xffff, 0xffff};
  uint16_t list_got[64] = {0};
  const char *path = test_file("marked", "old", 3);
  if (setxattr(path, "user.lunet", "mark", 4, 0) != 0) {
    printf("skipped attributes: there are none here\n");
    return;
  }
  bool lists = setxattr(path, "system.posix_acl_access", list, sizeof list, 0) == 0;
  CK_OK(ln_file_write(path, "new", 3, &err));
  ck_assert_int_eq(getxattr(path, "user.lunet", got, sizeof got), 4);
  ck_assert_str_eq(got, "mark");
  if (!lists) return;
  ck_assert_int_eq(getxattr(path, "system.posix_acl_access", list_got, sizeof list_got), sizeof list);
  ck_assert_mem_eq(list_got, list, sizeof list);
}
END_TEST

/* ---- Temporary files ---- */

static const char *make_leftover(const char *name, int age) {
  const char *path = test_file(name, "half", 4);
  const struct timespec now = {.tv_nsec = UTIME_NOW}, then = {.tv_sec = time(NULL) - age};
  ck_assert_int_eq(utimensat(AT_FDCWD, path, (struct timespec[]){now, then}, 0), 0);
  return path;
}

static bool exists(const char *name) {
  return access(test_path(name), F_OK) == 0;
}

/* What a killed run left goes with the next write of the same file: if it is old, is that file's, and has no writer. */
START_TEST(leftovers) {
  LnError err;
  char path[1024];
  snprintf(path, sizeof path, "%s", test_path("model"));
  make_leftover("model.tmp-0123456789abcdef", 7200);
  make_leftover("model.tmp-0123456789abcde0", 600);
  make_leftover("model2.tmp-0123456789abcdef", 7200);
  make_leftover("model.tmp-0123456789abcdeg", 7200);
  make_leftover("model.tmp-0123456789abcdef0", 7200);
  make_leftover("model.tmp-", 7200);
  int held = open(make_leftover("model.tmp-00000000000000aa", 7200), O_RDONLY);
  ck_assert_int_eq(flock(held, LOCK_EX), 0);
  CK_OK(ln_file_write(test_path("other"), "x", 1, &err));
  ck_assert(exists("model.tmp-0123456789abcdef"));
  CK_OK(ln_file_write(path, "x", 1, &err));
  ck_assert(!exists("model.tmp-0123456789abcdef"));
  ck_assert(exists("model.tmp-0123456789abcde0") && exists("model2.tmp-0123456789abcdef"));
  ck_assert(exists("model.tmp-0123456789abcdeg") && exists("model.tmp-0123456789abcdef0") && exists("model.tmp-"));
  ck_assert(exists("model.tmp-00000000000000aa"));
  close(held);
  CK_OK(ln_file_write(path, "x", 1, &err));
  ck_assert(!exists("model.tmp-00000000000000aa"));
}
END_TEST

START_TEST(names_of_any_length) {
  LnError err;
  char name[256];
  memset(name, 'n', 255);
  name[255] = '\0';
  int before = test_folder_count();
  CK_OK(ln_file_write(test_path(name), "long", 4, &err));
  CK_OK(ln_file_write(test_path(name), "longer", 6, &err));
  check_content(test_path(name), "longer", 6);
  ck_assert_int_eq(test_folder_count(), before + 1);
}
END_TEST

/* Several writers of one file do not get in each other's way. */
START_TEST(many_writers) {
  LnError err;
  const char *path = test_path("contended");
  int before = test_folder_count(), failures = 0;
  pid_t children[4];
  for (int c = 0; c < 4; c++) {
    children[c] = fork();
    if (children[c] != 0) continue;
    for (int i = 0; i < 50; i++)
      if (ln_file_write(path, "the same", 8, &err) != LN_OK) _exit(1);
    _exit(0);
  }
  for (int c = 0; c < 4; c++) {
    int status = -1;
    waitpid(children[c], &status, 0);
    failures += status != 0;
  }
  ck_assert_int_eq(failures, 0);
  check_content(path, "the same", 8);
  ck_assert_int_eq(test_folder_count(), before + 1);
}
END_TEST

START_TEST(folders) {
  LnError err;
  CK_OK(ln_dir_make(test_path("a/b//c/"), &err));
  CK_OK(ln_dir_make(test_path("a/b/c"), &err));
  CK_OK(ln_dir_writable(test_path("a/b/c"), &err));
  ck_assert_int_eq(rmdir(test_path("a/b/c")), 0); /* nothing was left in it */
  test_file("a/file", "x", 1);
  CK_FAILS(ln_dir_make(test_path("a/file"), &err), LN_EIO, "a/file': a file of that name is in the way");
  CK_FAILS(ln_dir_make(test_path("a/file/c"), &err), LN_EIO, "a/file': a file of that name is in the way");
  CK_FAILS(ln_dir_make("", &err), LN_EIO, "No such file");
  CK_OK(ln_file_writable(test_path("a/file"), &err));
  CK_OK(ln_file_writable(test_path("a/new"), &err));
  CK_OK(ln_file_writable("/dev/null", &err));
  CK_FAILS(ln_file_writable(test_path("a"), &err), LN_EIO, "it is a folder, not a file");
  CK_FAILS(ln_file_writable(test_path("none/x"), &err), LN_EIO, "cannot write into the folder");
  CK_FAILS(ln_dir_writable(test_path("none"), &err), LN_EIO, "cannot write into the folder");
  CK_FAILS(ln_dir_writable(test_path("a/file"), &err), LN_EIO, "Not a directory");
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  void *bytes = NULL;
  size_t n = 0;
  const char *path = test_path("memory");
  CK_EVERY_ALLOCATION(ln_file_write(path, "text", 4, &err), (void)0);
  CK_EVERY_ALLOCATION(ln_file_read(&bytes, &n, path, &err), ln_free(bytes));
  CK_EVERY_ALLOCATION(ln_dir_make(test_path("x/y"), &err), (void)0);
  CK_EVERY_ALLOCATION(ln_dir_writable(test_path("x/y"), &err), (void)0);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, written_and_read);
  tcase_add_test(tests, what_is_there_stays_what_it_is);
  tcase_add_test(tests, size_unknown);
  tcase_add_test(tests, regular_files_only);
  tcase_add_test(tests, a_given_pipe);
  tcase_add_test(tests, limit_of_bytes);
  tcase_add_test(tests, read_in_pieces);
  tcase_add_test(tests, failures_name_the_path);
  tcase_add_test(tests, limit_of_size);
  tcase_add_test(tests, pipes_that_nobody_reads);
  tcase_add_test(tests, owner_and_mode_are_kept);
  tcase_add_test(tests, owner_that_cannot_be_kept);
  tcase_add_test(tests, attributes_are_kept);
  tcase_add_test(tests, leftovers);
  tcase_add_test(tests, names_of_any_length);
  tcase_add_test(tests, many_writers);
  tcase_add_test(tests, folders);
  tcase_add_test(tests, every_allocation);
}
