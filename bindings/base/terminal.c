/* See terminal.h. */
#include "bindings/base/terminal.h"

#include <sys/ioctl.h>

static int fixed_columns; /* 0: none */

void lnb_terminal_fix_columns(int columns) {
  fixed_columns = columns;
}

LnbTerminalSize lnb_terminal_size(int fd) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return (LnbTerminalSize){.columns = fixed_columns};
  return (LnbTerminalSize){
      .columns = fixed_columns > 0 ? fixed_columns : size.ws_col, .rows = size.ws_row, .width = size.ws_xpixel, .height = size.ws_ypixel};
}

int lnb_terminal_columns(int fd) {
  return lnb_terminal_size(fd).columns;
}
