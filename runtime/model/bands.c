/* Bands of rows: see bands.h.
 *
 * A value's rows lie in a window: what was made before and is still to be read, then what is being made. Within a round
 * it is always the last step's turn that can make some rows more, so that little waits to be read. Windows are as large
 * as all rounds turn out to need; what goes on being needed moves to a window's beginning. */
#include "model/bands.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "model/plan_steps.h"

/* Bytes of windows up to which longer rounds are as fast. */
static const int64_t enough = 2 << 20;
/* Rounds that should be left to be dealt to threads. */
static const int64_t fewest_rounds = 16;

typedef struct Window {
  float *memory;
  int64_t room;       /* rows, not counting the border */
  int64_t first, end; /* the rows that are there */
  int64_t target;     /* how far they are to reach by the end of this round */
  int64_t turn;       /* how many are made at a time, at most */
} Window;

struct LnBands {
  const LnPlan *plan;
  int64_t rows;       /* of the output in a round */
  int64_t bytes;      /* of all windows */
  Window *windows;    /* of each value; the last is the output */
};

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t height_of(const LnPlan *plan, int value) {
  return plan->values[value].map.act.h;
}

/* ---- Which rows ---- */

static int64_t divide_down(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

static LnReach reach_of(const LnStep *step, int input) {
  LnReach reach = step->needs.reach[input];
  return reach.step == 0 ? (LnReach){.step = 1, .scale = 1} : reach;
}

/* The first row of an input that a step reads for row `first` of its output and those after it; the last one, where it
 * reads the border below. */
static int64_t first_read(const LnPlan *plan, const LnStep *step, int input, int64_t first) {
  LnReach reach = reach_of(step, input);
  int64_t row = divide_down(first * reach.step - reach.before, reach.scale);
  return row < 0 ? 0 : least(row, height_of(plan, step->inputs[input]) - 1);
}

/* The end of the rows of an input that a step reads for the rows of its output before `end`. */
static int64_t end_read(const LnPlan *plan, const LnStep *step, int input, int64_t end) {
  LnReach reach = reach_of(step, input);
  int64_t row = divide_down((end - 1) * reach.step + reach.after, reach.scale) + 1;
  return row < 0 ? 0 : least(row, height_of(plan, step->inputs[input]));
}

static int64_t whole_units(const LnStep *step, int64_t rows) {
  int64_t unit = step->needs.row_unit;
  return (rows + unit - 1) / unit * unit;
}

/* How far every value must reach for `rows` rows of the output. The last unit of rows reads what a whole one would, as
 * far as it exists: then the bits are those of a sample that is there as a whole. */
static void set_targets(LnBands *b, int64_t rows) {
  const LnPlan *plan = b->plan;
  for (int v = 0; v <= plan->n_steps; v++) b->windows[v].target = b->windows[v].end;
  b->windows[plan->n_steps].target = rows;
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    const LnStep *step = &plan->steps[k];
    Window *out = &b->windows[k + 1];
    int64_t end_of_units = whole_units(step, out->target);
    out->target = least(end_of_units, height_of(plan, k + 1));
    for (int i = 0; i < step->n_inputs; i++) {
      Window *in = &b->windows[step->inputs[i]];
      int64_t end = end_read(plan, step, i, end_of_units);
      if (end > in->target) in->target = end;
    }
  }
}

/* Where the rows end that a value gets in its next turn. */
static int64_t end_of_turn(const LnBands *b, int value) {
  const Window *window = &b->windows[value];
  return least(window->end + window->turn, window->target);
}

/* Whether the rows that a value's next turn reads are there. */
static bool ready(const LnBands *b, int value) {
  if (value == 0) return true;
  const LnStep *step = &b->plan->steps[value - 1];
  int64_t end = whole_units(step, end_of_turn(b, value));
  for (int i = 0; i < step->n_inputs; i++)
    if (b->windows[step->inputs[i]].end < end_read(b->plan, step, i, end)) return false;
  return true;
}

/* The last value that can have a turn; -1: the round has ended. */
static int next_value(const LnBands *b) {
  int value = b->plan->n_steps;
  while (value >= 0 && (b->windows[value].end == b->windows[value].target || !ready(b, value))) value--;
  return value;
}

/* The first row of a value that is still needed. */
static int64_t first_needed(const LnBands *b, int value) {
  int64_t first = b->windows[value].end;
  for (int k = value; k < b->plan->n_steps; k++) { /* readers come later */
    const LnStep *step = &b->plan->steps[k];
    for (int i = 0; i < step->n_inputs; i++)
      if (step->inputs[i] == value) first = least(first, first_read(b->plan, step, i, b->windows[k + 1].end));
  }
  return first;
}

