/* Predictions: see predictor.h. */
#include "model/predictor.h"

#include "base/memory.h"
#include "base/parallel.h"

/* Mult-adds of one sample from which sharing it out pays: threads meet after every step. The paper's network on one
 * 32x32 image has 22 million; two threads take 0.09 instead of 0.14 ms. */
static const double worth_sharing = 2e7;

/* Bytes of a sample's values from which strips pay: they do not fit into a core's cache. */
static const int64_t worth_strips = 2 << 20;

/* Bytes that samples take which go through a plan in segments at a time. */
static const int64_t most_together = 64 << 20;

/* How much longer the longest part may take than an equal share before meeting after every step is faster. */
static const double most_excess = 0.08;

/* How many of n samples are left to all threads together. */
static int64_t left_over(const LnPredictor *p, const LnGraph *graph, int64_t n) {
  double macs = 0;
  if (p->dropout.on) return 0;
  for (int i = 0; i < graph->n; i++) macs += graph->layers[i].macs;
  return macs < worth_sharing ? 0 : n % ln_threads();
}

/* ---- Life ---- */

void ln_predictor_free(LnPredictor *p) {
  for (int i = 0; i < p->n_strips; i++) ln_strips_free(p->strips[i]);
  ln_free(p->strips);
  ln_plan_free(p->plan);
  *p = (LnPredictor){0};
}

static LnStatus reserve_strips(LnPredictor *p, int wanted, LnError *err) {
  if (wanted <= p->n_strips) return LN_OK;
  LnStrips **list = ln_realloc(p->strips, (size_t)wanted * sizeof *list);
  if (list == NULL) return ln_fail_memory(err, "strips", (size_t)wanted * sizeof *list);
  p->strips = list;
  for (; p->n_strips < wanted; p->n_strips++) LN_TRY(ln_strips_new(&list[p->n_strips], p->plan, 0, err));
  return LN_OK;
}

/* Strips pay where samples do not fit into a core's cache, and the rows at hand of all values take much less. */
static LnStatus choose(LnPredictor *p, LnError *err) {
  p->in_strips = ln_strips_can(p->plan) && ln_plan_arena_bytes(p->plan) >= worth_strips;
  if (!p->in_strips) return LN_OK;
  LN_TRY(reserve_strips(p, 1, err));
  p->in_strips = ln_strips_bytes(p->strips[0]) * 2 <= ln_plan_arena_bytes(p->plan);
  if (!p->in_strips) ln_strips_free(p->strips[0]), p->n_strips = 0;
  return LN_OK;
}

static bool in_parts(const LnPredictor *p) {
  return p->in_strips && ln_strips_excess(p->strips[0], ln_threads()) <= most_excess;
}

static LnStatus reserve(LnPredictor *p, int64_t alone, int64_t shared, LnError *err) {
  int threads = ln_threads(), at_once = alone < threads ? (int)alone : threads;
  bool parts = shared > 0 && in_parts(p);
  if (p->in_strips) LN_TRY(reserve_strips(p, parts ? threads : at_once, err));
  int arenas = p->in_strips ? 0 : at_once;
  if (shared > 0 && arenas == 0 && !parts) arenas = 1;
  return ln_plan_reserve(p->plan, arenas, threads, err);
}

/* How many of n samples go through a plan in segments at a time. */
static int64_t together(const LnPlan *plan, int64_t n) {
  if (ln_plan_looks_across(plan)) return n;
  int64_t fitting = most_together / ln_plan_sample_bytes(plan);
  if (fitting < 1) fitting = 1;
  return fitting < n ? fitting : n;
}

LnStatus ln_predictor_prepare(LnPredictor *p, const LnGraph *graph, const LnParameters *parameters, uint64_t version,
                              int64_t n, LnDropoutUse dropout, LnError *err) {
  bool fits = p->plan != NULL && ln_plan_kernels(p->plan) == ln_kernels() && p->dropout.on == dropout.on;
  if (!fits) ln_predictor_free(p);
  p->dropout = dropout;
  if (p->plan == NULL) {
    LN_TRY(ln_plan_new(&p->plan, graph, (LnPlanUse){.dropout = dropout.on}, err));
    p->version = version - 1;
    LnStatus status = choose(p, err);
    if (status != LN_OK) return ln_predictor_free(p), status; /* a plan that stays is one that was chosen for */
  }
  int64_t shared = left_over(p, graph, n);
  LN_TRY(ln_plan_check_batch(p->plan, n, err));
  if (ln_plan_segments(p->plan) > 1)
    LN_TRY(ln_plan_reserve(p->plan, (int)together(p->plan, n), ln_threads(), err));
  else
    LN_TRY(reserve(p, n - shared, shared, err));
  if (p->version != version) {
    ln_parameters_tie(parameters, graph);
    ln_plan_prepare(p->plan, parameters->data);
  }
  p->version = version;
  p->parameters = parameters;
  return LN_OK;
}

/* ---- Running ---- */

/* Samples, each in so many parts. */
typedef struct Job {
  const LnPredictor *predictor;
  int64_t parts;
  int64_t first, n_samples; /* the number of the first one; how many there are of each input */
  int segment;
  int n_x, n_y;         /* inputs and outputs */
  const float *x[LN_MAX_ENDS];
  float *y[LN_MAX_ENDS];
  int64_t x_size[LN_MAX_ENDS], y_size[LN_MAX_ENDS];
} Job;

