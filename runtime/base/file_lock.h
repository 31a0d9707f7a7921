/* Locks that say that a process lives: the system takes them from a process that ends, by whatever way. Children do not
 * inherit them. They hold between processes of one machine, in different containers too, and between machines where
 * the file system carries flock. */
#ifndef LUNET_BASE_FILE_LOCK_H
#define LUNET_BASE_FILE_LOCK_H

#include <stdbool.h>

#include "base/status.h"

typedef struct LnFileLock LnFileLock;

/* Makes the file if need be, and locks it; an error if another has it locked. On a file system without locks nobody
 * seems to hold it. */
LnStatus ln_file_lock_take(LnFileLock **out, const char *path, LnError *err);
void ln_file_lock_release(LnFileLock *lock); /* the file stays; NULL is legal */
bool ln_file_lock_held(const char *path);    /* by anyone; a file that cannot be read is held by nobody */

#endif
