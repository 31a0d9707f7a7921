/* See terminal.h. */
#include "bindings/base/terminal.h"

#include <sys/ioctl.h>

int lnb_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
