/* Strips of rows: see strips.h. There is one input, value 0, and step k makes value k + 1; the last is the output.
 *
 * A value's rows lie in a window: what was made before and is still to be read, then what is being made. Within a round
 * it is always the last step's turn that can make some rows more, so that little waits to be read. Windows are as large
 * as all rounds turn out to need; what goes on being needed moves to a window's beginning. */
#include "model/strips.h"

#include <assert.h>
#include <string.h>

#include "base/interrupt.h"
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

struct LnStrips {
  const LnPlan *plan;
  int64_t rows;       /* of the output in a round */
  int64_t bytes;      /* of all windows */
  Window *windows;    /* of each value; the last is the output */
};

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t height_of(const LnPlan *plan, int value) {
  return plan->values[value].place.map.h;
}

/* ---- Which rows ---- */

static int64_t divide_down(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

static LnInputRows rows_of(const LnStep *step, int input) {
  LnInputRows rows = step->needs.input_rows[input];
  return rows.step == 0 ? (LnInputRows){.step = 1, .scale = 1} : rows;
}

/* The first row of an input that a step reads for row `first` of its output and those after it; the last one, where it
 * reads the border below. */
static int64_t first_read(const LnPlan *plan, const LnStep *step, int input, int64_t first) {
  LnInputRows read = rows_of(step, input);
  int64_t row = divide_down(first * read.step - read.before, read.scale);
  return row < 0 ? 0 : least(row, height_of(plan, step->inputs[input]) - 1);
}

/* The end of the rows of an input that a step reads for the rows of its output before `end`. */
static int64_t end_read(const LnPlan *plan, const LnStep *step, int input, int64_t end) {
  LnInputRows read = rows_of(step, input);
  int64_t row = divide_down((end - 1) * read.step + read.after, read.scale) + 1;
  return row < 0 ? 0 : least(row, height_of(plan, step->inputs[input]));
}

static int64_t whole_units(const LnStep *step, int64_t rows) {
  int64_t unit = step->needs.row_unit;
  return (rows + unit - 1) / unit * unit;
}

/* How far every value must reach for `rows` rows of the output. The last unit of rows reads what a whole one would, as
 * far as it exists: then the bits are those of a sample that is there as a whole. */
static void set_targets(LnStrips *s, int64_t rows) {
  const LnPlan *plan = s->plan;
  for (int v = 0; v <= plan->n_steps; v++) s->windows[v].target = s->windows[v].end;
  s->windows[plan->n_steps].target = rows;
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    const LnStep *step = &plan->steps[k];
    Window *out = &s->windows[k + 1];
    int64_t end_of_units = whole_units(step, out->target);
    out->target = least(end_of_units, height_of(plan, k + 1));
    for (int i = 0; i < step->n_inputs; i++) {
      Window *in = &s->windows[step->inputs[i]];
      int64_t end = end_read(plan, step, i, end_of_units);
      if (end > in->target) in->target = end;
    }
  }
}

/* Where the rows end that a value gets in its next turn. */
static int64_t end_of_turn(const LnStrips *s, int value) {
  const Window *window = &s->windows[value];
  return least(window->end + window->turn, window->target);
}

/* Whether the rows that a value's next turn reads are there. */
static bool ready(const LnStrips *s, int value) {
  if (value == 0) return true;
  const LnStep *step = &s->plan->steps[value - 1];
  int64_t end = whole_units(step, end_of_turn(s, value));
  for (int i = 0; i < step->n_inputs; i++)
    if (s->windows[step->inputs[i]].end < end_read(s->plan, step, i, end)) return false;
  return true;
}

/* The last value that can have a turn; -1: the round has ended. */
static int next_value(const LnStrips *s) {
  int value = s->plan->n_steps;
  while (value >= 0 && (s->windows[value].end == s->windows[value].target || !ready(s, value))) value--;
  return value;
}

/* The first row of a value that is still needed. */
static int64_t first_needed(const LnStrips *s, int value) {
  int64_t first = s->windows[value].end;
  for (int k = value; k < s->plan->n_steps; k++) { /* readers come later */
    const LnStep *step = &s->plan->steps[k];
    for (int i = 0; i < step->n_inputs; i++)
      if (step->inputs[i] == value) first = least(first, first_read(s->plan, step, i, s->windows[k + 1].end));
  }
  return first;
}

