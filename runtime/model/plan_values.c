/* Values of a plan, and their gradients, where they lie in a sample's arena; and the way between the users' C,H,W and our
 * H,W,C. See plan_steps.h. */
#include <string.h>

#include "model/plan_steps.h"
#include "nn/activation.h"

LnShape ln_plan_value_shape(const LnPlan *plan, int value) {
  int maker = ln_plan_maker_of(plan, value);
  return maker < 0 ? plan->graph->inputs[value] : plan->graph->layers[plan->steps[maker].last].out;
}

static LnMap map_at(const LnPlan *plan, const float *arena, const LnPlacement *place, int block) {
  LnMap map = place->map;
  map.data = (float *)(uintptr_t)arena + plan->blocks[block].offset + place->first;
  return map;
}

void ln_plan_clear_margins(const LnPlacement *place, LnMap map) {
  float *start = map.data - place->first;
  size_t left = (size_t)(place->border[2] * map.ld), right = (size_t)(place->border[3] * map.ld);
  memset(start, 0, (size_t)(place->border[0] * map.row) * sizeof(float));
  memset(map.data - left + map.h * map.row, 0, (size_t)(place->border[1] * map.row) * sizeof(float));
  for (int64_t r = 0; r < map.h; r++) {
    float *row = map.data + r * map.row;
    memset(row - left, 0, left * sizeof(float));
    memset(row + map.w * map.ld, 0, right * sizeof(float));
    if (map.ld != map.c)
      for (int64_t p = 0; p < map.w; p++) memset(row + p * map.ld + map.c, 0, (size_t)(map.ld - map.c) * sizeof(float));
  }
}

/* Some channels at a time: planes far from each other are read, or written, in order, as many as a processor follows. */
enum { CHANNELS_AT_A_TIME = 16 };

/* One channel alone lies as users see it. */
static bool is_plane(LnMap map) {
  return map.c == 1 && map.ld == 1;
}

void ln_plan_import_rows(LnMap to, const float *from, int64_t first, int64_t end) {
  int64_t plane = (int64_t)to.h * to.w;
  for (int64_t r = first; r < end && is_plane(to); r++)
    memcpy(to.data + r * to.row, from + r * to.w, (size_t)to.w * sizeof *from);
  if (is_plane(to)) return;
  for (int64_t c = 0; c < to.c; c += CHANNELS_AT_A_TIME) {
    int64_t channels = to.c - c < CHANNELS_AT_A_TIME ? to.c - c : CHANNELS_AT_A_TIME;
    for (int64_t r = first; r < end; r++)
      ln_kernels()->transpose(to.data + r * to.row + c, to.ld, from + c * plane + r * to.w, plane, channels, to.w);
  }
}

void ln_plan_export_rows(float *to, LnMap from, int64_t first, int64_t end) {
  int64_t plane = (int64_t)from.h * from.w;
  for (int64_t r = first; r < end && is_plane(from); r++)
    memcpy(to + r * from.w, from.data + r * from.row, (size_t)from.w * sizeof *to);
  if (is_plane(from)) return;
  for (int64_t c = 0; c < from.c; c += CHANNELS_AT_A_TIME) {
    int64_t channels = from.c - c < CHANNELS_AT_A_TIME ? from.c - c : CHANNELS_AT_A_TIME;
    for (int64_t r = first; r < end; r++)
      ln_kernels()->transpose(to + c * plane + r * from.w, plane, from.data + r * from.row + c, from.ld, from.w,
                              channels);
  }
}

LnMap ln_plan_value(const LnPlan *plan, int arena, int value) {
  const LnPlacement *place = &plan->values[value].place;
  return map_at(plan, plan->arenas[arena], place, place->block);
}

LnMap ln_plan_grad(const LnPlan *plan, int arena, int value) {
  const LnPlacement *place = &plan->values[value].grad;
  return map_at(plan, plan->arenas[arena], place, place->block);
}

LnMap ln_plan_begin_input_grad(const LnPlan *plan, int arena, const LnStep *step, int input) {
  const LnPlanValue *source = &plan->values[step->inputs[input]];
  if (!source->wants_grad) return (LnMap){.data = NULL};
  int block = step->extra_block[input] >= 0 ? step->extra_block[input] : source->grad.block;
  LnMap dx = map_at(plan, plan->arenas[arena], &source->grad, block);
  ln_plan_clear_margins(&source->grad, dx);
  return dx;
}

void ln_plan_end_input_grad(const LnPlan *plan, int arena, const LnStep *step, int input, LnMap dx) {
  if (dx.data != NULL && step->extra_block[input] >= 0)
    ln_map_add(plan->kernels, ln_plan_grad(plan, arena, step->inputs[input]), dx);
}
