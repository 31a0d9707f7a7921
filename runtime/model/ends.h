/* The inputs and outputs of a network. */
#ifndef LUNET_MODEL_ENDS_H
#define LUNET_MODEL_ENDS_H

enum { LN_MAX_ENDS = 8 }; /* inputs of one network; outputs likewise */

#endif
