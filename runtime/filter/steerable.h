/* The full steerable pyramid: a tight frame of oriented bands, an octave wide each, defined in the Fourier domain. A
 * band has the spectrum of the plane, times a mask that is a product of a function of radius and one of angle:
 *
 *   level 0, the high pass, also oriented: radii from 1/2 (of the highest frequency along an axis) up;
 *   level s = 1 .. levels: radii from 2^(-1-s) to 2^(1-s), on a grid 2^(s-1) times coarser in both directions;
 *   what is left, below, is no band and stays.
 *
 * Edges are raised cosines of log2 radius, angles cos^(K-1) of the angle to one of K directions. Squares of all masks
 * add up to 1, so a plane is the sum of its bands, each masked once more. Bands are real, of even or of odd lines.
 * Sources: Simoncelli, Freeman, "The steerable pyramid", ICIP 1995; the oriented high pass is Portilla's and others'
 * (see bls_gsm.c). */
#ifndef LUNET_FILTER_STEERABLE_H
#define LUNET_FILTER_STEERABLE_H

#include "tensor/fft_plan.h"

enum { LN_STEERABLE_LEVELS = 10 };

/* A level's grid. */
typedef struct LnSteerableLevel {
  int64_t height, width;
  LnFftPlan *plan;
  float *radial;       /* the mask's function of radius, for each pair of a spectrum of this size */
  float *parent;       /* that of the next coarser level, on this grid; NULL: there is none */
} LnSteerableLevel;

typedef struct LnSteerable {
  int64_t height, width; /* whole multiples of 2^levels */
  int64_t levels, orientations;
  LnSteerableLevel level[LN_STEERABLE_LEVELS + 1];
  float *rest;           /* the mask of what is in no band, squared, for a spectrum of the whole size */
  float *memory;
} LnSteerable;

LnStatus ln_steerable_new(LnSteerable *out, const char *name, int64_t height, int64_t width, int64_t levels,
                          int64_t orientations, LnError *err);
void ln_steerable_free(LnSteerable *s);

/* grid = those pairs of a spectrum of the whole size that a level's grid has. */
void ln_steerable_crop(float *grid, const LnSteerable *s, int64_t level, const float *spectrum);
void ln_steerable_add(float *spectrum, const LnSteerable *s, int64_t level, const float *grid);

/* out = a band of a plane whose spectrum on the level's grid is given, times factor; radial: level[].radial or .parent.
 * room: a spectrum of the level. */
void ln_steerable_band(float *out, const LnSteerable *s, int64_t level, const float *radial, int64_t orientation,
                       const float *grid, float factor, float *room);
/* grid = the masked spectrum of a band, times factor. Overwrites the band. */
void ln_steerable_unband(float *grid, const LnSteerable *s, int64_t level, int64_t orientation, float *band,
                         float factor);

#endif
