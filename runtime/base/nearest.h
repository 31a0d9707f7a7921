/* Suggestions for misspelt names. */
#ifndef LUNET_BASE_NEAREST_H
#define LUNET_BASE_NEAREST_H

/* The candidate nearest to a misspelt name, whatever the case of its letters: at most two changes off (of a name of up
 * to 3 letters one), a change being a letter put in, left out or replaced, or two neighbours swapped; else the first
 * that begins with the whole of the name, or is its beginning, for which both have at least 3 letters. NULL if none is
 * near. next(context, i) gives the i-th candidate, NULL at the end. */
const char *ln_nearest_name(const char *name, const char *(*next)(const void *context, int i), const void *context);

#endif
