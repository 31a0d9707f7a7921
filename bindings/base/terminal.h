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

#endif
