/* The head that every pluggable item's descriptor starts with, and items made from it.
 *
 * A layer, loss, optimizer, noise, metric, filter or data source is one C file that ends in one constant descriptor.
 * The kind's descriptor struct has LnType as its first member, so a pointer to one is a pointer to the other. */
#ifndef LUNET_BASE_TYPE_H
#define LUNET_BASE_TYPE_H

#include <stddef.h>

#include "base/param.h"
#include "base/shape.h"
#include "base/status.h"

/* Where a derivative jumps. */
typedef struct LnKinks {
  int n;
  double at[4];
} LnKinks;

/* LN_KINKS(-1, 1) */
#define LN_KINKS(...) {(int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), {__VA_ARGS__}}

/* A small example configuration; generic tests run them all, help shows the first. Gradients are compared with finite
 * differences at inputs that keep away from the kinks: those of a layer are values of its input, those of a loss
 * differences prediction - target. (A layer's inputs also keep away from each other, for what takes a maximum.) */
typedef struct LnCase {
  const char *options; /* JSON object, e.g. "{\"kernel\": 3}"; NULL ends the list */
  LnShape inputs[2];   /* sample shapes, no batch dimension; the second only for items with two inputs */
  double tolerance;    /* of such a gradient, relative; 0: 1e-3 */
  LnKinks kinks;
} LnCase;

typedef struct LnItem LnItem;

/* Numbers from low to high, both included; infinite where there is no end. */
typedef struct LnRange {
  double low, high;
} LnRange;

typedef struct LnType {
  const char *kind;      /* "nn", "loss", ...: the folder and the Lua table */
  const char *name;      /* "conv2d": file, symbol suffix, Lua name and test name */
  const char *doc;       /* first line: what it is, with the formula; then details, shapes, source */
  size_t size;           /* of the options struct; 0 if there are no options */
  const LnParam *params; /* NULL if there are no options */
  const LnCase *cases;
  /* Sets defaults that depend on which options were given; may be NULL. */
  void (*settle)(void *options, const LnItem *item);
  LnStatus (*check)(const void *options, LnError *err); /* rules that involve several options; may be NULL */
  const char *(*name_of)(const void *options); /* what an item goes by if not by the type's name; may be NULL */
  void (*release)(void *options); /* gives back what they hold besides the table's strings; may be NULL */
  const char *example; /* of its use, for help, in the script's language; NULL: its kind's, with the first case */
} LnType;

/* An item is a type with its options, reference counted (by the Lua thread alone). */
LnStatus ln_item_new(LnItem **out, const LnType *type, LnError *err); /* with default options */
LnItem *ln_item_ref(LnItem *item);
void ln_item_unref(LnItem *item); /* NULL is legal */
const LnType *ln_item_type(const LnItem *item);
void *ln_item_options(LnItem *item);
const char *ln_item_name(LnItem *item); /* what messages call it */
/* Whether a name that users give to an item is 1 to LN_ITEM_NAME letters, digits and _, the first no digit. */
enum { LN_ITEM_NAME = 31 };
LnStatus ln_item_check_name(const char *what, const char *name, LnError *err);

/* Set one option by name. Messages start with the item's name. Not any more once a network or trainer holds the item:
 * they have worked out from its options what they need. */
LnStatus ln_item_set(LnItem *item, const char *name, LnValue value, LnError *err);
bool ln_item_given(const LnItem *item, const char *name); /* whether it was set */
/* The name that a user gave to this one item, "" if none: layers have one. At most LN_ITEM_LABEL bytes are kept. */
enum { LN_ITEM_LABEL = 47 };
void ln_item_set_label(LnItem *item, const char *label);
const char *ln_item_label(const LnItem *item);
/* The item that this one is tied to; NULL: none. Layers can be tied to another one, whose weight they have. */
void ln_item_tie(LnItem *item, LnItem *to); /* takes a reference */
LnItem *ln_item_tied(const LnItem *item);
/* Required options present, rules between options kept; defaults that depend on others. Call once all are set. */
LnStatus ln_item_check(LnItem *item, LnError *err);
/* A new item with the options that were given to another one. Set what is to differ, then call ln_item_check. */
LnStatus ln_item_copy(LnItem **out, const LnItem *item, LnError *err);

/* {"type": "conv2d", "filters": 64, ...}: every option, also those at their default. The text is ln_alloc'ed. */
LnStatus ln_item_to_json(char **out, LnItem *item, LnError *err);
/* Options from a JSON object's text; a member "type" is ignored. */
LnStatus ln_item_from_json(LnItem **out, const LnType *type, const char *json, LnError *err);

/* One list per kind, built from the folder's .def file. */
typedef struct LnKind {
  const char *name;         /* "nn" */
  const char *noun, *plural; /* "layer", "layers" */
  const char *doc;
  const char *use; /* what one does with such an item, as help says it after "Use" */
  const char *example; /* of the use of one, for help, in the script's language: "%s" is the item */
  const LnType *const *types; /* ends in NULL */
} LnKind;

#endif
