/* Files and folders: reading whole files, writing them so that they are never half there.
 *
 * Messages name the path and carry the operating system's reason. */
#ifndef LUNET_BASE_FILE_H
#define LUNET_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The whole file, ln_alloc'ed. Opening never waits: folders, devices and pipes with a name are refused. What has no
 * size, as the files of /proc and a pipe that the shell opened for this process (/dev/stdin, /dev/fd/63), is read to
 * its end, at most 256 MB; other files up to the limit of bytes (base/limits.h). One that changes its size meanwhile is
 * an error. */
LnStatus ln_file_read(void **out, size_t *n, const char *path, LnError *err);

/* Open a regular file, nothing else, to be read piece by piece; the caller closes it. *size: in bytes. */
LnStatus ln_file_open(int *fd, int64_t *size, const char *path, LnError *err);
/* n bytes of an open file from byte `at` on; a file that ends before is LN_EFORMAT, "damaged: cut short". */
LnStatus ln_file_read_at(void *out, int64_t n, int fd, int64_t at, LnError *err);

/* Replace the file at `path` by n bytes: written to a temporary file beside it, synced, renamed. On failure whatever
 * was at `path` is untouched and the temporary file is gone; that of a run which was killed goes with the next write of
 * the same file, an hour later or more. A file that may not be written to is not replaced, and one keeps its owner,
 * group, permissions, access lists and attributes of users, or is not replaced (labels of the system, as SELinux's, are
 * given anew; another hard link keeps the old content). A link goes on pointing to its file, and devices, pipes
 * that somebody reads and what a link to a standard stream such as /dev/stdout leads to are written to as they are. A
 * limit of size (ulimit -f) and a pipe whose reader has gone are errors, not signals. */
LnStatus ln_file_write(const char *path, const void *bytes, size_t n, LnError *err);

/* The same, but left to the system when the bytes go to the disk: for files that are written often. It is whole whenever
 * the process ends; a machine that loses its power may leave it damaged, unless it was synced by the second one. */
LnStatus ln_file_write_unsynced(const char *path, const void *bytes, size_t n, LnError *err);
LnStatus ln_file_sync(const char *path, LnError *err);

/* Append a line, n bytes that end in a newline: all of it, or the file is as it was. For files that one process writes
 * and others read meanwhile: a reader sees whole lines, but for a last one without its newline. What is left of a line
 * that was cut, by a machine that lost its power, becomes a line of its own. Only regular files; a new one is made. */
LnStatus ln_file_append_line(const char *path, const char *line, size_t n, LnError *err);

/* The hash (base/hash.h) of a regular file's bytes, and how many they are. */
LnStatus ln_file_hash(uint64_t *hash, int64_t *size, const char *path, LnError *err);

/* Whether ln_file_write could write there now, found out by making a file beside and removing it. */
LnStatus ln_file_writable(const char *path, LnError *err);

/* Make a folder and those above it; one that exists already is fine. */
LnStatus ln_dir_make(const char *path, LnError *err);

/* Make a folder that is not there yet; *made: false if it is, or something else of that name. */
LnStatus ln_dir_make_new(bool *made, const char *path, LnError *err);

/* Whether files can be made in a folder, found out by making one and removing it. */
LnStatus ln_dir_writable(const char *path, LnError *err);

#endif
