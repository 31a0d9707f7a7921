/* Files that are written in the background: the caller hands over one version after the other and goes on, and a thread
 * writes the latest. Each is written as ln_file_write_unsynced does, so that whenever the process ends the file is one
 * of the versions, whole; it is synced to the disk every 5 s at most, and at the end. */
#ifndef LUNET_BASE_FILE_WRITER_H
#define LUNET_BASE_FILE_WRITER_H

#include <stddef.h>

#include "base/status.h"

typedef struct LnFileWriter LnFileWriter;

LnStatus ln_file_writer_new(LnFileWriter **out, const char *path, LnError *err);
/* n bytes, ln_alloc'ed, which are taken over, on failure too. A version that waits to be written gives way. Fails for
 * one handed over earlier that could not be written. */
LnStatus ln_file_writer_put(LnFileWriter *writer, void *bytes, size_t n, LnError *err);
/* Waits until the last version is on the disk; told again if it could not be written. */
LnStatus ln_file_writer_finish(LnFileWriter *writer, LnError *err);
void ln_file_writer_free(LnFileWriter *writer); /* after finishing; NULL is legal */

#endif