/* Where one sample's inputs and outputs lie. */
typedef struct Place {
  const float *x[LN_MAX_ENDS];
  float *y[LN_MAX_ENDS];
} Place;

static Place place_of(const Job *job, int64_t sample) {
  Place place;
  int64_t input = (job->first + sample) % job->n_samples;
  for (int i = 0; i < job->n_x; i++) place.x[i] = job->x[i] + input * job->x_size[i];
  for (int i = 0; i < job->n_y; i++) place.y[i] = job->y[i] + sample * job->y_size[i];
  return place;
}

/* Leave the first samples behind. */
static void advance(Job *job, int64_t samples) {
  job->first += samples;
  for (int i = 0; i < job->n_y; i++) job->y[i] += samples * job->y_size[i];
}

static LnRng rng_of(const Job *job, int64_t sample) {
  const LnDropoutUse *dropout = &job->predictor->dropout;
  return ln_rng_derive(dropout->rng, (uint64_t)(dropout->first + job->first + sample));
}

static void predict_whole(void *context, int64_t index, int worker) {
  const Job *job = context;
  Place place = place_of(job, index);
  LnPlanSample sample = {.arena = worker, .worker = worker, .index = index, .rng = rng_of(job, index)};
  ln_plan_forward(job->predictor->plan, sample, place.y, place.x);
}

static void predict_part(void *context, int64_t index, int worker) {
  const Job *job = context;
  LnStrips *strips = job->predictor->strips[worker];
  Place place = place_of(job, index / job->parts);
  int64_t part = index % job->parts;
  ln_strips_forward(strips, worker, place.y[0], place.x[0], ln_strips_part(strips, job->parts, part),
                    ln_strips_part(strips, job->parts, part + 1));
}

static LnStatus predict_together(const Job *job, int64_t n, LnError *err) {
  for (int64_t i = 0; i < n; i++) {
    Place place = place_of(job, i);
    LN_TRY(ln_plan_forward_shared(job->predictor->plan, place.y, place.x, err));
  }
  return LN_OK;
}

static void predict_segment(void *context, int64_t index, int worker) {
  const Job *job = context;
  Place place = place_of(job, index);
  LnPlanSample sample = {.arena = (int)index, .worker = worker, .index = index, .rng = rng_of(job, index)};
  ln_plan_forward_segment(job->predictor->plan, job->segment, sample, place.y, place.x);
}

/* A segment of n samples: a thread takes whole ones, or all threads work on one after the other. */
static LnStatus run_segment(Job *job, int64_t n, LnError *err) {
  LnPlan *plan = job->predictor->plan;
  if (n >= ln_threads() || job->predictor->dropout.on) return ln_parallel_stoppable(n, predict_segment, job, err);
  for (int64_t i = 0; i < n; i++) {
    Place place = place_of(job, i);
    LN_TRY(ln_plan_forward_segment_shared(plan, job->segment, (LnPlanSample){.arena = (int)i, .index = i}, place.y,
                                          place.x, err));
  }
  return LN_OK;
}

static LnStatus run_segments(Job *job, int64_t n, LnError *err) {
  LnPlan *plan = job->predictor->plan;
  LN_TRY(ln_plan_reserve_batch(plan, n, job->predictor->parameters->tensors, err));
  for (job->segment = 0; job->segment < ln_plan_segments(plan); job->segment++) {
    LN_TRY(run_segment(job, n, err));
    LN_TRY(ln_plan_meet(plan, job->segment, (LnRng){0}, err));
  }
  return LN_OK;
}

static LnStatus predict_in_segments(Job *job, int64_t n, LnError *err) {
  LnStatus status = LN_OK;
  int64_t most = together(job->predictor->plan, n), count;
  for (int64_t first = 0; status == LN_OK && first < n; first += count) {
    count = n - first < most ? n - first : most;
    status = run_segments(job, count, err);
    advance(job, count);
  }
  ln_plan_end_batch(job->predictor->plan);
  return status;
}

static Job job_of(const LnPredictor *p, const LnGraph *graph, float *const *y, const float *const *x, int64_t n) {
  Job job = {.predictor = p, .parts = 1, .n_x = graph->n_inputs, .n_y = graph->n_outputs};
  job.n_samples = p->dropout.on ? n / p->dropout.repeats : n;
  for (int i = 0; i < job.n_x; i++) job.x[i] = x[i], job.x_size[i] = ln_shape_count(graph->inputs[i]);
  for (int i = 0; i < job.n_y; i++) job.y[i] = y[i], job.y_size[i] = ln_shape_count(ln_graph_output_shape(graph, i));
  return job;
}

LnStatus ln_predictor_run(LnPredictor *p, const LnGraph *graph, float *const *y, const float *const *x, int64_t n,
                          LnError *err) {
  Job job = job_of(p, graph, y, x, n);
  if (ln_plan_segments(p->plan) > 1) return predict_in_segments(&job, n, err);
  int64_t shared = left_over(p, graph, n), alone = n - shared;
  LN_TRY(ln_parallel_stoppable(alone, p->in_strips ? predict_part : predict_whole, &job, err));
  if (shared == 0) return LN_OK;
  advance(&job, alone);
  job.parts = ln_threads();
  if (in_parts(p)) return ln_parallel_stoppable(shared * job.parts, predict_part, &job, err);
  return predict_together(&job, shared, err);
}
