/* How many processors this process may use. */
#ifndef LUNET_BASE_CPUS_H
#define LUNET_BASE_CPUS_H

/* At least 1, and what bounds it: "processors" (there are no more), "affinity" (taskset, cpusets) or "CPU quota". */
int ln_cpus(const char **why);

/* The processors' worth of time that the control groups of this process allow (Linux, versions 1 and 2, the smallest
 * limit up to the root), 0 without a limit. A container's CPU limit is one. root: "", or a folder that holds copies of
 * /proc/self/cgroup and /sys/fs/cgroup. */
double ln_cpu_quota(const char *root);

#endif