/* Nothing is there yet; row `first` of the output and those after it are to come. */
static void begin(LnStrips *s, int64_t first) {
  const LnPlan *plan = s->plan;
  for (int v = 0; v < plan->n_steps; v++) s->windows[v].end = height_of(plan, v);
  s->windows[plan->n_steps].end = first;
  for (int k = plan->n_steps - 1; k >= 0; k--) {
    const LnStep *step = &plan->steps[k];
    s->windows[k + 1].end -= s->windows[k + 1].end % step->needs.row_unit;
    for (int i = 0; i < step->n_inputs; i++) {
      Window *in = &s->windows[step->inputs[i]];
      in->end = least(in->end, first_read(plan, step, i, s->windows[k + 1].end));
    }
  }
  for (int v = 0; v <= plan->n_steps; v++) s->windows[v].first = s->windows[v].end;
}

/* ---- Rounds and windows ---- */

bool ln_strips_can(const LnPlan *plan) {
  if (plan->use.training || plan->use.dropout || plan->n_steps == 0 || plan->n_segments > 1) return false;
  if (plan->n_inputs > 1 || plan->n_outputs > 1 || plan->outputs[0] != plan->n_steps) return false;
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
  for (int v = 0; v <= plan->n_steps; v++) bytes += plan->values[v].place.size * (int64_t)sizeof(float);
  int64_t times = least(enough * height / (bytes * rows), height / (fewest_rounds * rows));
  return times > 1 ? rows * times : least(rows, height);
}

/* As many rows as a round needs in the long run, in whole units. */
static void set_turns(LnStrips *s) {
  int64_t height = height_of(s->plan, s->plan->n_steps);
  for (int v = 0; v <= s->plan->n_steps; v++) {
    int64_t rows = s->rows * height_of(s->plan, v) / height, unit = v > 0 ? s->plan->steps[v - 1].needs.row_unit : 1;
    s->windows[v].turn = rows > unit ? rows / unit * unit : unit;
  }
}

/* Go through a round without computing. */
static void measure_round(LnStrips *s, int64_t rows) {
  set_targets(s, rows);
  for (int v = next_value(s); v >= 0; v = next_value(s)) {
    int64_t end = end_of_turn(s, v), room = end - first_needed(s, v);
    if (room > s->windows[v].room) s->windows[v].room = room;
    s->windows[v].end = end;
  }
}

/* Every round, as one that goes on from others and as one that begins. */
static void measure_windows(LnStrips *s) {
  int64_t height = height_of(s->plan, s->plan->n_steps);
  set_turns(s);
  begin(s, 0);
  for (int64_t first = 0; first < height; first += s->rows) measure_round(s, first + s->rows);
  for (int64_t first = s->rows; first < height; first += s->rows) {
    begin(s, first);
    measure_round(s, first + s->rows);
  }
}

static LnStatus make_windows(LnStrips *s, LnError *err) {
  size_t n = (size_t)s->plan->n_steps + 1;
  s->windows = ln_calloc(n, sizeof *s->windows);
  if (s->windows == NULL) return ln_fail_memory(err, "strips", n * sizeof *s->windows);
  measure_windows(s);
  for (size_t v = 0; v < n; v++) {
    const LnPlacement *place = &s->plan->values[v].place;
    size_t numbers = (size_t)((s->windows[v].room + place->border[0] + place->border[1]) * place->map.row);
    s->windows[v].memory = ln_calloc(numbers, sizeof(float));
    if (s->windows[v].memory == NULL) return ln_fail_memory(err, "strips of a sample", numbers * sizeof(float));
    s->bytes += (int64_t)(numbers * sizeof(float));
  }
  return LN_OK;
}

LnStatus ln_strips_new(LnStrips **out, const LnPlan *plan, int64_t rows, LnError *err) {
  LnStrips *s = ln_calloc(1, sizeof *s);
  if (s == NULL) return ln_fail_memory(err, "strips", sizeof *s);
  int64_t unit = plan->steps[plan->n_steps - 1].needs.row_unit;
  if (rows == 0) rows = fitting_rows(plan);
  *s = (LnStrips){.plan = plan, .rows = (rows + unit - 1) / unit * unit};
  LnStatus status = make_windows(s, err);
  if (status != LN_OK) return ln_strips_free(s), status;
  *out = s;
  return LN_OK;
}

void ln_strips_free(LnStrips *s) {
  if (s == NULL) return;
  for (int v = 0; s->windows != NULL && v <= s->plan->n_steps; v++) ln_free(s->windows[v].memory);
  ln_free(s->windows);
  ln_free(s);
}

int64_t ln_strips_bytes(const LnStrips *s) {
  return s->bytes;
}

/* ---- Parts ---- */

