/* See steerable.h. */
#include "filter/steerable.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Frequencies as shares of the highest along an axis, -1 .. 1. */
static double frequency(int64_t i, int64_t n) {
  return (double)(2 * i < n ? i : i - n) / ((double)n / 2);
}

/* A rising edge from 2^(-1-s) to 2^-s; the falling one that goes with it is sqrt(1 - its square). */
static double edge(double radius, int64_t s) {
  double place = log2(radius) + 1 + (double)s;
  return place <= 0 ? 0 : place >= 1 ? 1 : sin(acos(-1) / 2 * place);
}

static double falling_edge(double radius, int64_t s) {
  double place = log2(radius) + 1 + (double)s;
  return place <= 0 ? 1 : place >= 1 ? 0 : cos(acos(-1) / 2 * place);
}

/* The mask of a level at a radius. */
static double radial_at(double radius, int64_t level) {
  if (radius == 0) return 0;
  return edge(radius, level) * (level > 0 ? falling_edge(radius, level - 1) : 1);
}

/* The grid of a level is 2^(level - 1) times coarser; that of level 0 is that of level 1. */
static int64_t coarser(int64_t level) {
  return level > 1 ? level - 1 : 0;
}

static void make_radial(float *out, const LnSteerableLevel *grid, int64_t grid_level, int64_t level) {
  double scale = ldexp(1, -(int)coarser(grid_level)); /* the highest frequency of the grid */
  for (int64_t p = 0; p < grid->height; p++)
    for (int64_t q = 0; q <= grid->width / 2; q++)
      *out++ = (float)radial_at(scale * hypot(frequency(p, grid->height), (double)q / ((double)grid->width / 2)),
                                level);
}

static void make_rest(const LnSteerable *s) {
  float *out = s->rest;
  for (int64_t p = 0; p < s->height; p++)
    for (int64_t q = 0; q <= s->width / 2; q++) {
      double radius = hypot(frequency(p, s->height), (double)q / ((double)s->width / 2));
      double low = radius == 0 ? 1 : falling_edge(radius, s->levels);
      *out++ = (float)(low * low);
    }
}

LnStatus ln_steerable_new(LnSteerable *s, const char *name, int64_t height, int64_t width, int64_t levels,
                          int64_t orientations, LnError *err) {
  *s = (LnSteerable){.height = height, .width = width, .levels = levels, .orientations = orientations};
  int64_t floats = ln_fft_pairs(height, width);
  for (int64_t i = 0; i <= levels; i++) {
    LnSteerableLevel *level = &s->level[i];
    level->height = height >> coarser(i), level->width = width >> coarser(i);
    floats += 2 * ln_fft_pairs(level->height, level->width);
    LN_TRY(ln_fft_plan_new(&level->plan, name, level->height, level->width, err));
  }
  s->memory = s->rest = ln_alloc((size_t)floats * sizeof(float));
  if (s->memory == NULL) return ln_fail_memory(err, name, (size_t)floats * sizeof(float));
  float *next = s->rest + ln_fft_pairs(height, width);
  for (int64_t i = 0; i <= levels; i++) {
    LnSteerableLevel *level = &s->level[i];
    int64_t pairs = ln_fft_pairs(level->height, level->width);
    level->radial = next, next += pairs;
    make_radial(level->radial, level, i, i);
    if (i < levels) level->parent = next, make_radial(next, level, i, i + 1);
    next += pairs;
  }
  make_rest(s);
  return LN_OK;
}

void ln_steerable_free(LnSteerable *s) {
  for (int64_t i = 0; i <= s->levels; i++) ln_fft_plan_free(s->level[i].plan);
  ln_free(s->memory);
}

/* Where row p of a grid of so many rows lies among `height` ones. */
static int64_t row_among(int64_t p, int64_t rows, int64_t height) {
  return 2 * p < rows ? p : height - rows + p;
}

void ln_steerable_crop(float *grid, const LnSteerable *s, int64_t level, const float *spectrum) {
  const LnSteerableLevel *l = &s->level[level];
  int64_t width = l->width / 2 + 1;
  for (int64_t p = 0; p < l->height; p++)
    memcpy(grid + 2 * p * width, spectrum + 2 * row_among(p, l->height, s->height) * (s->width / 2 + 1),
           (size_t)(2 * width) * sizeof(float));
}

void ln_steerable_add(float *spectrum, const LnSteerable *s, int64_t level, const float *grid) {
  const LnSteerableLevel *l = &s->level[level];
  int64_t width = l->width / 2 + 1;
  for (int64_t p = 0; p < l->height; p++) {
    float *row = spectrum + 2 * row_among(p, l->height, s->height) * (s->width / 2 + 1);
    for (int64_t q = 0; q < 2 * width; q++) row[q] += grid[2 * p * width + q];
  }
}

/* The function of angle: cos^(K-1), of which the K squares add up to 1. */
typedef struct Angle {
  double across, along, scale;
  int order;
} Angle;

static Angle angle_of(const LnSteerable *s, int64_t orientation) {
  int order = (int)s->orientations - 1;
  double theta = acos(-1) * (double)orientation / (double)s->orientations, square = (double)s->orientations;
  for (int i = 1; i <= order; i++) square *= (double)(order + i) / (4.0 * i); /* K (2 order choose order) / 4^order */
  return (Angle){cos(theta), sin(theta), 1 / sqrt(square), order};
}

static double angular(const Angle *a, double x, double y) {
  double radius = sqrt(x * x + y * y), power = a->scale;
  double cosine = radius > 0 ? (x * a->across + y * a->along) / radius : 0;
  for (int i = 0; i < a->order; i++) power *= cosine;
  return power;
}

/* out[p][q] = grid[p][q] mask (-i)^order, or with i for the way back. The highest frequency of a row or column is its
 * own opposite: there the mask is real and even, so that the band is real and nothing is lost. */
static void apply_mask(float *out, const LnSteerable *s, int64_t level, const float *radial, int64_t orientation,
                       const float *grid, float factor, bool back) {
  const LnSteerableLevel *l = &s->level[level];
  Angle angle = angle_of(s, orientation);
  int turn = back ? (4 - angle.order % 4) % 4 : angle.order % 4; /* quarter turns by -i */
  for (int64_t p = 0, at = 0; p < l->height; p++)
    for (int64_t q = 0; q <= l->width / 2; q++, at++) {
      bool highest = 2 * p == l->height || 2 * q == l->width;
      double x = (double)q / ((double)l->width / 2), y = frequency(p, l->height);
      double mask = radial[at] > 0 ? angular(&angle, x, highest ? fabs(y) : y) : 0;
      float size = (float)(mask * (double)radial[at] * (double)factor), re = grid[2 * at], im = grid[2 * at + 1];
      int turns = highest ? 0 : turn;
      out[2 * at] = size * (turns == 0 ? re : turns == 1 ? im : turns == 2 ? -re : -im);
      out[2 * at + 1] = size * (turns == 0 ? im : turns == 1 ? -re : turns == 2 ? -im : re);
    }
}

void ln_steerable_band(float *out, const LnSteerable *s, int64_t level, const float *radial, int64_t orientation,
                       const float *grid, float factor, float *room) {
  apply_mask(room, s, level, radial, orientation, grid, factor, false);
  ln_fft_inverse(s->level[level].plan, out, room);
}

void ln_steerable_unband(float *grid, const LnSteerable *s, int64_t level, int64_t orientation, float *band,
                         float factor) {
  ln_fft_forward(s->level[level].plan, grid, band);
  apply_mask(grid, s, level, s->level[level].radial, orientation, grid, factor, true);
}
