/* How what is being typed looks: readline's redisplay function for terminals that can move their cursor. Several lines
 * stand below each other behind prompts of one width, in colours where there are any. */
#ifndef LUNET_BINDINGS_PROGRAM_PROMPT_DRAW_H
#define LUNET_BINDINGS_PROGRAM_PROMPT_DRAW_H

#include <stddef.h>

/* What the painter gives: a letter for each byte of the text; NULL for no colours. */
typedef const char *DrawPainter(const char *text, size_t length, size_t cursor);

void draw_begin(DrawPainter *painter); /* a new text; the cursor is at the left edge */
void draw_again(void);                 /* the same text, from where the cursor is now, likewise */
void draw_text(void);                  /* readline's redisplay function */
void draw_resized(void);               /* the window has another size */
void draw_below(const char *mark);     /* puts a mark behind the text and goes to the line below it */
void draw_end(const char *mark);       /* the same, with the cursor behind the text */

#endif
