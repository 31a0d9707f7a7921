/* Denoising with a learned dictionary: every patch of the image, less its mean, is approximated by few atoms, as well
 * as noise lets one know it; what overlapping patches say of a pixel is averaged, with the noisy pixel itself. The
 * dictionary is learned from the image's own noisy patches. As in the authors' program, patches are approximated less
 * their means, by half as many atoms as pixels at most, and a sample of a large image's patches is learned from.
 * Source: Elad, Aharon, "Image denoising via sparse and redundant representations over learned dictionaries", IEEE TIP
 * 15, 2006. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "filter/filter.h"
#include "filter/learn.h"
#include "filter/omp.h"

enum { MAX_PATCH = 16 /* LN_OMP_LENGTH pixels */, MAX_ATOMS = 4096, STRIP = 16 /* rows of patches */, GREY_LEVELS = 255 };
enum { LEARN_KSVD, LEARN_ONLINE, LEARN_NONE };

typedef struct Ksvd {
  double sigma, gain, lambda;
  int learning;
  int64_t patch_size, atoms, iterations, training, seed;
} Ksvd;

/* One plane's work. */
typedef struct Plane {
  const Ksvd *o;
  const float *x;
  float *y;
  int64_t height, width;
  int64_t patch_height, patch_width;
  int64_t down, across;    /* how many patches there are */
  int64_t most;            /* atoms a patch */
  double bound;            /* of the squared length of what is left of a patch */
  LnDictionary dictionary;
  float *strips;           /* sums of patches of each strip */
  int64_t strip_floats;
} Plane;

/* out = patch (r, c) less its mean, which comes back. */
static float take_patch(float *out, const Plane *p, int64_t r, int64_t c) {
  double sum = 0;
  int64_t pixels = p->patch_height * p->patch_width;
  for (int64_t i = 0; i < p->patch_height; i++)
    memcpy(out + i * p->patch_width, p->x + (r + i) * p->width + c, (size_t)p->patch_width * sizeof(float));
  for (int64_t i = 0; i < pixels; i++) sum += (double)out[i];
  float mean = (float)(sum / (double)pixels);
  for (int64_t i = 0; i < pixels; i++) out[i] -= mean;
  return mean;
}

/* ---- Learning ---- */

static LnStatus learn(const Plane *p, LnError *err) {
  const Ksvd *o = p->o;
  LnRng rng = {(uint64_t)o->seed, 0};
  int64_t patches = p->down * p->across, length = p->dictionary.length;
  int64_t n = patches < o->training ? patches : o->training;
  size_t bytes = (size_t)(n * length) * sizeof(float);
  float *x = ln_alloc(bytes);
  if (x == NULL) return ln_fail_memory(err, "ksvd", bytes);
  for (int64_t i = 0; i < n; i++) { /* one of each n-th part of the patches */
    double place = n < patches ? ln_rng_uniform(rng, (uint64_t)i) : 0;
    int64_t patch = (int64_t)(((double)i + place) * (double)patches / (double)n);
    take_patch(x + i * length, p, patch / p->across, patch % p->across);
  }
  LnSignals signals = {x, n, p->most, p->bound};
  LnStatus status = o->learning == LEARN_KSVD
                        ? ln_learn_ksvd(&p->dictionary, &signals, o->iterations, err)
                        : ln_learn_online(&p->dictionary, &signals, o->iterations, ln_rng_derive(rng, 1), err);
  ln_free(x);
  return status;
}

/* ---- Averaging ---- */

/* Adds approximated patches to the strip's sums, which begin with the row of its first patch. */
static void add_patches(const Plane *p, float *sums, const LnCodes *codes, const float *means) {
  float patch[MAX_PATCH * MAX_PATCH];
  for (int64_t k = 0; k < codes->signals && !ln_interrupted(); k++) {
    float *corner = sums + k / p->across * p->width + k % p->across;
    for (int64_t i = 0; i < p->dictionary.length; i++) patch[i] = means[k];
    ln_codes_add(patch, codes, k, &p->dictionary, 1);
    for (int64_t i = 0; i < p->patch_height; i++)
      for (int64_t j = 0; j < p->patch_width; j++) corner[i * p->width + j] += patch[i * p->patch_width + j];
  }
}

