/* core.chafa: pictures as what a terminal shows, by libchafa (https://hpjansson.org/chafa/).
 *
 * The library is opened when the first picture is shown: a program that shows none starts without it, and one whose
 * machine has none shows pictures in half blocks (bindings/lunet/terminal). Its few functions are declared here, so
 * that building needs no headers of it and of GLib: they and their numbers are the same since 1.8, in one soname. */
#include "bindings/media/chafa.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bindings/base/call.h"
#include "bindings/base/class.h"
#include "bindings/base/error.h"
#include "bindings/base/function.h"
#include "bindings/base/value.h"
#include "bindings/tensor/tensor.h"

/* ---- The library ---- */

typedef struct ChafaConfig ChafaConfig;
typedef struct ChafaCanvas ChafaCanvas;
typedef struct ChafaSymbols ChafaSymbols;
typedef struct ChafaTerminal ChafaTerminal;

typedef struct GLibString {
  char *str;
  size_t len, allocated_len;
} GLibString;

#define FUNCTIONS(X)                                                                                             \
  X(ChafaConfig *, canvas_config_new, (void))                                                                    \
  X(void, canvas_config_unref, (ChafaConfig *))                                                                  \
  X(void, canvas_config_set_geometry, (ChafaConfig *, int columns, int rows))                                    \
  X(void, canvas_config_set_cell_geometry, (ChafaConfig *, int width, int height))                               \
  X(void, canvas_config_set_canvas_mode, (ChafaConfig *, int mode))                                              \
  X(void, canvas_config_set_pixel_mode, (ChafaConfig *, int mode))                                               \
  X(void, canvas_config_set_dither_mode, (ChafaConfig *, int mode))                                              \
  X(void, canvas_config_set_symbol_map, (ChafaConfig *, const ChafaSymbols *))                                   \
  X(void, canvas_config_set_work_factor, (ChafaConfig *, float share))                                           \
  X(void, canvas_config_set_preprocessing_enabled, (ChafaConfig *, int enabled))                                 \
  X(ChafaSymbols *, symbol_map_new, (void))                                                                      \
  X(void, symbol_map_unref, (ChafaSymbols *))                                                                    \
  X(void, symbol_map_add_by_tags, (ChafaSymbols *, int tags))                                                    \
  X(ChafaCanvas *, canvas_new, (const ChafaConfig *))                                                            \
  X(void, canvas_unref, (ChafaCanvas *))                                                                         \
  X(void, canvas_draw_all_pixels, (ChafaCanvas *, int type, const uint8_t *, int width, int height, int stride)) \
  X(GLibString *, canvas_print, (ChafaCanvas *, ChafaTerminal *))

#define MEMBER(Result, name, parameters) Result(*name) parameters;
static struct {
  FUNCTIONS(MEMBER)
  char *(*free_string)(GLibString *, int free_characters);
  bool loaded;
} chafa;

enum { UNASSOCIATED_RGBA = 4 };                                                               /* ChafaPixelType */
enum { TRUECOLOUR = 0, COLOURS_240 = 2, COLOURS_16 = 3 };                                     /* ChafaCanvasMode */
enum { SYMBOLS, SIXEL, KITTY, ITERM2 };                                                       /* ChafaPixelMode */
enum { NO_DITHERING = 0, DIFFUSION = 2 };                                                     /* ChafaDitherMode */
enum { SPACE = 1 << 0, SOLID = 1 << 1, QUADRANTS = 1 << 7, HALVES = 1 << 8, SIDES = 1 << 9 }; /* ChafaSymbolTags */

/* A function's address. Taken apart from its type as POSIX has it, which ISO C does not know. */
static bool find(void *library, void *function, const char *name) {
  void *address = dlsym(library, name);
  memcpy(function, &address, sizeof address);
  return address != NULL;
}

