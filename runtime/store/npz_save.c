/* Writing .npz files through libzip: see npz.h. The zip file is made in memory and then written atomically. */
#include <stdio.h>
#include <string.h>
#include <zip.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "store/npy.h"
#include "store/npz.h"

enum { DATE_1980 = 1 << 5 | 1 }; /* 1 January 1980, the first day that a zip file can name */

typedef struct Member {
  void *bytes;
  size_t n;
} Member;

static LnStatus fail_zip(const char *what, const zip_error_t *error, LnError *err) {
  if (zip_error_code_zip(error) == ZIP_ER_MEMORY) return ln_fail_memory(err, what, 0);
  if (zip_error_code_zip(error) == ZIP_ER_EXISTS) return ln_fail(err, LN_EARG, "two tensors have the name '%s'", what);
  return ln_fail(err, LN_EARG, "%s: %s", what, zip_error_strerror((zip_error_t *)(uintptr_t)error));
}

/* The member's bytes must stay until the zip file is closed. */
static LnStatus add_member(zip_t *zip, const char *name, const Member *member, LnError *err) {
  size_t room = strlen(name) + sizeof ".npy";
  char *full = ln_alloc(room);
  if (full == NULL) return ln_fail_memory(err, "name", room);
  snprintf(full, room, "%s.npy", name);
  zip_source_t *source = zip_source_buffer(zip, member->bytes, member->n, 0);
  zip_int64_t index = source == NULL ? -1 : zip_file_add(zip, full, source, ZIP_FL_ENC_UTF_8);
  ln_free(full);
  if (index < 0) {
    zip_source_free(source);
    return fail_zip(LN_ESCAPED(name), zip_get_error(zip), err);
  }
  if (zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(zip, (zip_uint64_t)index, 0, DATE_1980, 0) != 0)
    return fail_zip(LN_ESCAPED(name), zip_get_error(zip), err);
  return LN_OK;
}

static LnStatus add_members(zip_t *zip, Member *members, const LnNamedTensor *tensors, int n, LnError *err) {
  for (int i = 0; i < n; i++) {
    if (!ln_json_takes(tensors[i].name)) return ln_fail(err, LN_EARG, "the name of tensor %d is not UTF-8 text", i + 1);
    LN_TRY(ln_npy_encode(&members[i].bytes, &members[i].n, tensors[i].tensor, err));
    LN_TRY(add_member(zip, tensors[i].name, &members[i], err));
  }
  return LN_OK;
}

/* Closes the zip file, whole or not. */
static LnStatus fill_zip(zip_t *zip, Member *members, const LnNamedTensor *tensors, int n, LnError *err) {
  LnStatus status = add_members(zip, members, tensors, n, err);
  if (status == LN_OK && zip_close(zip) == 0) return LN_OK;
  if (status == LN_OK) status = fail_zip("zip file", zip_get_error(zip), err);
  zip_discard(zip);
  return status;
}

/* The zip file goes into `archive`, which the caller keeps. */
static LnStatus make_zip(zip_source_t *archive, const LnNamedTensor *tensors, int n, LnError *err) {
  zip_error_t error;
  Member *members = ln_calloc((size_t)n, sizeof *members);
  if (members == NULL) return ln_fail_memory(err, "members", (size_t)n * sizeof *members);
  zip_error_init(&error);
  zip_source_keep(archive);
  zip_t *zip = zip_open_from_source(archive, ZIP_CREATE | ZIP_TRUNCATE, &error);
  LnStatus status = zip != NULL ? fill_zip(zip, members, tensors, n, err) : fail_zip("zip file", &error, err);
  if (zip == NULL) zip_source_free(archive); /* what was kept for it */
  for (int i = 0; i < n; i++) ln_free(members[i].bytes);
  ln_free(members);
  zip_error_fini(&error);
  return status;
}

/* All bytes of the archive, ln_alloc'ed. */
static LnStatus take_bytes(char **out, size_t *n, zip_source_t *archive, LnError *err) {
  zip_stat_t stat;
  if (zip_source_stat(archive, &stat) != 0 || zip_source_open(archive) != 0)
    return fail_zip("zip file", zip_source_error(archive), err);
  char *bytes = ln_alloc(stat.size);
  LnStatus status = bytes == NULL ? ln_fail_memory(err, "zip file", stat.size) : LN_OK;
  if (bytes != NULL && zip_source_read(archive, bytes, stat.size) != (zip_int64_t)stat.size)
    status = fail_zip("zip file", zip_source_error(archive), err);
  zip_source_close(archive);
  if (status != LN_OK) return ln_free(bytes), status;
  *out = bytes;
  *n = stat.size;
  return LN_OK;
}

static LnStatus encode(char **out, size_t *size, const LnNamedTensor *tensors, int n, LnError *err) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, &error);
  if (archive == NULL) return ln_fail_memory(err, "zip file", 0);
  LnStatus status = make_zip(archive, tensors, n, err);
  if (status == LN_OK) status = take_bytes(out, size, archive, err);
  zip_source_free(archive);
  return status;
}

LnStatus ln_npz_save(const char *path, const LnNamedTensor *tensors, int n, LnError *err) {
  LnError why;
  char *bytes = NULL;
  size_t size = 0;
  LnStatus status = encode(&bytes, &size, tensors, n, &why);
  if (status != LN_OK) return ln_fail(err, status, "cannot write '%.240s': %s", path, why.msg);
  status = ln_file_write(path, bytes, size, err);
  ln_free(bytes);
  return status;
}
