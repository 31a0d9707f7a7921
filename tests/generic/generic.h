/* What the tests of this folder share. */
#ifndef LUNET_TESTS_GENERIC_GENERIC_H
#define LUNET_TESTS_GENERIC_GENERIC_H

#include "items.h"
#include "lunet.h"
#include "nets.h"
#include "support/support.h"

/* The checks of gradients.c and instruction_sets.c, of one layer case. */
void check_gradients(ItemCase it);
void check_instruction_sets(ItemCase it);

#endif
