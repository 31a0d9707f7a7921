/* Test images from ellipses: the Shepp-Logan head phantom and variations of it, so that all runs without data. */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/interrupt.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "data/data.h"

typedef struct Options {
  int64_t count;
  int64_t size[2];
  int64_t ellipses;
  double jitter;
  int64_t seed;
} Options;

/* x to the right, y upwards, the image being [-1, 1] both ways; angle in degrees, counterclockwise. */
typedef struct Ellipse {
  double value, a, b, x, y, angle;
} Ellipse;

/* P. A. Toft, "The Radon Transform: Theory and Implementation", PhD thesis, Technical University of Denmark 1996, table
 * B.3: the phantom of Shepp and Logan (IEEE Trans. Nucl. Sci. 21, 1974) with contrasts that can be seen. */
static const Ellipse head[] = {
    {1.0, 0.69, 0.92, 0, 0, 0},            {-0.8, 0.6624, 0.874, 0, -0.0184, 0},   {-0.2, 0.11, 0.31, 0.22, 0, -18},
    {-0.2, 0.16, 0.41, -0.22, 0, 18},      {0.1, 0.21, 0.25, 0, 0.35, 0},          {0.1, 0.046, 0.046, 0, 0.1, 0},
    {0.1, 0.046, 0.046, 0, -0.1, 0},       {0.1, 0.046, 0.023, -0.08, -0.605, 0},  {0.1, 0.023, 0.023, 0, -0.606, 0},
    {0.1, 0.023, 0.046, 0.06, -0.605, 0},
};
enum { HEAD = sizeof head / sizeof *head, MAX_ELLIPSES = 64 };
enum { SAMPLES = 4 }; /* a side of a pixel, against jagged edges */

/* A number in [-1, 1) from the image's own generator. */
static double draw(LnRng rng, uint64_t *index) {
  return 2 * ln_rng_uniform(rng, (*index)++) - 1;
}

/* A small ellipse somewhere inside the skull. */
static Ellipse draw_spot(LnRng rng, uint64_t *index) {
  double radius = 0.55 * sqrt(ln_rng_uniform(rng, (*index)++)), direction = M_PI * draw(rng, index);
  Ellipse e = {.value = 0.15 * draw(rng, index), .x = radius * cos(direction), .y = 1.3 * radius * sin(direction)};
  e.a = 0.07 + 0.05 * draw(rng, index);
  e.b = 0.07 + 0.05 * draw(rng, index);
  e.angle = 180 * draw(rng, index);
  return e;
}

/* The head's ellipse k, moved a little; skull and brain (0 and 1) keep to each other. */
static Ellipse vary(int k, double jitter, LnRng rng, uint64_t *index) {
  Ellipse e = head[k];
  if (k < 2) return e;
  e.value *= 1 + 3 * jitter * draw(rng, index);
  e.a *= 1 + jitter * draw(rng, index);
  e.b *= 1 + jitter * draw(rng, index);
  e.x += 0.3 * jitter * draw(rng, index);
  e.y += 0.3 * jitter * draw(rng, index);
  e.angle += 90 * jitter * draw(rng, index);
  return e;
}

/* The ellipses of one image: those of the head, beyond them spots, and the whole made smaller and moved. */
static void draw_ellipses(Ellipse *list, int n, double jitter, LnRng rng) {
  uint64_t index = 0;
  double width = 1 - jitter * ln_rng_uniform(rng, index++), height = 1 - jitter * ln_rng_uniform(rng, index++);
  double x = 0.3 * jitter * draw(rng, &index), y = 0.3 * jitter * draw(rng, &index);
  for (int k = 0; k < n; k++) {
    Ellipse e = k < HEAD ? vary(k, jitter, rng, &index) : draw_spot(rng, &index);
    e.a *= width, e.b *= height;
    e.x = e.x * width + x, e.y = e.y * height + y;
    list[k] = e;
  }
}

/* An ellipse as it is drawn: |M (p - centre)| <= 1. */
typedef struct Drawn {
  double value, x, y, m[4];
} Drawn;

static Drawn prepare(Ellipse e) {
  double angle = e.angle * M_PI / 180;
  return (Drawn){e.value, e.x, e.y, {cos(angle) / e.a, sin(angle) / e.a, -sin(angle) / e.b, cos(angle) / e.b}};
}