/* Nothing is there yet; row `first` of the output and those after it are to come. */
static void begin(LnBands *b, int64_t first) {
  const LnPlan *plan = b->plan;
  for (int v = 0; v < plan->n_steps; v++) b->windows[v].end = height_of(plan, v);
  b->windows[plan->n_steps].end = first;
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    const LnStep *step = &plan->steps[k];
    b->windows[k + 1].end -= b->windows[k + 1].end % step->needs.row_unit;
    for (int i = 0; i < step->n_inputs; i++) {
      Window *in = &b->windows[step->inputs[i]];
      in->end = least(in->end, first_read(plan, step, i, b->windows[k + 1].end));
    }
  }
  for (int v = 0; v <= plan->n_steps; v++) b->windows[v].first = b->windows[v].end;
}

/* ---- Rounds and windows ---- */

bool ln_bands_can(const LnPlan *plan) {
  if (plan->use.training || plan->n_steps == 0) return false;
  for (int k = 0; k < plan->n_steps; k++)
    if (plan->steps[k].needs.row_unit == 0) return false;
  return true;
}

/* Rows of the output that every step makes at least a unit for. */
static int64_t least_rows(const LnPlan *plan) {
  int64_t rows = 1, height = height_of(plan, plan->n_steps);
  for (int k = 0; k < plan->n_steps; k++) {
    int64_t own = height_of(plan, k + 1), wanted = (plan->steps[k].needs.row_unit * height + own - 1) / own;
    if (wanted > rows) rows = wanted;
  }
  return rows;
}

static int64_t fitting_rows(const LnPlan *plan) {
  int64_t rows = least_rows(plan), height = height_of(plan, plan->n_steps), bytes = 0;
  for (int v = 0; v <= plan->n_steps; v++) bytes += plan->values[v].map.size * (int64_t)sizeof(float);
  int64_t times = least(enough * height / (bytes * rows), height / (fewest_rounds * rows));
  return times > 1 ? rows * times : least(rows, height);
}

/* As many rows as a round needs in the long run, in whole units. */
static void set_turns(LnBands *b) {
  int64_t height = height_of(b->plan, b->plan->n_steps);
  for (int v = 0; v <= b->plan->n_steps; v++) {
    int64_t rows = b->rows * height_of(b->plan, v) / height, unit = v > 0 ? b->plan->steps[v - 1].needs.row_unit : 1;
    b->windows[v].turn = rows > unit ? rows / unit * unit : unit;
  }
}

/* Go through a round without computing. */
static void measure_round(LnBands *b, int64_t rows) {
  set_targets(b, rows);
  for (int v = next_value(b); v >= 0; v = next_value(b)) {
    int64_t end = end_of_turn(b, v), room = end - first_needed(b, v);
    if (room > b->windows[v].room) b->windows[v].room = room;
    b->windows[v].end = end;
  }
}

/* Every round, as one that goes on from others and as one that begins. */
static void measure_windows(LnBands *b) {
  int64_t height = height_of(b->plan, b->plan->n_steps);
  set_turns(b);
  begin(b, 0);
  for (int64_t first = 0; first < height; first += b->rows) measure_round(b, first + b->rows);
  for (int64_t first = b->rows; first < height; first += b->rows) {
    begin(b, first);
    measure_round(b, first + b->rows);
  }
}

static LnStatus make_windows(LnBands *b, LnError *err) {
  size_t n = (size_t)b->plan->n_steps + 1;
  b->windows = ln_calloc(n, sizeof *b->windows);
  if (b->windows == NULL) return ln_fail_memory(err, "bands", n * sizeof *b->windows);
  measure_windows(b);
  for (size_t v = 0; v < n; v++) {
    const LnMap *map = &b->plan->values[v].map;
    size_t numbers = (size_t)((b->windows[v].room + map->border[0] + map->border[1]) * map->act.row);
    b->windows[v].memory = ln_calloc(numbers, sizeof(float));
    if (b->windows[v].memory == NULL) return ln_fail_memory(err, "bands of a sample", numbers * sizeof(float));
    b->bytes += (int64_t)(numbers * sizeof(float));
  }
  return LN_OK;
}

LnStatus ln_bands_new(LnBands **out, const LnPlan *plan, int64_t rows, LnError *err) {
  LnBands *b = ln_calloc(1, sizeof *b);
  if (b == NULL) return ln_fail_memory(err, "bands", sizeof *b);
  int64_t unit = plan->steps[plan->n_steps - 1].needs.row_unit;
  if (rows == 0) rows = fitting_rows(plan);
  *b = (LnBands){.plan = plan, .rows = (rows + unit - 1) / unit * unit};
  LnStatus status = make_windows(b, err);
  if (status != LN_OK) return ln_bands_free(b), status;
  *out = b;
  return LN_OK;
}

