/* Processors: see cpus.h. Formats: the kernel's Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/cpus.h"

#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4096 };

static double least_limit(double a, double b) {
  return a == 0 || (b > 0 && b < a) ? b : a;
}

/* The text of a file's first line, "" if there is none. */
static void first_line(char *line, int size, const char *path) {
  FILE *file = fopen(path, "re");
  *line = '\0';
  if (file == NULL) return;
  if (fgets(line, size, file) == NULL) *line = '\0';
  fclose(file);
}

/* Version 2: "150000 100000", microseconds of time a period, or "max 100000". */
static double limit_v2(const char *folder) {
  char path[PATH + 32], line[128];
  double quota, period;
  snprintf(path, sizeof path, "%s/cpu.max", folder);
  first_line(line, sizeof line, path);
  return sscanf(line, "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0 ? quota / period : 0;
}

/* Version 1: the same in two files; -1 is no limit. */
static double limit_v1(const char *folder) {
  char path[PATH + 32], line[128];
  double quota, period;
  snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
  first_line(line, sizeof line, path);
  if (sscanf(line, "%lf", &quota) != 1) return 0;
  snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
  first_line(line, sizeof line, path);
  return sscanf(line, "%lf", &period) == 1 && quota > 0 && period > 0 ? quota / period : 0;
}

/* The smallest limit of a group and those above it. Where the group cannot be seen, as in a container that sees its
 * own as the root, the folders that exist count. */
static double smallest_limit(const char *mount, const char *group, double (*limit)(const char *folder)) {
  char folder[PATH];
  size_t top = strlen(mount);
  double smallest = 0;
  if (snprintf(folder, sizeof folder, "%s%s", mount, group) >= (int)sizeof folder) return 0;
  for (;;) {
    smallest = least_limit(smallest, limit(folder));
    char *slash = strrchr(folder, '/');
    if (strlen(folder) <= top || slash == NULL) return smallest;
    *slash = '\0';
  }
}

/* Whether "cpu" is in a list such as "cpu,cpuacct". */
static bool has_cpu(const char *controllers) {
  for (const char *at = controllers; (at = strstr(at, "cpu")) != NULL; at += 3)
    if ((at == controllers || at[-1] == ',') && (at[3] == ',' || at[3] == '\0')) return true;
  return false;
}

/* A line of /proc/self/cgroup: "4:cpu,cpuacct:/group", or "0::/group" for version 2. */
static double limit_of_line(const char *root, char *line) {
  char mount[PATH];
  char *controllers = strchr(line, ':'), *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
  if (group == NULL) return 0;
  *controllers++ = '\0', *group++ = '\0';
  group[strcspn(group, "\n")] = '\0';
  if (strstr(group, "..") != NULL || strcmp(group, "/") == 0) group = ""; /* outside of what can be seen; the root */
  snprintf(mount, sizeof mount, "%.2000s/sys/fs/cgroup", root);
  if (*controllers == '\0') return smallest_limit(mount, group, limit_v2);
  if (!has_cpu(controllers)) return 0;
  snprintf(mount, sizeof mount, "%.2000s/sys/fs/cgroup/%.500s", root, controllers);
  double limit = smallest_limit(mount, group, limit_v1);
  snprintf(mount, sizeof mount, "%.2000s/sys/fs/cgroup/cpu", root);
  return limit > 0 ? limit : smallest_limit(mount, group, limit_v1);
}

double ln_cpu_quota(const char *root) {
  char path[PATH], line[PATH];
  double smallest = 0;
  snprintf(path, sizeof path, "%.2000s/proc/self/cgroup", root);
  FILE *file = fopen(path, "re");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) smallest = least_limit(smallest, limit_of_line(root, line));
  fclose(file);
  return smallest;
}

int ln_cpus(const char **why) {
  cpu_set_t allowed;
  int online = (int)sysconf(_SC_NPROCESSORS_ONLN), n = online < 1 ? 1 : online;
  *why = "processors";
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0) {
    if (CPU_COUNT(&allowed) < n) *why = "affinity";
    n = CPU_COUNT(&allowed);
  }
  double quota = ln_cpu_quota("");
  if (quota == 0 || ceil(quota) >= n) return n;
  *why = "CPU quota";
  return (int)ceil(quota); /* so that a part of a processor is used too */
}
