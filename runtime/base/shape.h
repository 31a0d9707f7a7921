/* Shapes: up to eight dimensions, outermost first. */
#ifndef LUNET_BASE_SHAPE_H
#define LUNET_BASE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#define LN_MAX_DIMS 8

typedef struct LnShape {
  int n;                  /* number of dimensions; 0 is a single number */
  int64_t d[LN_MAX_DIMS]; /* sizes; unused ones are 0 */
} LnShape;

/* LN_SHAPE(3, 64, 64) */
#define LN_SHAPE(...) \
  ((LnShape){(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {__VA_ARGS__}})

int64_t ln_shape_count(LnShape shape); /* product of the sizes */
bool ln_shape_equal(LnShape a, LnShape b);

/* "3x64x64", or "a single number". The text lives in the struct returned: use it within the same expression. */
typedef struct LnShapeText {
  char text[LN_MAX_DIMS * 20]; /* the longest size has 19 digits */
} LnShapeText;
LnShapeText ln_shape_text(LnShape shape);
#define LN_SHAPE_TEXT(shape) (ln_shape_text(shape).text)

#endif
