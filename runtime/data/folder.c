/* Images from the files of a folder. */
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "data/data.h"
#include "base/listing.h"
#include "image/formats.h"
#include "image/image.h"

typedef struct Options {
  char *path;
  int64_t size[2]; /* 0, 0: as they are */
  int resize;      /* LnResize */
  bool gray;
  int64_t limit;   /* 0: all */
  bool within;
  bool stream;
  int64_t cache;   /* MB; of whoever reads the images */
} Options;

static bool is_image(const char *name) {
  return ln_image_format_of_name(name) != NULL;
}

/* "has no images (PNG, ...)", and the first folders within, where they may be. */
static LnStatus fail_without_images(const char *path, LnError *err) {
  char formats[128], within[160] = "";
  LnListing folders = {0};
  LnStatus status = ln_listing_read_folders(&folders, path, "folder", err);
  for (size_t i = 0, used = 0; i < folders.count && used < sizeof within; i++)
    used += (size_t)snprintf(within + used, sizeof within - used, i == 0 ? "; folders within: %.100s" : ", %.100s",
                             folders.names[i]);
  ln_listing_free(&folders);
  if (status != LN_OK) return status;
  return ln_fail(err, LN_EIO, "folder: '%.300s' has no images (%s)%s", path,
                 ln_image_formats_read(formats, sizeof formats), within);
}

static LnStatus list_images(LnListing *list, const Options *o, LnError *err) {
  LN_TRY((o->within ? ln_listing_read_within : ln_listing_read)(list, o->path, is_image, "folder", err));
  return list->count > 0 ? LN_OK : fail_without_images(o->path, err);
}

/* One image, C,H,W, in the wanted size. */
static LnStatus read_one(const void *options, LnTensor **out, const char *name, LnError *err) {
  const Options *o = options;
  char *path = NULL;
  LnTensor *image = NULL, *resized = NULL;
  LN_TRY(ln_listing_path(&path, o->path, name, err));
  LnStatus status = ln_image_read(&image, path, (LnImageOptions){.gray = o->gray}, err);
  ln_free(path);
  if (status != LN_OK || o->size[0] == 0) return *out = image, status;
  status = ln_image_resize(&resized, image, o->size[0], o->size[1], (LnResize)o->resize, err);
  ln_tensor_unref(image);
  if (status == LN_OK) *out = resized;
  return status;
}

static LnStatus add_name(LnDataset *set, int64_t index, const char *file, LnError *err) {
  LN_TRY(ln_dataset_set_name(set, index, file, err));
  *strrchr(set->names[index], '.') = '\0';
  return LN_OK;
}

/* The first image says what shape all have. */
static LnStatus place(LnDataset *set, int64_t index, int64_t count, LnTensor *image, const LnListing *list,
                      LnError *err) {
  LnShape s = image->shape;
  if (index == 0) LN_TRY(ln_dataset_new(set, LN_SHAPE(count, s.d[0], s.d[1], s.d[2]), err));
  const LnShape *all = &set->images->shape;
  LnShape first = LN_SHAPE(all->d[1], all->d[2], all->d[3]);
  if (s.d[0] != first.d[0])
    return ln_fail(err, LN_ESHAPE, "folder: '%.120s' is in %s, the first image '%.120s' is not; give gray = true",
                   list->names[index], s.d[0] == 3 ? "colour" : "gray", list->names[0]);
  if (!ln_shape_equal(s, first))
    return ln_fail(err, LN_ESHAPE,
                   "folder: '%.120s' has %lldx%lld pixels, the first image '%.120s' has %lldx%lld; give a size",
                   list->names[index], (long long)s.d[1], (long long)s.d[2], list->names[0], (long long)first.d[1],
                   (long long)first.d[2]);
  LN_TRY(add_name(set, index, list->names[index], err));
  int64_t floats = ln_shape_count(s);
  ln_tensor_read(set->images->data + index * floats, image);
  return LN_OK;
}

