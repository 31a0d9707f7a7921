/* CPU quotas of control groups, read from copies of the kernel's files. */
#include "base/cpus.h"

#include <stdio.h>
#include <sys/stat.h>

#include "support/files.h"

static char root[256]; /* of this test */

static void use_root(const char *name) {
  snprintf(root, sizeof root, "%s", test_path(name));
  ck_assert_int_eq(mkdir(root, 0777), 0);
}

/* A file below the root, with the folders above it. */
static void put(const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", root, name);
  for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
    *slash = '\0';
    mkdir(path, 0777);
    *slash = '/';
  }
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  ck_assert_int_ge(fputs(text, file), 0);
  fclose(file);
}

START_TEST(version_two) {
  use_root("two");
  ck_assert(ln_cpu_quota(root) == 0); /* no control groups */
  put("proc/self/cgroup", "0::/a/b\n");
  ck_assert(ln_cpu_quota(root) == 0);
  put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  ck_assert(ln_cpu_quota(root) == 0);
  put("sys/fs/cgroup/a/cpu.max", "250000 100000\n");
  ck_assert(ln_cpu_quota(root) == 2.5);
  put("sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
  ck_assert(ln_cpu_quota(root) == 0.5);
}
END_TEST

/* A container sees its own group as the root, whatever its name outside. */
START_TEST(version_two_in_a_container) {
  use_root("container");
  put("proc/self/cgroup", "0::/\n");
  put("sys/fs/cgroup/cpu.max", "300000 100000\n");
  ck_assert(ln_cpu_quota(root) == 3);
  put("proc/self/cgroup", "0::/../../outside\n");
  ck_assert(ln_cpu_quota(root) == 3);
  put("proc/self/cgroup", "0::/not/to/be/seen\n");
  ck_assert(ln_cpu_quota(root) == 3);
}
END_TEST

START_TEST(version_one) {
  use_root("one");
  put("proc/self/cgroup", "9:cpuset:/x\n4:cpu,cpuacct:/docker/abc\n0::/\n");
  put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  ck_assert(ln_cpu_quota(root) == 0);
  put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
  ck_assert(ln_cpu_quota(root) == 1.5);
  put("proc/self/cgroup", "1:cpu:/\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  ck_assert(ln_cpu_quota(root) == 4);
}
END_TEST

START_TEST(what_makes_no_sense_is_no_limit) {
  use_root("nonsense");
  put("proc/self/cgroup", "\nnonsense\n0:\n0::/a\n");
  put("sys/fs/cgroup/a/cpu.max", "100000 0\n");
  ck_assert(ln_cpu_quota(root) == 0);
  put("sys/fs/cgroup/a/cpu.max", "-5 100000\n");
  ck_assert(ln_cpu_quota(root) == 0);
  ck_assert(ln_cpu_quota(root) == 0);
}
END_TEST

START_TEST(there_is_at_least_one) {
  const char *why = NULL;
  ck_assert_int_ge(ln_cpus(&why), 1);
  ck_assert_ptr_nonnull(why);
}
END_TEST

TESTS {
  test_use_folder(tests);
  tcase_add_test(tests, version_two);
  tcase_add_test(tests, version_two_in_a_container);
  tcase_add_test(tests, version_one);
  tcase_add_test(tests, what_makes_no_sense_is_no_limit);
  tcase_add_test(tests, there_is_at_least_one);
}