static double value_at(const Drawn *list, int n, double x, double y) {
  double sum = 0;
  for (int k = 0; k < n; k++) {
    double dx = x - list[k].x, dy = y - list[k].y;
    double u = list[k].m[0] * dx + list[k].m[1] * dy, v = list[k].m[2] * dx + list[k].m[3] * dy;
    if (u * u + v * v <= 1) sum += list[k].value;
  }
  return sum < 0 ? 0 : sum > 1 ? 1 : sum;
}

typedef struct Sheet {
  const Options *options;
  float *data; /* N,1,H,W */
} Sheet;

/* Image 1 is the head phantom itself as far as `ellipses` goes. */
static void draw_image(void *context, int64_t index, int worker) {
  const Sheet *sheet = context;
  const Options *o = sheet->options;
  int64_t height = o->size[0], width = o->size[1];
  LnRng rng = {(uint64_t)o->seed, (uint64_t)index};
  Ellipse ellipses[MAX_ELLIPSES];
  Drawn list[MAX_ELLIPSES];
  (void)worker;
  draw_ellipses(ellipses, (int)o->ellipses, index == 0 ? 0 : o->jitter, rng);
  for (int k = 0; k < o->ellipses; k++) list[k] = prepare(ellipses[k]);
  float *out = sheet->data + index * height * width;
  for (int64_t i = 0; i < height * width && !ln_interrupted(); i++) {
    double sum = 0;
    for (int s = 0; s < SAMPLES * SAMPLES; s++) {
      double row = (double)(i / width) + (s / SAMPLES + 0.5) / SAMPLES;
      double column = (double)(i % width) + (s % SAMPLES + 0.5) / SAMPLES;
      sum += value_at(list, (int)o->ellipses, 2 * column / (double)width - 1, 1 - 2 * row / (double)height);
    }
    out[i] = (float)(sum / (SAMPLES * SAMPLES));
  }
}

static LnStatus load(const void *options, LnDataset *out, LnError *err) {
  const Options *o = options;
  LnDataset set = {0};
  LN_TRY(ln_dataset_new(&set, LN_SHAPE(o->count, 1, o->size[0], o->size[1]), err));
  for (int64_t i = 0; i < o->count; i++) {
    char name[32];
    snprintf(name, sizeof name, "phantom%04lld", (long long)i + 1);
    LnStatus status = ln_dataset_set_name(&set, i, name, err);
    if (status != LN_OK) return ln_dataset_free(&set), status;
  }
  LnStatus status = ln_parallel_stoppable(o->count, draw_image, &(Sheet){o, set.images->data}, err);
  if (status != LN_OK) return ln_dataset_free(&set), status;
  *out = set;
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "count", .kind = LN_PARAM_INT, .offset = offsetof(Options, count), .min = 1, .max = 1000000,
     .flags = LN_REQUIRED | LN_POSITIONAL, .help = "how many images"},
    {.name = "size", .kind = LN_PARAM_INT2, .offset = offsetof(Options, size), .def = 64, .min = 1, .max = 8192,
     .help = "height and width in pixels"},
    {.name = "ellipses", .kind = LN_PARAM_INT, .offset = offsetof(Options, ellipses), .def = HEAD, .min = 1,
     .max = MAX_ELLIPSES, .help = "ellipses an image; beyond 10 they are small ones anywhere in the head"},
    {.name = "jitter", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, jitter), .def = 0.15, .min = 0, .max = 0.3,
     .help = "how much sizes, places, angles and values vary after image 1, as a share"},
    {.name = "seed", .kind = LN_PARAM_INT, .offset = offsetof(Options, seed), .def = 1, .min = 0, .max = 0x1p53,
     .help = "seed of the random numbers"},
    {0},
};

static const LnCase cases[] = {
    {.options = "{\"count\": 3}"},
    {.options = "{\"count\": 2, \"size\": [20, 33], \"ellipses\": 16, \"jitter\": 0.3, \"seed\": 7}"},
    {0}};

const LnSourceType ln_data_phantom = {
    .type = {.kind = "data",
             .name = "phantom",
             .doc = "Drawn heads: the modified Shepp-Logan phantom first, then random variations of it.\n"
                    "Values in [0, 1], edges smoothed by 4x4 samples a pixel. The same seed gives the same images, "
                    "and more of them leave the first ones as they are. Source: Toft, The Radon Transform, 1996.",
             .size = sizeof(Options),
             .params = params,
             .cases = cases},
    .load = load,
};
