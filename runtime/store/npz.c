/* Reading .npz files through libzip: see npz.h. */
#include "store/npz.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "store/npy.h"

enum { PIECE = 1 << 24 }; /* bytes between two looks at the interruption */

/* What went wrong in libzip, as a failure of ours. */
static LnStatus fail_zip(const zip_error_t *error, LnError *err) {
  const char *reason = zip_error_strerror((zip_error_t *)(uintptr_t)error);
  switch (zip_error_code_zip(error)) {
    case ZIP_ER_MEMORY: return ln_fail_memory(err, "zip file", 0);
    case ZIP_ER_COMPNOTSUPP:
    case ZIP_ER_ENCRNOTSUPP:
    case ZIP_ER_MULTIDISK:
    case ZIP_ER_NOPASSWD: return ln_fail(err, LN_EUNSUPPORTED, "not supported: %s", reason);
    case ZIP_ER_READ: return ln_fail(err, LN_EIO, "%s", reason);
    case ZIP_ER_EOF: return ln_fail(err, LN_EFORMAT, "damaged: cut short");
    default: return ln_fail(err, LN_EFORMAT, "damaged: %s", reason);
  }
}

static LnStatus read_member(void *context, void *out, int64_t n, LnError *err) {
  zip_file_t *file = context;
  for (char *to = out; n > 0;) {
    LN_TRY(ln_interrupt_check(err));
    zip_int64_t got = zip_fread(file, to, (zip_uint64_t)(n < PIECE ? n : PIECE));
    if (got < 0) return fail_zip(zip_file_get_error(file), err);
    if (got == 0) return ln_fail(err, LN_EFORMAT, "damaged: cut short");
    to += got;
    n -= got;
  }
  return LN_OK;
}

/* libzip compares the checksum where the data ends. */
static LnStatus check_end(zip_file_t *file, LnError *err) {
  char byte;
  zip_int64_t got = zip_fread(file, &byte, 1);
  if (got < 0) return fail_zip(zip_file_get_error(file), err);
  return got == 0 ? LN_OK : ln_fail(err, LN_EFORMAT, "damaged: longer than it says");
}

/* The name of an array, whose member has ".npy" behind it: ln_alloc'ed. */
static LnStatus array_name(char **out, const char *member, LnError *err) {
  static const char ending[] = ".npy";
  size_t n = strlen(member), kept = n - (sizeof ending - 1);
  if (n < sizeof ending - 1 || strcmp(member + kept, ending) != 0)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: a member that is no .npy file");
  *out = ln_strdup(member);
  if (*out == NULL) return ln_fail_memory(err, "name", n + 1);
  (*out)[kept] = '\0';
  return LN_OK;
}

/* An opened file. */
typedef struct Archive {
  zip_t *zip;
  double size, taken; /* in bytes; taken: memory, by the arrays that were read */
} Archive;

/* stat: of the member */
static LnStatus read_array(LnTensor **out, Archive *archive, const zip_stat_t *stat, LnError *err) {
  double packed = fmin((double)stat->comp_size, archive->size);
  double most = stat->comp_method == ZIP_CM_STORE ? packed : packed * 1032; /* of one byte deflate makes no more */
  if (stat->encryption_method != ZIP_EM_NONE) return ln_fail(err, LN_EUNSUPPORTED, "not supported: encrypted");
  if (stat->comp_method != ZIP_CM_STORE && stat->comp_method != ZIP_CM_DEFLATE)
    return ln_fail(err, LN_EUNSUPPORTED, "not supported: compression method %d; stored and deflated members are read",
                   stat->comp_method);
  if (stat->size > INT64_MAX) return ln_fail(err, LN_EFORMAT, "damaged: cut short");
  zip_file_t *file = zip_fopen_index(archive->zip, stat->index, 0);
  if (file == NULL) return fail_zip(zip_get_error(archive->zip), err);
  LnTensor *t = NULL;
  const LnByteSource source = {file, read_member};
  LnStatus status = ln_npy_decode(&t, source, (int64_t)stat->size, most, archive->taken, err);
  if (status == LN_OK) status = check_end(file, err);
  zip_fclose(file);
  if (status != LN_OK) return ln_tensor_unref(t), status;
  archive->taken += (double)ln_tensor_storage_bytes(t);
  *out = t;
  return LN_OK;
}

static LnStatus add_member(LnTensorList *list, Archive *archive, int index, LnError *err) {
  zip_stat_t stat;
  char *name = NULL;
  LnTensor *t = NULL;
  const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if (zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &stat) != 0)
    return fail_zip(zip_get_error(archive->zip), err);
  if ((stat.valid & needed) != needed) return ln_fail(err, LN_EFORMAT, "damaged: member %d lacks its size", index + 1);
  LnStatus status = array_name(&name, stat.name, err);
  if (status == LN_OK) status = read_array(&t, archive, &stat, err);
  if (status == LN_OK) status = ln_tensor_list_add(list, name, t, err);
  ln_free(name);
  return ln_error_prefix(err, status, "'%s': ", LN_ESCAPED(stat.name));
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const LnNamedTensor *)a)->name, ((const LnNamedTensor *)b)->name);
}

/* Sorts the list by its names, none of which may be there twice. */
static LnStatus sort_names(LnTensorList *list, LnError *err) {
  if (list->count > 0) qsort(list->entries, (size_t)list->count, sizeof *list->entries, by_name);
  for (int i = 1; i < list->count; i++)
    if (by_name(&list->entries[i - 1], &list->entries[i]) == 0)
      return ln_fail(err, LN_EFORMAT, "damaged: two arrays have the name '%s'", LN_ESCAPED(list->entries[i].name));
  return LN_OK;
}

static LnStatus read_members(LnTensorList **out, Archive *archive, LnError *err) {
  zip_int64_t count = zip_get_num_entries(archive->zip, 0);
  LnTensorList *list = NULL;
  if (count < 0 || count > INT_MAX) return ln_fail(err, LN_EFORMAT, "damaged: %lld members", (long long)count);
  LN_TRY(ln_tensor_list_new(&list, (int)count, err));
  LnStatus status = LN_OK;
  for (int i = 0; status == LN_OK && i < (int)count; i++) status = add_member(list, archive, i, err);
  if (status == LN_OK) status = sort_names(list, err);
  if (status != LN_OK) return ln_tensor_list_free(list), status;
  *out = list;
  return LN_OK;
}

/* Takes over the descriptor. */
static LnStatus open_zip(zip_t **out, int fd, LnError *err) {
  int code = 0;
  zip_error_t error;
  *out = zip_fdopen(fd, 0, &code);
  if (*out != NULL) return LN_OK;
  close(fd);
  if (code == ZIP_ER_NOZIP)
    return ln_fail(err, LN_EFORMAT, "not a .npz file, or damaged: the end of a zip file is missing");
  zip_error_init_with_code(&error, code);
  LnStatus status = fail_zip(&error, err);
  zip_error_fini(&error);
  return status;
}

LnStatus ln_npz_load(LnTensorList **out, const char *path, LnError *err) {
  LnError why;
  int fd = -1;
  int64_t size = 0;
  Archive archive = {0};
  LN_TRY(ln_file_open(&fd, &size, path, err));
  archive.size = (double)size;
  LnStatus status = open_zip(&archive.zip, fd, &why);
  if (status == LN_OK) status = read_members(out, &archive, &why);
  if (archive.zip != NULL) zip_discard(archive.zip);
  return status == LN_OK ? LN_OK : ln_fail(err, status, "cannot read '%.240s': %s", path, why.msg);
}