/* It stays open: GLib, which it brings, cannot be closed. */
static LnStatus load(LnError *err) {
  if (chafa.loaded) return LN_OK;
  const char *chosen = getenv("LUNET_CHAFA"), *name = chosen != NULL && *chosen != '\0' ? chosen : "libchafa.so.0";
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return ln_fail(err, LN_EIO, "libchafa cannot be loaded: %s", dlerror());
  const char *missing = NULL;
#define FIND(Result, name, parameters) \
  if (!find(library, &chafa.name, "chafa_" #name)) missing = "chafa_" #name;
  FUNCTIONS(FIND)
  if (!find(library, &chafa.free_string, "g_string_free")) missing = "g_string_free";
  if (missing != NULL) {
    dlclose(library);
    return ln_fail(err, LN_EIO, "libchafa is too old, at least 1.8 is needed: %s has no %s", name, missing);
  }
  chafa.loaded = true;
  return LN_OK;
}

/* ---- Pictures ---- */

typedef struct Picture {
  int mode, colours;           /* a pixel mode; for symbols: how many colours */
  int columns, rows;           /* in cells */
  int cell_width, cell_height; /* in pixels */
} Picture;

/* Quarters of a character: shapes that every font has, and none that look like drawing. */
static ChafaSymbols *symbols(void) {
  ChafaSymbols *map = chafa.symbol_map_new();
  chafa.symbol_map_add_by_tags(map, SPACE | SOLID | HALVES | QUADRANTS | SIDES);
  return map;
}

static ChafaCanvas *canvas_of(const Picture *p) {
  ChafaConfig *config = chafa.canvas_config_new();
  ChafaSymbols *map = symbols();
  bool few = p->mode == SYMBOLS && p->colours < 256;
  chafa.canvas_config_set_geometry(config, p->columns, p->rows);
  chafa.canvas_config_set_cell_geometry(config, p->cell_width, p->cell_height);
  chafa.canvas_config_set_pixel_mode(config, p->mode);
  chafa.canvas_config_set_canvas_mode(config, few                                       ? COLOURS_16
                                              : p->mode == SYMBOLS && p->colours == 256 ? COLOURS_240
                                                                                        : TRUECOLOUR);
  chafa.canvas_config_set_dither_mode(config, few ? DIFFUSION : NO_DITHERING);
  chafa.canvas_config_set_symbol_map(config, map);
  chafa.canvas_config_set_preprocessing_enabled(config, 0); /* it would change contrast */
  chafa.canvas_config_set_work_factor(config, 0.2f);
  ChafaCanvas *canvas = chafa.canvas_new(config);
  chafa.symbol_map_unref(map);
  chafa.canvas_config_unref(config);
  return canvas;
}

/* 4,H,W in [0, 1] as bytes, pixel by pixel; what is below, above or NaN is 0 or 1. */
static LnStatus to_bytes(uint8_t **out, LnTensor *image, LnError *err) {
  LnTensor *packed = NULL;
  LN_TRY(ln_tensor_as_contiguous(&packed, image, err));
  int64_t plane = image->shape.d[1] * image->shape.d[2];
  uint8_t *bytes = ln_alloc((size_t)plane * 4);
  for (int64_t c = 0; bytes != NULL && c < 4; c++) {
    const float *values = packed->data + c * plane;
    for (int64_t i = 0; i < plane; i++) {
      float value = values[i] > 0 ? values[i] < 1 ? values[i] : 1 : 0;
      bytes[i * 4 + c] = (uint8_t)(value * 255 + 0.5f);
    }
  }
  ln_tensor_unref(packed);
  *out = bytes;
  return bytes != NULL ? LN_OK : ln_fail_memory(err, "a picture", (size_t)plane * 4);
}

/* The last of every 512 bytes, an opacity of 255, is 243 in what chafa 1.12 writes for kitty: "P=" for "8=". No correct
 * base64 ends in the former. */
static void mend_base64(char *text) {
  for (char *end = strstr(text, "P=\033\\"); end != NULL; end = strstr(end, "P=\033\\")) *end++ = '8';
}

/* The text that shows the image, 4,H,W, in all of the picture's cells. */
static LnStatus draw(char **out, size_t *n, const Picture *p, LnTensor *image, LnError *err) {
  uint8_t *pixels = NULL;
  int height = (int)image->shape.d[1], width = (int)image->shape.d[2];
  LN_TRY(load(err));
  LN_TRY(to_bytes(&pixels, image, err));
  ChafaCanvas *canvas = canvas_of(p);
  chafa.canvas_draw_all_pixels(canvas, UNASSOCIATED_RGBA, pixels, width, height, width * 4);
  ln_free(pixels);
  GLibString *text = chafa.canvas_print(canvas, NULL);
  chafa.canvas_unref(canvas);
  char *copy = ln_alloc(text->len + 1);
  *n = text->len;
  if (copy != NULL) memcpy(copy, text->str, text->len + 1);
  chafa.free_string(text, 1);
  if (copy != NULL && p->mode == KITTY) mend_base64(copy);
  *out = copy;
  return copy != NULL ? LN_OK : ln_fail_memory(err, "a picture", *n + 1);
}

enum { MOST_CELLS = 4096, MOST_CELL = 256, MOST_PIXELS = 1 << 26 };

static int check_size(lua_State *L, int arg, int most) {
  lua_Integer n = lnb_check_integer(L, arg);
  if (n < 1 || n > most) lnb_error(L, "chafa: a size must be 1 to %d, got %lld", most, (long long)n);
  return (int)n;
}

/* chafa.draw(image, "symbols" | "sixel" | "kitty" | "iterm2", colours, columns, rows, cell width, cell height): the
 * bytes. image: 4,H,W, colours and opacity; as large as the cells, or it is scaled. */
static int chafa_draw(lua_State *L) {
  static const char *const modes[] = {"symbols", "sixel", "kitty", "iterm2", NULL}; /* in the order of the enum */
  LnTensor *image = lnb_check_values(L, 1);
  const LnShape *s = &image->shape;
  Picture p = {.mode = luaL_checkoption(L, 2, NULL, modes), .colours = (int)lnb_check_integer(L, 3)};
  p.columns = check_size(L, 4, MOST_CELLS), p.rows = check_size(L, 5, MOST_CELLS);
  p.cell_width = check_size(L, 6, MOST_CELL), p.cell_height = check_size(L, 7, MOST_CELL);
  if (s->n != 3 || s->d[0] != 4 || s->d[1] < 1 || s->d[2] < 1 || s->d[1] * s->d[2] > MOST_PIXELS ||
      (int64_t)p.columns * p.rows * p.cell_width * p.cell_height > MOST_PIXELS)
    lnb_error(L, "chafa: a picture must be 4,H,W of at most %d pixels, got %s in %dx%d cells", MOST_PIXELS,
              LN_SHAPE_TEXT(*s), p.rows, p.columns);
  size_t n = 0;
  LNB_MAKE(L, lnb_text_class, char, draw(&made, &n, &p, image, &err));
  lua_toclose(L, -1);
  lua_pushlstring(L, lnb_check(L, -1, &lnb_text_class), n);
  return 1;
}

/* chafa.load(): whether the library is there; if not, why */
static int chafa_load(lua_State *L) {
  LnError err = {LN_OK, ""};
  lua_pushboolean(L, load(&err) == LN_OK);
  lua_pushstring(L, err.msg);
  return 2;
}

void lnb_open_chafa(lua_State *L) {
  static const LnbFunction functions[] = {
      {.name = "draw", .call = chafa_draw}, {.name = "load", .call = chafa_load}, {0}};
  lua_newtable(L);
  lnb_functions(L, "chafa.", functions);
  lua_setfield(L, -2, "chafa");
}
