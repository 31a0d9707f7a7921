/* See terminal.h. */
#include "bindings/base/terminal.h"

#include <sys/ioctl.h>

LnbTerminalSize lnb_terminal_size(int fd) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return (LnbTerminalSize){0};
  return (LnbTerminalSize){
      .columns = size.ws_col, .rows = size.ws_row, .width = size.ws_xpixel, .height = size.ws_ypixel};
}

int lnb_terminal_columns(int fd) {
  return lnb_terminal_size(fd).columns;
}
