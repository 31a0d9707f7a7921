/* What is known of terminals. */
#ifndef LUNET_BINDINGS_BASE_TERMINAL_H
#define LUNET_BINDINGS_BASE_TERMINAL_H

/* The width in characters of the terminal that a descriptor is; 0 if it is none. */
int lnb_terminal_columns(int fd);

#endif
