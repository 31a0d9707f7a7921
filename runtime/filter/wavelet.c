/* Wavelet shrinkage: details of an orthogonal wavelet transform that are no larger than noise would be are dropped, the
 * others are kept, or made smaller by as much. Agrees with scikit-image's denoise_wavelet. */
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/cycle_spinning.h"
#include "filter/dwt.h"
#include "filter/filter.h"
#include "filter/shrink.h"

enum { MAX_LEVELS = 12, MAX_SHIFT = 63, AUTO_LEVELS = -1, ALL_SHIFTS = -1, HARD = 1 };

typedef struct Wavelet {
  double sigma;
  int wavelet, method, mode;
  int64_t levels, cycle_spinning;
} Wavelet;

/* scikit-image's: the three coarsest levels are left alone. */
static int64_t auto_levels(const LnWavelet *wavelet, int64_t height, int64_t width) {
  int64_t most = ln_wavelet_levels(wavelet, height < width ? height : width);
  return most > 4 ? most - 3 : 1;
}

/* ---- The decimated transform ---- */

/* A plane's transform: levels[0] is the finest. The low passed part of one is what the next one transforms. */
typedef struct Pyramid {
  LnWavelet wavelet;
  int64_t n;
  LnDwt levels[MAX_LEVELS];
  float *memory, *room;
} Pyramid;

static LnStatus make_pyramid(Pyramid *p, int64_t height, int64_t width, LnError *err) {
  int64_t room = ln_dwt_room(&p->wavelet, width), floats = 0;
  for (int64_t i = 0; i < p->n; i++) {
    height = p->levels[i].height = ln_dwt_length(&p->wavelet, height);
    width = p->levels[i].width = ln_dwt_length(&p->wavelet, width);
    floats += LN_DWT_PARTS * height * width;
    if (ln_dwt_room(&p->wavelet, width) > room) room = ln_dwt_room(&p->wavelet, width); /* small planes grow */
  }
  p->memory = ln_alloc((size_t)(floats + room) * sizeof(float));
  if (p->memory == NULL) return ln_fail_memory(err, "wavelet", (size_t)(floats + room) * sizeof(float));
  p->room = p->memory;
  float *next = p->memory + room;
  for (int64_t i = 0; i < p->n; i++)
    for (int part = 0; part < LN_DWT_PARTS; part++, next += p->levels[i].height * p->levels[i].width)
      p->levels[i].part[part] = next;
  return LN_OK;
}

/* y may be x. */
static LnStatus denoise_once(Pyramid *p, float *y, const float *x, const LnShrink *shrink, int64_t height,
                             int64_t width, LnError *err) {
  for (int64_t i = 0; i < p->n; i++) {
    const LnDwt *level = &p->levels[i], *before = i > 0 ? &p->levels[i - 1] : NULL;
    ln_dwt(level, i > 0 ? before->part[LN_DWT_LOW] : x, &p->wavelet, i > 0 ? before->height : height,
           i > 0 ? before->width : width, p->room);
    for (int part = LN_DWT_LOW + 1; part < LN_DWT_PARTS; part++) {
      LnSubband band = {level->part[part], level->height, level->width, level->width};
      double threshold;
      LN_TRY(ln_shrink_threshold(&threshold, shrink, &band, err));
      ln_shrink_apply(&band, threshold, shrink->hard);
    }
  }
  for (int64_t i = p->n - 1; i >= 0; i--) {
    const LnDwt *before = i > 0 ? &p->levels[i - 1] : NULL;
    ln_dwt_inverse(i > 0 ? before->part[LN_DWT_LOW] : y, &p->levels[i], &p->wavelet, i > 0 ? before->height : height,
                   i > 0 ? before->width : width, p->room);
  }
  return LN_OK;
}

/* out[r + down][c + along] = x[r][c], around the edges. */
static void roll(float *out, const float *x, int64_t height, int64_t width, int64_t down, int64_t along) {
  int64_t shift = along % width;
  for (int64_t r = 0; r < height; r++) {
    const float *from = x + r * width;
    float *to = out + (r + down) % height * width;
    memcpy(to + shift, from, (size_t)(width - shift) * sizeof(float));
    memcpy(to, from + width - shift, (size_t)shift * sizeof(float));
  }
}

static void add_unrolled(float *sums, const float *x, int64_t height, int64_t width, int64_t down, int64_t along) {
  int64_t shift = along % width;
  for (int64_t r = 0; r < height; r++) {
    const float *from = x + (r + down) % height * width;
    float *to = sums + r * width;
    for (int64_t c = 0; c < width - shift; c++) to[c] += from[c + shift];
    for (int64_t c = width - shift; c < width; c++) to[c] += from[c + shift - width];
  }
}

/* The mean over shifts of 0 .. most pixels down and along, as scikit-image's cycle_spin. */
static LnStatus denoise_shifted(Pyramid *p, float *y, const float *x, const LnShrink *shrink, int64_t most,
                                int64_t height, int64_t width, LnError *err) {
  int64_t pixels = height * width;
  size_t bytes = (size_t)pixels * sizeof(float);
  float *shifted = ln_alloc(bytes), share = 1 / (float)((most + 1) * (most + 1));
  if (shifted == NULL) return ln_fail_memory(err, "wavelet", bytes);
  LnStatus status = LN_OK;
  memset(y, 0, bytes);
  for (int64_t i = 0; i < (most + 1) * (most + 1) && status == LN_OK && !ln_interrupted(); i++) {
    int64_t down = i / (most + 1), along = i % (most + 1);
    roll(shifted, x, height, width, down, along);
    status = denoise_once(p, shifted, shifted, shrink, height, width, err);
    add_unrolled(y, shifted, height, width, down, along);
  }
  for (int64_t i = 0; i < pixels; i++) y[i] *= share;
  ln_free(shifted);
  return status;
}