static LnStatus list_all(LnDataset *set, int64_t count, const LnListing *list, LnError *err) {
  LN_TRY(ln_dataset_new_unread(set, count, err));
  for (int64_t i = 0; i < count; i++) {
    LN_TRY(add_name(set, i, list->names[i], err));
    LN_TRY(ln_dataset_set_file(set, i, list->names[i], err));
  }
  return LN_OK;
}

static LnStatus load_all(LnDataset *set, const Options *o, int64_t count, const LnListing *list, LnError *err) {
  for (int64_t i = 0; i < count; i++) {
    LnTensor *image = NULL;
    LN_TRY(ln_interrupt_check(err));
    LN_TRY(read_one(o, &image, list->names[i], err));
    LnStatus status = place(set, i, count, image, list, err);
    ln_tensor_unref(image);
    if (status != LN_OK) return status;
  }
  return LN_OK;
}

static LnStatus load(const void *options, LnDataset *out, LnError *err) {
  const Options *o = options;
  LnListing list = {0};
  LnDataset set = {0};
  LnStatus status = list_images(&list, o, err);
  const int64_t all = (int64_t)list.count, count = o->limit > 0 && o->limit < all ? o->limit : all;
  if (status == LN_OK) status = o->stream ? list_all(&set, count, &list, err) : load_all(&set, o, count, &list, err);
  ln_listing_free(&list);
  if (status != LN_OK) return ln_dataset_free(&set), status;
  *out = set;
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  const Options *o = options;
  if ((o->size[0] == 0) != (o->size[1] == 0))
    return ln_fail(err, LN_EARG,
                   "folder: option 'size' must be 0 (as they are) or two numbers of at least 1, got %lld and %lld",
                   (long long)o->size[0], (long long)o->size[1]);
  return LN_OK;
}

static const char *const methods[] = {"area", "bilinear", NULL}; /* as LnResize */

static const LnParam params[] = {
    {.name = "path", .kind = LN_PARAM_STRING, .offset = offsetof(Options, path), .flags = LN_REQUIRED | LN_POSITIONAL,
     .help = "the folder"},
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 0, .min = 0, .max = 65500,
     .help = "height and width in pixels that images are resized to; 0 takes them as they are, all of one size"},
    {.name = "resize", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, resize), .choices = methods,
     .help = "how: 'area' averages the covered pixels, 'bilinear' samples between them"},
    {.name = "gray", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, gray), .def = 1,
     .help = "turn colour into luma (Rec. 601); otherwise all must be gray or all in colour"},
    {.name = "limit", .kind = LN_PARAM_INT, .offset = offsetof(Options, limit), .def = 0, .min = 0, .max = INT32_MAX,
     .help = "read at most so many images; 0 reads all"},
    {.name = "within", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, within),
     .help = "read the images of the folders within, too, not of those within these; they are named 'folder/file'"},
    {.name = "stream", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, stream),
     .help = "read images when they are needed, for sets larger than memory and images of different sizes"},
    {.name = "cache", .kind = LN_PARAM_INT, .offset = offsetof(Options, cache), .def = 256, .min = 0, .max = 1000000,
     .help = "with stream: megabytes of images that are kept, those used last"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"path\": \"scans\"}"},
    {.options = "{\"path\": \"scans\", \"size\": [48, 64], \"resize\": \"bilinear\", \"gray\": false, \"limit\": 10, "
                "\"within\": true}"},
    {0}};

const LnSourceType ln_data_folder = {
    .type = {.kind = "data",
             .name = "folder",
             .doc = "Images from the files of a folder: all formats that ln.image.read reads.\n"
                    "They come sorted by file name; their names are the files' without the ending. Hidden files, other "
                    "endings and, without the option within, folders are passed over; an image that is damaged is an "
                    "error.",
             .size = sizeof(Options),
             .params = params,
             .example = "for i = 1, 3 do ln.image.save(clean[i], (\"%s/%d.png\"):format(folder, i)) end\n"
                        "ln.data.folder{ folder, size = 16 }",
             .cases = cases,
             .check = check},
    .load = load,
    .read = read_one,
};
