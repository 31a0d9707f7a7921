/* Networks as JSON, written briefly: NET("1,8,8", LAYER("conv2d", "0", ",\"filters\":4") "," LAYER("relu", "1")). */
#ifndef LUNET_TESTS_SUPPORT_ARCHITECTURE_H
#define LUNET_TESTS_SUPPORT_ARCHITECTURE_H

#define LAYER(type, inputs, ...) "{\"type\":\"" type "\",\"inputs\":[" inputs "]" __VA_ARGS__ "}"
#define NET(input, layers) "{\"input\":[" input "],\"layers\":[" layers "]}"

#endif
