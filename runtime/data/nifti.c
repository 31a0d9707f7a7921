/* Slices of a NIfTI volume, as images that stand upright. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/memory.h"
#include "data/data.h"
#include "data/volume.h"
#include "data/volume_folder.h"
#include "image/image.h"

typedef struct Options {
  char *path;
  int plane;       /* index into `planes`, or all */
  int64_t size[2]; /* 0, 0: as they are */
  int resize;      /* LnResize */
  int64_t step;
  double min_fill;
  double low, high;
  int64_t volume;
  int64_t neighbours;
} Options;

/* How a slice across one axis is shown. Rows run down the image against their axis: nose or head up. */
typedef struct Plane {
  const char *prefix; /* of names */
  int across, up, along;
  bool backwards;     /* columns run against their axis */
} Plane;

static const Plane planes[] = {
    {"ax", LN_SUPERIOR, LN_ANTERIOR, LN_RIGHT, false},
    {"co", LN_ANTERIOR, LN_SUPERIOR, LN_RIGHT, false},
    {"sa", LN_RIGHT, LN_SUPERIOR, LN_ANTERIOR, true},
};
enum { ALL = 3 };
static const char *const plane_names[] = {"axial", "coronal", "sagittal", "all", NULL};
static const char *const methods[] = {"area", "bilinear", NULL}; /* as LnResize */

/* What all slices are made with. */
typedef struct Job {
  const Options *options;
  const char *path; /* of the file */
  LnVolume volume;
  double low, scale; /* a voxel v becomes (v - low) * scale, clipped to [0, 1] */
} Job;

typedef struct Slice {
  const Plane *plane;
  int64_t index; /* of the voxel across, from 0, counted to the right, front or head */
} Slice;

