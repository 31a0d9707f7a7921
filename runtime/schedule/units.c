/* What schedules count. */
#include "schedule/schedule.h"

const char *const ln_schedule_units[] = {"step", "epoch", NULL};
