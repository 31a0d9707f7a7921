/* The words of the option `mode`, in the order of LnNoiseMode. The noises and their list both lie above them. */
#include "noise/noise.h"

const char *const ln_noise_modes[] = {"scale", "fraction", NULL};
