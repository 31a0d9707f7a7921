/* Lines of tensors: see lines.h. */
#include "tensor/lines.h"

#include <stddef.h>

#include "base/interrupt.h"

enum {
  TASK = 1 << 15, /* elements that are worth a task of their own */
  LONG = 1 << 17, /* elements of a line that are worth all threads */
};

LnLines ln_lines(const LnTensor *t, LnTensor *y, int dim) {
  LnLines lines = {.data = t->data, .out = y != NULL ? y->data : NULL, .count = 1, .n = t->shape.d[dim],
                   .step = t->stride[dim]};
  if (y != NULL) lines.n_out = y->shape.d[dim], lines.step_out = y->stride[dim];
  for (int i = 0; i < t->shape.n; i++) {
    if (i == dim) continue;
    lines.count *= t->shape.d[i];
    ln_axes_add(&lines.axes, (LnAxis){t->shape.d[i], t->stride[i], y != NULL ? y->stride[i] : 0});
  }
  return lines;
}

static int64_t lines_of_task(const LnLines *lines) {
  return lines->n > 0 && lines->n < TASK ? TASK / lines->n : 1;
}

static bool one_by_one(const LnLines *lines) {
  return lines->count == 1 || (lines->n >= LONG && lines->count < ln_threads());
}

int ln_lines_workers(const LnLines *lines) {
  int64_t tasks = (lines->count + lines_of_task(lines) - 1) / lines_of_task(lines);
  if (one_by_one(lines) || tasks <= 1) return 1;
  return ln_threads() < tasks ? ln_threads() : (int)tasks;
}

typedef struct Run {
  const LnLines *lines;
  LnLineTask *task;
  void *context;
} Run;

static void run_some(void *context, int64_t index, int worker) {
  const Run *run = context;
  int64_t per_task = lines_of_task(run->lines), first = index * per_task, last = first + per_task;
  if (last > run->lines->count) last = run->lines->count;
  for (int64_t i = first; i < last; i++) run->task(run->context, i, worker);
}

LnStatus ln_lines_run(const LnLines *lines, LnLineTask *task, void *context, LnError *err) {
  Run run = {lines, task, context};
  if (!one_by_one(lines)) {
    int64_t per_task = lines_of_task(lines);
    return ln_parallel_stoppable((lines->count + per_task - 1) / per_task, run_some, &run, err);
  }
  for (int64_t i = 0; i < lines->count && !ln_interrupted(); i++) task(context, i, 0);
  return ln_interrupt_check(err);
}