static LnStatus denoise_strip(void *context, int64_t strip, int worker, LnError *err) {
  (void)worker;
  const Plane *p = context;
  int64_t top = strip * STRIP, rows = p->down - top < STRIP ? p->down - top : STRIP;
  int64_t n = rows * p->across, length = p->dictionary.length;
  size_t bytes = (size_t)(n * (length + 1)) * sizeof(float);
  LnCodes codes;
  LN_TRY(ln_codes_new(&codes, n, p->most, err));
  float *patches = ln_alloc(bytes), *sums = p->strips + strip * p->strip_floats;
  LnStatus status = patches == NULL ? ln_fail_memory(err, "ksvd", bytes) : LN_OK;
  memset(sums, 0, (size_t)p->strip_floats * sizeof(float));
  if (status == LN_OK) {
    float *means = patches + n * length;
    for (int64_t k = 0; k < n; k++)
      means[k] = take_patch(patches + k * length, p, top + k / p->across, k % p->across);
    status = ln_omp(&codes, &p->dictionary, patches, p->bound, err);
    if (status == LN_OK) add_patches(p, sums, &codes, means);
  }
  ln_free(patches);
  ln_codes_free(&codes);
  return status;
}

/* How many of n patches of this size cover place i. */
static int64_t covering(int64_t i, int64_t n, int64_t size) {
  int64_t first = i - size + 1 > 0 ? i - size + 1 : 0, last = i < n - 1 ? i : n - 1;
  return last - first + 1;
}

/* The noisy pixel counts lambda / sigma, with sigma in grey levels of 0 .. 255, as many patches. */
static void average(const Plane *p) {
  double noisy = p->o->lambda / (GREY_LEVELS * p->o->sigma);
  int64_t rows = STRIP + p->patch_height - 1, strips = (p->down + STRIP - 1) / STRIP;
  for (int64_t r = 0; r < p->height; r++)
    for (int64_t c = 0; c < p->width; c++) {
      double sum = 0, count = (double)(covering(r, p->down, p->patch_height) * covering(c, p->across, p->patch_width));
      int64_t first = r - rows + 1 > 0 ? (r - rows + STRIP) / STRIP : 0;
      for (int64_t s = first; s < strips && s * STRIP <= r; s++)
        sum += (double)p->strips[s * p->strip_floats + (r - s * STRIP) * p->width + c];
      p->y[r * p->width + c] = (float)((sum + noisy * (double)p->x[r * p->width + c]) / (count + noisy));
    }
}

/* ---- The filter ---- */

static LnStatus denoise(Plane *p, LnError *err) {
  ln_dictionary_cosines(&p->dictionary, p->patch_height, p->patch_width);
  if (p->o->learning != LEARN_NONE) LN_TRY(learn(p, err));
  ln_dictionary_gram(&p->dictionary);
  LN_TRY(ln_parallel_try((p->down + STRIP - 1) / STRIP, denoise_strip, p, err));
  average(p);
  return LN_OK;
}

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Ksvd *o = options;
  if (o->sigma == 0) return memcpy(y, x, (size_t)(height * width) * sizeof(float)), LN_OK;
  Plane p = {.o = o, .x = x, .y = y, .height = height, .width = width,
             .patch_height = least(o->patch_size, height), .patch_width = least(o->patch_size, width)};
  int64_t length = p.patch_height * p.patch_width, strips;
  p.down = height - p.patch_height + 1, p.across = width - p.patch_width + 1;
  strips = (p.down + STRIP - 1) / STRIP;
  p.most = least((length + 1) / 2, LN_OMP_MOST);
  p.bound = (double)length * o->gain * o->gain * o->sigma * o->sigma;
  p.strip_floats = (STRIP + p.patch_height - 1) * width;
  size_t floats = (size_t)(o->atoms * (length + o->atoms) + strips * p.strip_floats), bytes = floats * sizeof(float);
  float *memory = ln_alloc(bytes);
  if (memory == NULL) return ln_fail_memory(err, "ksvd", bytes);
  p.dictionary = (LnDictionary){o->atoms, length, memory, memory + o->atoms * length};
  p.strips = p.dictionary.gram + o->atoms * o->atoms;
  LnStatus status = denoise(&p, err);
  ln_free(memory);
  return status;
}

static const char *const learning_words[] = {"ksvd", "online", "none", NULL};

