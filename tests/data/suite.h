/* What the tests of this folder share. */
#ifndef LUNET_TESTS_DATA_SUITE_H
#define LUNET_TESTS_DATA_SUITE_H

#include "data/data.h"
#include "support/files.h"
#include "support/known.h"

/* A source with these options, loaded; fails the test when that fails. */
LnDataset load_set(const LnSourceType *source, const char *json);
/* The same, and must fail with this status and a message that contains the text; nothing may stay in memory. */
void check_load_fails(const LnSourceType *source, const char *json, LnStatus status, const char *text);
/* {"path": <path>, <more>}, good until eight more have been asked for. */
const char *with_path(const char *path, const char *more);

#endif
