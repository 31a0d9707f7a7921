/* Boxes: how Lua holds objects of the runtime. A box is userdata with one pointer and one reference. It is pushed empty
 * and then filled, so whatever raises an error in between loses nothing. */
#ifndef LUNET_BINDINGS_BASE_BOX_H
#define LUNET_BINDINGS_BASE_BOX_H

#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

/* A class of boxes. It describes itself, so that nothing below it need know that it exists. */
typedef struct LnbClass {
  const char *name; /* registry key and __name: "lunet.tensor" */
  const char *noun; /* in messages: "tensor" */
  const char *variable; /* in help: "t"; NULL: the noun */
  void (*release)(void *object);
  void (*describe)(lua_State *L, const void *object); /* pushes "a tensor of shape 2x2"; NULL: "a <noun>" */
  const char *const *elsewhere; /* names that people look for here, each with what to write; ends in NULL; may be NULL */
  const char *(*call_name)(const void *object); /* what an object that is called goes by in messages; may be NULL */
} LnbClass;

typedef struct LnbBox {
  void *object;   /* NULL before it is filled and after it is closed */
  uint64_t calls; /* of an item: how often it was applied */
} LnbBox;

LnbBox *lnb_box_new(lua_State *L, const LnbClass *class);         /* pushes an empty box; collects when it is due */
LnbBox *lnb_test(lua_State *L, int index, const LnbClass *class); /* NULL if it is something else; may be closed */

/* The class of the box at an index, and its object (NULL if it is closed); NULL if there is no box. */
const LnbClass *lnb_box_class(lua_State *L, int index, void **object);
void lnb_box_set_class(lua_State *L, const LnbClass *class); /* marks the metatable on top as that of the class */

/* Collect garbage when live native bytes, unseen by Lua, passed twice what survived last time, at least 64 MiB. */
void lnb_collect_when_due(lua_State *L);
void lnb_collect(lua_State *L);

#endif
