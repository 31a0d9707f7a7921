/* Folders of volumes: the slices of each file in turn, with the file's name before theirs. */
#include "data/volume_folder.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/limits.h"
#include "base/listing.h"
#include "base/memory.h"

typedef struct Folder {
  const char *path;
  LnVolumeLoad *load_file;
  const void *options; /* for load_file */
} Folder;

static const char *const endings[] = {".nii", ".nii.gz", ".hdr"};

static size_t stem_of(const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t n = strlen(endings[i]);
    if (length > n && strcmp(name + length - n, endings[i]) == 0) return length - n;
  }
  return 0;
}

static bool is_volume(const char *name) {
  return stem_of(name) > 0;
}

/* Names of slices get that of the file in front: "patient1/ax012". */
static LnStatus prefix_names(LnDataset *set, const char *file, LnError *err) {
  for (int64_t i = 0; i < set->count; i++) {
    size_t stem = stem_of(file), size = stem + strlen(set->names[i]) + 2;
    char *name = ln_alloc(size);
    if (name == NULL) return ln_fail_memory(err, file, size);
    snprintf(name, size, "%.*s/%s", (int)stem, file, set->names[i]);
    ln_free(set->names[i]);
    set->names[i] = name;
  }
  return LN_OK;
}

static LnStatus load_member(LnDataset *out, const Folder *folder, const char *file, LnError *err) {
  char *path = NULL;
  LN_TRY(ln_interrupt_check(err));
  LN_TRY(ln_listing_path(&path, folder->path, file, err));
  LnStatus status = folder->load_file(out, path, folder->options, err);
  ln_free(path);
  return status == LN_OK ? prefix_names(out, file, err) : status;
}

static LnStatus check_alike(const LnDataset *sets, const LnListing *list, LnError *err) {
  const LnShape *first = &sets[0].images->shape;
  for (size_t i = 1; i < list->count; i++) {
    const LnShape *s = &sets[i].images->shape;
    if (s->d[2] != first->d[2] || s->d[3] != first->d[3])
      return ln_fail(err, LN_ESHAPE,
                     "nifti: the slices of '%.120s' have %lldx%lld pixels, those of '%.120s' %lldx%lld; give a size",
                     list->names[i], (long long)s->d[2], (long long)s->d[3], list->names[0], (long long)first->d[2],
                     (long long)first->d[3]);
  }
  return LN_OK;
}

/* The images of all sets one after another; their names go over. */
static LnStatus join(LnDataset *out, LnDataset *sets, size_t n, LnError *err) {
  LnShape shape = sets[0].images->shape;
  shape.d[0] = 0;
  for (size_t i = 0; i < n; i++) shape.d[0] += sets[i].count;
  LN_TRY(ln_limit_bytes("nifti: the slices", (double)ln_shape_count(shape) * sizeof(float), err));
  LN_TRY(ln_dataset_new(out, shape, err));
  int64_t at = 0, floats = shape.d[1] * shape.d[2] * shape.d[3];
  for (size_t i = 0; i < n; i++) {
    ln_tensor_read(out->images->data + at * floats, sets[i].images);
    for (int64_t k = 0; k < sets[i].count; k++) {
      out->names[at++] = sets[i].names[k];
      sets[i].names[k] = NULL;
    }
  }
  return LN_OK;
}

static LnStatus load_members(LnDataset *out, const Folder *folder, const LnListing *list, LnError *err) {
  LnDataset *sets = ln_calloc(list->count, sizeof *sets);
  if (sets == NULL) return ln_fail_memory(err, folder->path, list->count * sizeof *sets);
  LnStatus status = LN_OK;
  for (size_t i = 0; status == LN_OK && i < list->count; i++)
    status = load_member(&sets[i], folder, list->names[i], err);
  if (status == LN_OK) status = check_alike(sets, list, err);
  if (status == LN_OK) status = join(out, sets, list->count, err);
  for (size_t i = 0; i < list->count; i++) ln_dataset_free(&sets[i]);
  ln_free(sets);
  return status;
}

LnStatus ln_volume_folder_load(LnDataset *out, const char *path, LnVolumeLoad *load_file, const void *options,
                               LnError *err) {
  Folder folder = {.path = path, .load_file = load_file, .options = options};
  LnListing list = {0};
  LnStatus status = ln_listing_read(&list, path, is_volume, "nifti", err);
  if (status == LN_OK && list.count == 0)
    status = ln_fail(err, LN_EIO, "nifti: '%.300s' has no volumes (.nii, .nii.gz, .hdr)", path);
  if (status == LN_OK) status = load_members(out, &folder, &list, err);
  ln_listing_free(&list);
  return status;
}