/* ---- The filter ---- */

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Wavelet *o = options;
  LnShrink shrink = {(LnShrinkMethod)o->method, o->mode == HARD, o->sigma, height * width};
  Pyramid p = {.wavelet = ln_wavelet_of(o->wavelet)};
  if (o->sigma == 0) return memcpy(y, x, (size_t)(height * width) * sizeof(float)), LN_OK;
  p.n = o->levels == AUTO_LEVELS ? auto_levels(&p.wavelet, height, width) : o->levels;
  if (o->cycle_spinning == ALL_SHIFTS) {
    int64_t most = ln_wavelet_levels(&p.wavelet, height < width ? height : width);
    int64_t levels = p.n <= most ? p.n : most > 1 ? most : 1;
    return ln_cycle_spinning(y, x, &shrink, &p.wavelet, levels, height, width, err);
  }
  LN_TRY(make_pyramid(&p, height, width, err));
  LnStatus status = o->cycle_spinning == 0
                        ? denoise_once(&p, y, x, &shrink, height, width, err)
                        : denoise_shifted(&p, y, x, &shrink, o->cycle_spinning, height, width, err);
  ln_free(p.memory);
  return status;
}

static LnStatus check(const void *options, LnError *err) {
  const Wavelet *o = options;
  if (o->method == LN_SURE_SHRINK && o->mode == HARD)
    return ln_fail(err, LN_EARG, "wavelet: method 'sureshrink' estimates the risk of soft thresholds: mode must be "
                   "'soft', got 'hard'");
  return LN_OK;
}

static const char *const method_words[] = {"visushrink", "sureshrink", "bayesshrink", NULL};
static const char *const mode_words[] = {"soft", "hard", NULL};
static const char *const level_words[] = {"auto", NULL};
static const char *const spinning_words[] = {"full", NULL};

static const LnParam params[] = {
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Wavelet, sigma), .def = 0.1, .max = 1e6,
     .help = LN_FILTER_SIGMA_HELP "; 0 changes nothing", .flags = LN_POSITIONAL},
    {.name = "wavelet", .kind = LN_PARAM_CHOICE, .offset = offsetof(Wavelet, wavelet), .def = 1,
     .help = "Daubechies' with n vanishing moments, the least asymmetric ones, coiflets", .choices = ln_wavelet_words},
    {.name = "levels", .kind = LN_PARAM_INT, .offset = offsetof(Wavelet, levels), .def = AUTO_LEVELS, .min = 1,
     .max = MAX_LEVELS, .choices = level_words,
     .help = "how often the image is halved; auto: as often as the filter fits into it, less 3, at least once"},
    {.name = "method", .kind = LN_PARAM_CHOICE, .offset = offsetof(Wavelet, method), .def = LN_BAYES_SHRINK,
     .help = "threshold: one for all, or for each level and direction by Stein's risk or by the variance",
     .choices = method_words},
    {.name = "mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Wavelet, mode), .choices = mode_words,
     .help = "details above the threshold become smaller by it (soft) or stay (hard)"},
    {.name = "cycle_spinning", .kind = LN_PARAM_INT, .offset = offsetof(Wavelet, cycle_spinning), .max = MAX_SHIFT,
     .choices = spinning_words,
     .help = "mean over shifts of 0 to so many pixels down and along; full: over all shifts there are"},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"sigma\": 0.2, \"wavelet\": \"sym4\", \"levels\": 3, \"method\": \"visushrink\", \"mode\": "
                "\"hard\"}", .inputs = {LN_SHAPE(3, 11, 13)}},
    {.options = "{\"wavelet\": \"haar\", \"levels\": 2, \"method\": \"sureshrink\", \"cycle_spinning\": 2}",
     .inputs = {LN_SHAPE(1, 9, 7)}},
    {.options = "{\"wavelet\": \"coif1\", \"method\": \"visushrink\", \"cycle_spinning\": \"full\"}",
     .inputs = {LN_SHAPE(2, 12, 17)}},
    {0}};

const LnFilterType ln_filter_wavelet = {
    .type =
        {.kind = "filter",
         .name = "wavelet",
         .doc = "Wavelet shrinkage: details of an orthogonal wavelet transform below a threshold go, larger ones stay\n"
                "or become smaller by the threshold t: visushrink t = sigma sqrt(2 ln pixels); sureshrink minimises\n"
                "Stein's risk in each level and direction, bayesshrink t = sigma^2 / sqrt(variance - sigma^2) there.\n"
                "More levels take away more of the coarse noise: levels = \"auto\" is scikit-image's, one at 64x64,\n"
                "where 3 give up to 6 dB more. The image goes on reflected beyond its edges.\n"
                "cycle_spinning = \"full\" is translation invariant: the undecimated transform is the mean over\n"
                "all shifts; it takes no more levels than the filter fits into the image.\n"
                "Agrees with scikit-image's denoise_wavelet(x, sigma, wavelet, mode, wavelet_levels, method=), with\n"
                "cycle_spinning = n with cycle_spin(x, denoise_wavelet, n).\n"
                "Sources: Donoho, Johnstone, Biometrika 81, 1994 (visushrink) and JASA 90, 1995 (sureshrink);\n"
                "Chang, Yu, Vetterli, IEEE TIP 9, 2000 (bayesshrink); Coifman, Donoho, 1995 (cycle spinning).",
         .size = sizeof(Wavelet),
         .params = params,
         .cases = cases,
         .check = check},
    .apply = apply,
};