static double intensity(const Job *job, float voxel) {
  double value = (voxel - job->low) * job->scale;
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

static LnStatus find_scale(Job *job, LnError *err) {
  const LnVolume *v = &job->volume;
  double high = job->options->high;
  if (high == 0) {
    high = v->voxels[0];
    for (int64_t i = 0; i < v->size[0] * v->size[1] * v->size[2]; i++)
      if (v->voxels[i] > high) high = v->voxels[i];
  }
  job->low = job->options->low;
  if (high <= job->low)
    return ln_fail(err, LN_EARG, "nifti: the largest voxel of '%.240s' is %g, not above the option 'low' of %g",
                   job->path, high, job->low);
  job->scale = 1 / (high - job->low);
  return LN_OK;
}

/* out: H,W as the volume has them; NULL only to measure. Returns the share of pixels above a tenth of the range. */
static double draw(float *out, const Job *job, Slice slice) {
  const LnVolume *v = &job->volume;
  const Plane *p = slice.plane;
  int64_t height = v->size[p->up], width = v->size[p->along], filled = 0;
  for (int64_t y = 0; y < height; y++) {
    const float *row = v->origin + slice.index * v->stride[p->across] + (height - 1 - y) * v->stride[p->up];
    for (int64_t x = 0; x < width; x++) {
      double value = intensity(job, row[(p->backwards ? width - 1 - x : x) * v->stride[p->along]]);
      filled += value > 0.1;
      if (out != NULL) out[y * width + x] = (float)value;
    }
  }
  return (double)filled / (double)(height * width);
}

/* Slices of a file with one slice alone are images across one axis, and lines across the others. */
static bool is_image(const LnVolume *v, const Plane *plane) {
  return v->size[plane->up] > 1 && v->size[plane->along] > 1;
}

static LnStatus check_planes(const Job *job, LnError *err) {
  const Options *o = job->options;
  const LnVolume *v = &job->volume;
  for (int p = 0; p < ALL; p++)
    if ((o->plane == ALL || o->plane == p) && is_image(v, &planes[p])) return LN_OK;
  return ln_fail(err, LN_EARG, "nifti: '%.240s' has no %s slices: it has %lldx%lldx%lld voxels (right, front, up)",
                 job->path, o->plane == ALL ? "such" : plane_names[o->plane], (long long)v->size[LN_RIGHT],
                 (long long)v->size[LN_ANTERIOR], (long long)v->size[LN_SUPERIOR]);
}

/* The slices that are not empty, ln_alloc'ed. */
static LnStatus choose(Slice **out, int64_t *count, const Job *job, LnError *err) {
  const Options *o = job->options;
  const LnVolume *v = &job->volume;
  size_t room = (size_t)(v->size[0] + v->size[1] + v->size[2]);
  LN_TRY(check_planes(job, err));
  Slice *list = ln_alloc(room * sizeof *list);
  if (list == NULL) return ln_fail_memory(err, "list of slices", room * sizeof *list);
  *count = 0;
  for (int p = 0; p < ALL; p++) {
    if ((o->plane != ALL && o->plane != p) || !is_image(v, &planes[p])) continue;
    for (int64_t i = 0; i < v->size[planes[p].across]; i += o->step) {
      Slice slice = {&planes[p], i};
      if (draw(NULL, job, slice) >= o->min_fill) list[(*count)++] = slice;
    }
  }
  if (*count == 0) {
    ln_free(list);
    return ln_fail(err, LN_EARG, "nifti: no slice of '%.240s' has the share %g of the option 'min_fill'", job->path,
                   o->min_fill);
  }
  *out = list;
  return LN_OK;
}

/* One slice, resized, into out: H,W of the dataset. */
static LnStatus draw_resized(float *out, const LnDataset *set, const Job *job, Slice slice, LnError *err) {
  const LnVolume *v = &job->volume;
  LnTensor *whole = NULL, *image = NULL;
  LN_TRY(ln_tensor_new(&whole, LN_SHAPE(v->size[slice.plane->up], v->size[slice.plane->along]), err));
  draw(whole->data, job, slice);
  int64_t height = set->images->shape.d[2], width = set->images->shape.d[3];
  LnStatus status = ln_image_resize(&image, whole, height, width, (LnResize)job->options->resize, err);
  if (status == LN_OK) ln_tensor_read(out, image);
  ln_tensor_unref(image);
  ln_tensor_unref(whole);
  return status;
}

/* Channels are the slice with its neighbours, in order; beyond the ends of the volume the last slice is repeated. */
static LnStatus add_image(LnDataset *set, int64_t at, const Job *job, Slice slice, LnError *err) {
  const int64_t around = job->options->neighbours, last = job->volume.size[slice.plane->across] - 1;
  const int64_t pixels = set->images->shape.d[2] * set->images->shape.d[3];
  float *image = set->images->data + at * (2 * around + 1) * pixels;
  char name[32];
  snprintf(name, sizeof name, "%s%03lld", slice.plane->prefix, (long long)slice.index);
  LN_TRY(ln_dataset_set_name(set, at, name, err));
  for (int64_t k = -around; k <= around; k++, image += pixels) {
    int64_t index = slice.index + k;
    Slice neighbour = {slice.plane, index < 0 ? 0 : index > last ? last : index};
    LN_TRY(draw_resized(image, set, job, neighbour, err));
  }
  return LN_OK;
}

static LnStatus load_slices(LnDataset *set, const Job *job, LnError *err) {
  const Options *o = job->options;
  Slice *slices = NULL;
  int64_t count = 0, height = o->size[0], width = o->size[1], channels = 2 * o->neighbours + 1;
  LN_TRY(choose(&slices, &count, job, err));
  if (height == 0) {
    height = job->volume.size[slices[0].plane->up];
    width = job->volume.size[slices[0].plane->along];
  }
  double bytes = (double)count * (double)channels * (double)height * (double)width * sizeof(float);
  LnStatus status = ln_limit_bytes("nifti: the slices", bytes, err);
  if (status == LN_OK) status = ln_dataset_new(set, LN_SHAPE(count, channels, height, width), err);
  for (int64_t i = 0; status == LN_OK && i < count; i++) status = add_image(set, i, job, slices[i], err);
  ln_free(slices);
  return status;
}

static LnStatus load_file(LnDataset *out, const char *path, const void *options, LnError *err) {
  const Options *o = options;
  Job job = {.options = o, .path = path};
  LnDataset set = {0};
  LN_TRY(ln_volume_read(&job.volume, path, o->volume, err));
  LnStatus status = find_scale(&job, err);
  if (status == LN_OK) status = load_slices(&set, &job, err);
  ln_volume_free(&job.volume);
  if (status != LN_OK) return ln_dataset_free(&set), status;
  *out = set;
  return LN_OK;
}

static LnStatus load(const void *options, LnDataset *out, LnError *err) {
  const Options *o = options;
  struct stat about;
  if (stat(o->path, &about) == 0 && S_ISDIR(about.st_mode)) return ln_volume_folder_load(out, o->path, load_file, o, err);
  return load_file(out, o->path, o, err);
}

static LnStatus check(const void *options, LnError *err) {
  const Options *o = options;
  if ((o->size[0] == 0) != (o->size[1] == 0))
    return ln_fail(err, LN_EARG,
                   "nifti: option 'size' must be 0 (as they are) or two numbers of at least 1, got %lld and %lld",
                   (long long)o->size[0], (long long)o->size[1]);
  if (o->size[0] == 0 && o->plane == ALL)
    return ln_fail(err, LN_EARG, "nifti: slices of all planes differ in size; give a size or one plane");
  if (o->high != 0 && o->high <= o->low)
    return ln_fail(err, LN_EARG, "nifti: option 'high' must be above 'low', got %g and %g", o->high, o->low);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "path", .kind = LN_PARAM_STRING, .offset = offsetof(Options, path), .flags = LN_REQUIRED | LN_POSITIONAL,
     .help = "the file: .nii, .nii.gz, or .hdr with .img beside it, each may be .gz; or a folder of such files"},
    {.name = "plane", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, plane), .def = ALL, .choices = plane_names,
     .help = "which slices"},
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 64, .min = 0, .max = 8192,
     .help = "height and width in pixels that slices are resized to; 0 takes them as they are, one plane only"},
    {.name = "resize", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, resize), .choices = methods,
     .help = "how: 'area' averages the covered pixels, 'bilinear' samples between them"},
    {.name = "step", .kind = LN_PARAM_INT, .offset = offsetof(Options, step), .def = 1, .min = 1, .max = 32767,
     .help = "take every step-th slice of a plane, in voxels"},
    {.name = "min_fill", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, min_fill), .def = 0.15, .min = 0, .max = 1,
     .help = "drop slices where a smaller share of the pixels is brighter than a tenth of the range"},
    {.name = "low", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, low), .def = 0,
     .help = "the intensity, in the file's units, that becomes 0; what is below becomes 0 too"},
    {.name = "high", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, high), .def = 0,
     .help = "the intensity, in the file's units, that becomes 1; 0 takes the volume's largest"},
    {.name = "volume", .kind = LN_PARAM_INT, .offset = offsetof(Options, volume), .def = 1, .min = 1, .max = 1000000,
     .help = "which volume of a file with several, from 1"},
    {.name = "neighbours", .kind = LN_PARAM_INT, .offset = offsetof(Options, neighbours), .def = 0, .min = 0, .max = 16,
     .help = "slices on either side, next to it in the volume, as channels; the middle one is the target"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"path\": \"head.nii.gz\"}"},
    {.options = "{\"path\": \"ct.nii\", \"plane\": \"axial\", \"size\": 0, \"step\": 3, \"low\": -160, \"high\": 240}"},
    {0}};

