/* What is known of terminals. */
#ifndef LUNET_BINDINGS_BASE_TERMINAL_H
#define LUNET_BINDINGS_BASE_TERMINAL_H

typedef struct LnbTerminalSize {
  int columns, rows; /* in characters */
  int width, height; /* in pixels; 0 where the terminal does not tell */
} LnbTerminalSize;

/* The size of the terminal that a descriptor is; zeros if it is none. */
LnbTerminalSize lnb_terminal_size(int fd);
int lnb_terminal_columns(int fd);
void lnb_terminal_fix_columns(int columns); /* so many from now on, whatever fd is; 0: no longer */

#endif