int64_t ln_strips_part(const LnStrips *s, int64_t parts, int64_t k) {
  int64_t height = height_of(s->plan, s->plan->n_steps), rounds = (height + s->rows - 1) / s->rows;
  return least(rounds * k / parts * s->rows, height);
}

/* Mult-adds for rows first .. end-1 of the output alone. Uses the windows to find out. */
static double work_for(LnStrips *s, int64_t first, int64_t end) {
  const LnPlan *plan = s->plan;
  double macs = 0;
  begin(s, first);
  set_targets(s, end);
  for (int k = 0; k < plan->n_steps; k++) {
    const Window *out = &s->windows[k + 1];
    double share = (double)(out->target - out->end) / (double)height_of(plan, k + 1);
    macs += share * plan->graph->layers[plan->steps[k].layer].macs;
  }
  return macs;
}

double ln_strips_excess(LnStrips *s, int64_t parts) {
  double largest = 0, whole = work_for(s, 0, height_of(s->plan, s->plan->n_steps));
  for (int64_t k = 0; k < parts; k++) {
    double work = work_for(s, ln_strips_part(s, parts, k), ln_strips_part(s, parts, k + 1));
    if (work > largest) largest = work;
  }
  return whole > 0 ? largest * (double)parts / whole - 1 : 0;
}

/* ---- Running ---- */

/* The value as if all of it were there: only the window's rows, and the border next to them, may be touched. */
static LnMap map_of(const LnStrips *s, int value) {
  const LnPlacement *place = &s->plan->values[value].place;
  LnMap map = place->map;
  map.data = s->windows[value].memory + place->first - s->windows[value].first * map.row;
  return map;
}

/* Make room for the rows to come. */
static void slide(LnStrips *s, int value) {
  const LnPlacement *place = &s->plan->values[value].place;
  Window *window = &s->windows[value];
  if (end_of_turn(s, value) - window->first <= window->room) return;
  int64_t first = first_needed(s, value), row = place->map.row;
  assert(first >= window->first && end_of_turn(s, value) - first <= window->room);
  float *start = window->memory + place->border[0] * row;
  memmove(start, start + (first - window->first) * row, (size_t)((window->end - first) * row) * sizeof(float));
  window->first = first;
}

/* The rows of a step's turn, some units at a time, while they are in cache. */
static void run_step(const LnStrips *s, int index, int worker) {
  const LnPlan *plan = s->plan;
  const LnStep *step = &plan->steps[index];
  enum { ENOUGH = 1024 }; /* pixels at a time */
  int64_t end = end_of_turn(s, index + 1), unit = step->needs.row_unit;
  int64_t rows = (ENOUGH / (unit * plan->values[index + 1].place.map.w) + 1) * unit;
  LnMap inputs[LN_MAX_INPUTS];
  LnPass pass = ln_plan_pass(plan, step, worker);
  for (int i = 0; i < step->n_inputs; i++) inputs[i] = map_of(s, step->inputs[i]);
  pass.x = inputs;
  pass.y = map_of(s, index + 1);
  for (pass.first = s->windows[index + 1].end; pass.first < end && !ln_interrupted(); pass.first += pass.count) {
    pass.count = least(rows, end - pass.first);
    plan->graph->layers[step->layer].type->forward(&pass);
  }
}

/* Below the last row the border begins, where earlier rows have been. */
static void clear_bottom(const LnStrips *s, int value) {
  const LnPlacement *place = &s->plan->values[value].place;
  const Window *window = &s->windows[value];
  float *bottom = window->memory + (place->border[0] + place->map.h - window->first) * place->map.row;
  memset(bottom, 0, (size_t)(place->border[1] * place->map.row) * sizeof(float));
}

static void take_turn(LnStrips *s, int value, int worker, const float *x) {
  int64_t end = end_of_turn(s, value);
  slide(s, value);
  if (value == 0)
    ln_plan_import_rows(map_of(s, 0), x, s->windows[0].end, end);
  else
    run_step(s, value - 1, worker);
  if (end == height_of(s->plan, value)) clear_bottom(s, value);
  s->windows[value].end = end;
}

void ln_strips_forward(LnStrips *s, int worker, float *y, const float *x, int64_t first, int64_t end) {
  int last = s->plan->n_steps;
  begin(s, first);
  for (int64_t row = first; row < end; row += s->rows) {
    set_targets(s, least(row + s->rows, end));
    for (int v = next_value(s); v >= 0; v = next_value(s)) {
      if (ln_interrupted()) return; /* the caller tells; windows begin anew next time */
      take_turn(s, v, worker, x);
    }
    ln_plan_export_rows(y, map_of(s, last), row, least(s->windows[last].end, end));
  }
}