const LnSourceType ln_data_nifti = {
    .type = {.kind = "data",
             .name = "nifti",
             .doc =
                 "Slices of a NIfTI volume (MRI, CT), one image each.\n"
                 "Whatever the axes of the file, images stand upright: axial ones with the nose up, the others "
                 "with the head up; the patient's left is on the left, and sagittal ones look to the left. Names tell "
                 "the plane and the voxel, from 0 at the left, back or foot end: ax012, co100, sa060. Intensities are "
                 "scaled from [low, high] to [0, 1] and clipped. NaN is an error. NIfTI-1, NIfTI-2 and ANALYZE 7.5; a "
                 "file of one slice gives that. Of a folder, all volumes, one after another, each scaled by its "
                 "own largest voxel; names tell the file, too: patient1/ax012, and set:split{ group = 'volume' } keeps "
                 "volumes together. With neighbours, set.images has 2 n + 1 channels and set.targets the middle one.",
             .size = sizeof(Options),
             .params = params,
             .example = "local head = \"/usr/share/mricron/templates/ch2.nii.gz\" -- of mricron-data\n"
                        "if ln.file.exists(head) then\n"
                        "  print(ln.data.nifti{ head, plane = \"axial\", size = 32, step = 10 })\n"
                        "end",
             .cases = cases,
             .check = check},
    .load = load,
};
