/* Files and folders: reading whole files, writing them so that they are never half there.
 *
 * Messages name the path and carry the operating system's reason. */
#ifndef LUNET_BASE_FILE_H
#define LUNET_BASE_FILE_H

#include <stddef.h>

#include "base/status.h"

/* The whole file, ln_alloc'ed. A folder is refused. */
LnStatus ln_file_read(void **out, size_t *n, const char *path, LnError *err);

/* Replace the file at `path` by n bytes: written to a temporary file beside it, synced, renamed. On failure whatever
 * was at `path` is untouched and the temporary file is gone. A file keeps its group and permissions as far as one
 * may, a link goes on pointing to its file, and devices, pipes and what a link to a standard stream such as /dev/stdout
 * leads to are written to as they are. */
LnStatus ln_file_write(const char *path, const void *bytes, size_t n, LnError *err);

/* Make a folder and those above it; one that exists already is fine. */
LnStatus ln_dir_make(const char *path, LnError *err);

/* Whether files can be made in a folder, found out by making one and removing it. */
LnStatus ln_dir_writable(const char *path, LnError *err);

#endif
