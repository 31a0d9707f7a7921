/* The names in a folder. */
#ifndef LUNET_BASE_LISTING_H
#define LUNET_BASE_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct LnListing {
  char **names; /* sorted */
  size_t count, room;
} LnListing;

/* Files that are wanted by their names; folders, pipes and hidden files are passed over. None is no error. *out:
 * zeroed, and to be freed whatever comes. Messages begin with `who`. */
LnStatus ln_listing_read(LnListing *out, const char *path, bool (*wanted)(const char *name), const char *who,
                         LnError *err);
/* The same, and such files of the folders within, but for hidden ones, as "folder/file". */
LnStatus ln_listing_read_within(LnListing *out, const char *path, bool (*wanted)(const char *name), const char *who,
                                LnError *err);
/* The folders within, but for hidden ones. */
LnStatus ln_listing_read_folders(LnListing *out, const char *path, const char *who, LnError *err);
/* Everything in a folder, hidden files and folders too; "." and ".." are left out. */
LnStatus ln_listing_read_all(LnListing *out, const char *path, LnError *err);
void ln_listing_free(LnListing *list);

/* "path/name", ln_alloc'ed. */
LnStatus ln_listing_path(char **out, const char *path, const char *name, LnError *err);

#endif
