/* Whether a network is at work: what runs inside it, a layer or a loss in Lua, cannot use it meanwhile. */
#include "model/network_parts.h"

LnStatus ln_network_begin(LnNetwork *net, const char *what, LnError *err) {
  if (net->at_work)
    return ln_fail(err, LN_EARG, "%s: the network is at work: a layer or loss in it cannot use the network itself", what);
  net->at_work = true;
  return LN_OK;
}

void ln_network_end(LnNetwork *net) {
  net->at_work = false;
}