static const LnParam params[] = {
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Ksvd, sigma), .def = 0.1, .max = 1e6,
     .help = LN_FILTER_SIGMA_HELP "; 0 changes nothing", .flags = LN_POSITIONAL},
    {.name = "learning", .kind = LN_PARAM_CHOICE, .offset = offsetof(Ksvd, learning), .choices = learning_words,
     .help = "how the dictionary is learned from the image; none: it stays overcomplete cosines"},
    {.name = "patch_size", .kind = LN_PARAM_INT, .offset = offsetof(Ksvd, patch_size), .def = 8, .min = 2,
     .max = MAX_PATCH, .help = "side of the patches, in pixels; no larger than the image"},
    {.name = "atoms", .kind = LN_PARAM_INT, .offset = offsetof(Ksvd, atoms), .def = 256, .min = 1, .max = MAX_ATOMS,
     .help = "size of the dictionary"},
    {.name = "iterations", .kind = LN_PARAM_INT, .offset = offsetof(Ksvd, iterations), .def = 10, .max = 1000,
     .help = "of K-SVD; online: how often each patch is drawn"},
    {.name = "training", .kind = LN_PARAM_INT, .offset = offsetof(Ksvd, training), .def = 20000, .min = 1, .max = 1e7,
     .help = "patches to learn from, drawn evenly over the image; all where there are no more"},
    {.name = "gain", .kind = LN_PARAM_FLOAT, .offset = offsetof(Ksvd, gain), .def = 1.15, .max = 100,
     .help = "what is left of a patch may be as large as noise of gain * sigma", .flags = LN_ABOVE_MIN},
    {.name = "lambda", .kind = LN_PARAM_FLOAT, .offset = offsetof(Ksvd, lambda), .def = 30, .max = 1e6,
     .help = "a noisy pixel counts as much as lambda / (255 sigma) patches in the mean"},
    {.name = "seed", .kind = LN_PARAM_INT, .offset = offsetof(Ksvd, seed), .max = 0x1p53,
     .help = "of what is drawn: the patches to learn from, and online their order"},
    {0}};

static const LnCase cases[] = {
    {.options = "{\"sigma\": 0.06, \"patch_size\": 5, \"atoms\": 50, \"iterations\": 2}",
     .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"learning\": \"online\", \"patch_size\": 4, \"atoms\": 40, \"iterations\": 1}",
     .inputs = {LN_SHAPE(3, 11, 13)}},
    {.options = "{\"learning\": \"none\", \"patch_size\": 4, \"atoms\": 49, \"sigma\": 0.05, \"lambda\": 0}",
     .inputs = {LN_SHAPE(2, 12, 9)}},
    {0}};

const LnFilterType ln_filter_ksvd = {
    .type =
        {.kind = "filter",
         .name = "ksvd",
         .doc = "K-SVD denoising: patches as sums of few atoms of a dictionary that is learned from the noisy image.\n"
                "Each patch, less its mean, is approximated by orthogonal matching pursuit until what is left is no\n"
                "larger than noise of gain * sigma; overlapping patches are averaged. Learning begins with\n"
                "overcomplete cosines: ksvd updates atom by atom, by singular value decomposition; online updates\n"
                "the dictionary after each 256 patches, coded by matching pursuit instead of an L1 penalty.\n"
                "A patch takes half as many atoms as it has pixels at most, and 64. Lena, 512x512, in noise of sigma\n"
                "10, 15, 25 and 50 / 255: PSNR 35.52, 33.71, 31.29 and 27.76 dB, in the paper 35.47, 33.70, 31.32\n"
                "and 27.79 (tests/bench/published.lua).\n"
                "Tested against NumPy's svd and scikit-learn's orthogonal_mp by the same formulas.\n"
                "Sources: Olshausen, Field, Vision Research 37, 1997 (sparse sums of atoms); Elad, Aharon, IEEE TIP 15,\n"
                "2006; Aharon, Elad, Bruckstein, IEEE TSP 54, 2006 (K-SVD); Rubinstein, Zibulevsky, Elad, 2008\n"
                "(Batch-OMP); Mairal et al., ICML 2009 (online).",
         .size = sizeof(Ksvd),
         .params = params,
         .example = "local filter = ln.filter.ksvd{ 0.1, atoms = 50, iterations = 2 }\n"
                    "filter(noisy)\n"
                    "ln.metric.psnr{}(filter(noisy), clean)",
         .cases = cases},
    .apply = apply,
};
