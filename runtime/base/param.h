/* Option tables: what options an item has, where they lie in its options struct, and what they may be.
 *
 * From one table come the Lua constructor with named options, its error messages, ln.help, tab completion and the JSON
 * form in which items are saved. The pattern is that of FFmpeg's AVOption. */
#ifndef LUNET_BASE_PARAM_H
#define LUNET_BASE_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/value.h"

typedef enum LnParamKind {
  LN_PARAM_END = 0, /* ends a table */
  LN_PARAM_INT,     /* int64_t; with `choices`, also one of these words, kept as -1, -2, ... */
  LN_PARAM_INT2,    /* int64_t[2], height and width; one number means both */
  LN_PARAM_SIDES,   /* int64_t[4]: top, bottom, left, right; one number means all, two height and width; with `choices`,
                       also one of these words, kept as -1, -2, ... four times */
  LN_PARAM_FLOAT,   /* double, finite unless `max` is infinite; never NaN */
  LN_PARAM_FLOAT2,  /* double[2], height and width; one number means both */
  LN_PARAM_BOOL,    /* bool */
  LN_PARAM_CHOICE,  /* int: index into `choices` */
  LN_PARAM_SIZES,   /* LnSizes: one to three integers; without its name also number by number, reshape{ 8, 4, 4 } */
  LN_PARAM_STRING,  /* char *, owned by the options struct; NULL when not given */
  LN_PARAM_OBJECT,  /* void *, a copy of an object of the class `object`, owned by the options struct; or NULL */
} LnParamKind;

enum {
  LN_REQUIRED = 1,   /* no default: must be given */
  LN_POSITIONAL = 2, /* may be given without its name, as the first entry: conv2d{ 64 } */
  LN_ABOVE_MIN = 4,  /* must be greater than min, not equal to it */
  LN_BELOW_MAX = 8,  /* must be less than max */
  LN_ALIKE = 16,     /* the words are ways to the same result, up to rounding */
};

typedef struct LnSizes {
  int64_t n, d[3]; /* n of them; 0: not given */
} LnSizes;

typedef struct LnParam {
  const char *name;
  LnParamKind kind;
  size_t offset;              /* of the field in the options struct */
  double def;                 /* default; for CHOICE the index; for a word of INT or SIDES -1, -2, ... */
  double min, max;            /* of each number, inclusive unless flagged; both 0: unlimited */
  const char *help;           /* one line, with the unit */
  const char *const *choices; /* CHOICE, or words of INT or SIDES; ends in NULL */
  unsigned flags;
  const LnObjectClass *object; /* OBJECT */
} LnParam;

/* item: what the messages call the owner of the options ("conv2d"). */
void ln_params_default(void *options, const LnParam *params);
void ln_params_free(void *options, const LnParam *params); /* releases what they own */
const LnParam *ln_param_find(const LnParam *params, const char *name); /* NULL if there is none */
const LnParam *ln_param_positional(const LnParam *params);            /* NULL if there is none */
LnStatus ln_param_set(void *options, const LnParam *param, const char *item, LnValue value, LnError *err);
LnValue ln_param_get(const void *options, const LnParam *param); /* text, object: borrowed from the options */
/* "conv2d: no option 'kernal'; did you mean 'kernel'?" */
LnStatus ln_param_unknown(const LnParam *params, const char *item, const char *name, LnError *err);
/* "conv2d: option 'filters' is required" */
LnStatus ln_param_missing(const LnParam *param, const char *item, LnError *err);

/* "'same', 'valid' or an integer from 0 to 1024; default 'same'": for help and messages. Returns text. */
const char *ln_param_describe(const LnParam *param, char *text, size_t size);

/* The numbers between both bounds, as they follow "a number": " from 0 to 1", " of at least 1", " above 0 and below 1", "".
 * An infinite bound is none; so is a max from 2^53 on. flags: LN_ABOVE_MIN, LN_BELOW_MAX. Returns text. */
const char *ln_range_text(double min, double max, unsigned flags, char *text, size_t size);

#endif