void ln_bands_free(LnBands *b) {
  if (b == NULL) return;
  for (int v = 0; b->windows != NULL && v <= b->plan->n_steps; v++) ln_free(b->windows[v].memory);
  ln_free(b->windows);
  ln_free(b);
}

int64_t ln_bands_bytes(const LnBands *b) {
  return b->bytes;
}

/* ---- Parts ---- */

int64_t ln_bands_part(const LnBands *b, int64_t parts, int64_t k) {
  int64_t height = height_of(b->plan, b->plan->n_steps), rounds = (height + b->rows - 1) / b->rows;
  return least(rounds * k / parts * b->rows, height);
}

/* Mult-adds for rows first .. end-1 of the output alone. Uses the windows to find out. */
static double work_for(LnBands *b, int64_t first, int64_t end) {
  const LnPlan *plan = b->plan;
  double macs = 0;
  begin(b, first);
  set_targets(b, end);
  for (int k = 0; k < plan->n_steps; k++) {
    const Window *out = &b->windows[k + 1];
    double share = (double)(out->target - out->end) / (double)height_of(plan, k + 1);
    macs += share * plan->graph->layers[plan->steps[k].layer].macs;
  }
  return macs;
}

double ln_bands_excess(LnBands *b, int64_t parts) {
  double largest = 0, whole = work_for(b, 0, height_of(b->plan, b->plan->n_steps));
  for (int64_t k = 0; k < parts; k++) {
    double work = work_for(b, ln_bands_part(b, parts, k), ln_bands_part(b, parts, k + 1));
    if (work > largest) largest = work;
  }
  return whole > 0 ? largest * (double)parts / whole - 1 : 0;
}

/* ---- Running ---- */

/* The value as if all of it were there: only the window's rows, and the border next to them, may be touched. */
static LnAct act_of(const LnBands *b, int value) {
  const LnMap *map = &b->plan->values[value].map;
  LnAct act = map->act;
  act.data = b->windows[value].memory + map->first - b->windows[value].first * act.row;
  return act;
}

/* Make room for the rows to come. */
static void slide(LnBands *b, int value) {
  const LnMap *map = &b->plan->values[value].map;
  Window *window = &b->windows[value];
  if (end_of_turn(b, value) - window->first <= window->room) return;
  int64_t first = first_needed(b, value), row = map->act.row;
  assert(first >= window->first && end_of_turn(b, value) - first <= window->room);
  float *start = window->memory + map->border[0] * row;
  memmove(start, start + (first - window->first) * row, (size_t)((window->end - first) * row) * sizeof(float));
  window->first = first;
}

/* The rows of a step's turn, some units at a time, while they are in cache. */
static void run_step(const LnBands *b, int index, int worker) {
  const LnPlan *plan = b->plan;
  const LnStep *step = &plan->steps[index];
  enum { ENOUGH = 1024 }; /* pixels at a time */
  int64_t end = end_of_turn(b, index + 1), unit = step->needs.row_unit;
  int64_t rows = (ENOUGH / (unit * plan->values[index + 1].map.act.w) + 1) * unit;
  LnAct inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_pass(plan, step, worker);
  for (int i = 0; i < step->n_inputs; i++) inputs[i] = act_of(b, step->inputs[i]);
  pass.x = inputs;
  pass.y = act_of(b, index + 1);
  for (pass.first = b->windows[index + 1].end; pass.first < end; pass.first += pass.count) {
    pass.count = least(rows, end - pass.first);
    plan->graph->layers[step->layer].type->forward(&pass);
  }
}

/* Below the last row the border begins, where earlier rows have been. */
static void clear_bottom(const LnBands *b, int value) {
  const LnMap *map = &b->plan->values[value].map;
  const Window *window = &b->windows[value];
  float *bottom = window->memory + (map->border[0] + map->act.h - window->first) * map->act.row;
  memset(bottom, 0, (size_t)(map->border[1] * map->act.row) * sizeof(float));
}

static void take_turn(LnBands *b, int value, int worker, const float *x) {
  int64_t end = end_of_turn(b, value);
  slide(b, value);
  if (value == 0)
    ln_plan_import_rows(act_of(b, 0), x, b->windows[0].end, end);
  else
    run_step(b, value - 1, worker);
  if (end == height_of(b->plan, value)) clear_bottom(b, value);
  b->windows[value].end = end;
}

void ln_bands_forward(LnBands *b, int worker, float *y, const float *x, int64_t first, int64_t end) {
  int last = b->plan->n_steps;
  begin(b, first);
  for (int64_t row = first; row < end; row += b->rows) {
    set_targets(b, least(row + b->rows, end));
    for (int v = next_value(b); v >= 0; v = next_value(b)) take_turn(b, v, worker, x);
    ln_plan_export_rows(y, act_of(b, last), row, least(b->windows[last].end, end));
  }
}
