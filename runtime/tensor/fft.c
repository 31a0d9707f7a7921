/* fft2 and ifft2: see fft.h.
 *
 * FFTW's planner may run on one thread only, here the calling one; its plans may run on many. Plans are estimated, not
 * measured (FFTW_ESTIMATE), so that the same sizes always give the same plan and the same bits. Its vector code wants
 * aligned memory, so images take the way through working memory that is.
 * Source: Frigo, Johnson: The design and implementation of FFTW3 (2005). */
#include "tensor/fft.h"

#include <assert.h>
#ifdef HAVE_FFTW
#include <fftw3.h>
#endif
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "tensor/record.h"

#ifdef HAVE_FFTW

typedef struct Transform {
  int64_t images, height, width, half; /* half: columns of a real image's spectrum that do not follow from others */
  int64_t room;                        /* floats of one part of one image in working memory */
  bool inverse;
  float scale;
  const float *re, *im;   /* what is transformed, contiguous; im may be NULL */
  float *out_re, *out_im; /* out_im may be NULL */
  float *work;            /* four parts a worker: in and out */
  fftwf_plan plan;
} Transform;

static int64_t aligned(int64_t floats) {
  const int64_t line = LN_ALIGN / (int64_t)sizeof(float);
  return (floats + line - 1) / line * line;
}

/* Where parts lie in the working memory of a worker. The plan transforms what lies at `in` and, `room` floats behind,
 * at its imaginary place. With both exchanged on both sides the transform is the inverse. */
typedef struct Places {
  float *in, *out; /* of the plan */
  float *re, *im, *out_re, *out_im;
} Places;

static Places places(const Transform *t, int worker) {
  float *in = t->work + 4 * t->room * worker, *out = in + 2 * t->room;
  int64_t re = t->inverse ? t->room : 0, im = t->room - re;
  return (Places){in, out, in + re, in + im, out + re, out + im};
}

/* Spectra of real images: y[-p][-q] is the conjugate of y[p][q]. */
static void unfold(float *out, const float *spectrum, const Transform *t, float sign) {
  for (int64_t p = 0; p < t->height; p++) {
    const float *mirror = spectrum + (t->height - p) % t->height * t->half;
    memcpy(out + p * t->width, spectrum + p * t->half, (size_t)t->half * sizeof(float));
    for (int64_t q = t->half; q < t->width; q++) out[p * t->width + q] = sign * mirror[t->width - q];
  }
}

static void scaled(float *y, int64_t n, float factor) {
  for (int64_t i = 0; factor != 1 && i < n; i++) y[i] *= factor;
}

static void transform_task(void *context, int64_t image, int worker) {
  const Transform *t = context;
  Places at = places(t, worker);
  int64_t n = t->height * t->width;
  size_t bytes = (size_t)n * sizeof(float);
  float *re = t->out_re + image * n, *im = t->out_im == NULL ? NULL : t->out_im + image * n;
  memcpy(at.re, t->re + image * n, bytes);
  if (t->im == NULL) {
    fftwf_execute_split_dft_r2c(t->plan, at.in, at.out, at.out + t->room);
    unfold(re, at.out_re, t, 1);
    if (im != NULL) unfold(im, at.out_im, t, -1);
  } else {
    memcpy(at.im, t->im + image * n, bytes);
    fftwf_execute_split_dft(t->plan, at.in, at.in + t->room, at.out, at.out + t->room);
    memcpy(re, at.out_re, bytes);
    if (im != NULL) memcpy(im, at.out_im, bytes);
  }
  scaled(re, n, t->scale);
  if (im != NULL) scaled(im, n, t->scale);
}

static fftwf_plan plan_of(const Transform *t) {
  Places at = places(t, 0);
  int64_t columns = t->im == NULL ? t->half : t->width;
  const fftwf_iodim64 dims[2] = {{t->height, t->width, columns}, {t->width, 1, 1}};
  if (t->im == NULL)
    return fftwf_plan_guru64_split_dft_r2c(2, dims, 0, NULL, at.in, at.out, at.out + t->room, FFTW_ESTIMATE);
  return fftwf_plan_guru64_split_dft(2, dims, 0, NULL, at.in, at.in + t->room, at.out, at.out + t->room, FFTW_ESTIMATE);
}

/* On all threads, unless the work is less than waking them. */
static LnStatus deal(Transform *t, LnError *err) {
  if (t->images * t->height * t->width >= 1 << 13) return ln_parallel_stoppable(t->images, transform_task, t, err);
  for (int64_t i = 0; i < t->images; i++) transform_task(t, i, 0);
  return ln_interrupt_check(err);
}

static LnStatus run(Transform *t, LnError *err) {
  if (t->images == 0) return LN_OK;
  t->half = t->width / 2 + 1;
  t->room = aligned(t->height * t->width);
  size_t bytes = (size_t)ln_threads() * 4 * (size_t)t->room * sizeof(float);
  t->work = ln_alloc(bytes);
  if (t->work == NULL) return ln_fail_memory(err, "fft2", bytes);
  t->plan = plan_of(t);
  LnStatus status = t->plan == NULL ? ln_fail(err, LN_EMEMORY, "fft2: out of memory (no plan)") : deal(t, err);
  if (t->plan != NULL) fftwf_destroy_plan(t->plan);
  ln_free(t->work);
  return status;
}

/* t itself or a copy, which no tape sees. */
static LnStatus straight(LnTensor **out, LnTensor *t, LnError *err) {
  if (ln_tensor_contiguous(t)) return *out = ln_tensor_ref(t), LN_OK;
  LN_TRY(ln_tensor_new(out, t->shape, err));
  ln_tensor_read((*out)->data, t);
  return LN_OK;
}

/* out_im: NULL if not wanted. im may be NULL. All results or none. */
static LnStatus transform(LnTensor **out_re, LnTensor **out_im, LnTensor *re, LnTensor *im, bool inverse, bool divide,
                          LnError *err) {
  int64_t height = re->shape.d[re->shape.n - 2], width = re->shape.d[re->shape.n - 1], n = height * width;
  Transform t = {.images = n > 0 ? ln_shape_count(re->shape) / n : 0,
                 .height = height,
                 .width = width,
                 .inverse = inverse,
                 .scale = divide ? (float)(1 / (double)n) : 1};
  assert(im != NULL || !inverse); /* what is done with real images is the forward transform */
  LnTensor *in[2] = {NULL}, *made[2] = {NULL};
  LnStatus status = straight(&in[0], re, err);
  if (status == LN_OK && im != NULL) status = straight(&in[1], im, err);
  if (status == LN_OK) status = ln_tensor_new_unfilled(&made[0], re->shape, err);
  if (status == LN_OK && out_im != NULL) status = ln_tensor_new_unfilled(&made[1], re->shape, err);
  if (status == LN_OK) {
    t.re = in[0]->data, t.im = im == NULL ? NULL : in[1]->data;
    t.out_re = made[0]->data, t.out_im = out_im == NULL ? NULL : made[1]->data;
    status = run(&t, err);
  }
  ln_tensor_unref(in[0]), ln_tensor_unref(in[1]);
  if (status != LN_OK) return ln_tensor_unref(made[0]), ln_tensor_unref(made[1]), status;
  *out_re = made[0];
  if (out_im != NULL) *out_im = made[1];
  return LN_OK;
}

#else

static LnStatus transform(LnTensor **out_re, LnTensor **out_im, LnTensor *re, LnTensor *im, bool inverse, bool divide,
                          LnError *err) {
  (void)out_re, (void)out_im, (void)re, (void)im, (void)inverse, (void)divide;
  return ln_fail(err, LN_EUNSUPPORTED,
                 "fft2 and ifft2: this lunet was built without FFTW; install it (Debian's "
                 "libfftw3-dev) and build with FFT=fftw");
}

#endif

static LnStatus check(const char *what, const LnTensor *re, const LnTensor *im, LnError *err) {
  const int64_t most = (int64_t)1 << 30; /* elements of an image, so that working memory can be counted */
  int n = re->shape.n;
  if (n < 2 || re->shape.d[n - 2] == 0 || re->shape.d[n - 1] == 0 || re->shape.d[n - 2] > most / re->shape.d[n - 1])
    return ln_fail(err, LN_ESHAPE, "%s: needs images of 1 to 2^30 pixels, the last two dimensions, got shape %s", what,
                   LN_SHAPE_TEXT(re->shape));
  if (im != NULL && !ln_shape_equal(re->shape, im->shape))
    return ln_fail(err, LN_ESHAPE, "%s: the real part has shape %s, the imaginary part %s", what,
                   LN_SHAPE_TEXT(re->shape), LN_SHAPE_TEXT(im->shape));
  return LN_OK;
}

/* The adjoint of F is its conjugate transpose: H W times the inverse. */
static LnStatus fft2_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  return transform(&din[0], of->n_in > 1 ? &din[1] : NULL, of->dout[0], of->dout[1], true, false, err);
}

LnStatus ln_tensor_fft2(LnTensor **out_re, LnTensor **out_im, LnTensor *re, LnTensor *im, LnError *err) {
  LnTensor *made[2] = {NULL};
  LN_TRY(check("fft2", re, im, err));
  LN_TRY(transform(&made[0], &made[1], re, im, false, false, err));
  const LnTensor *in[] = {re, im};
  LnStatus status =
      ln_tape_record(made, 2, &(LnOperation){"fft2", fft2_adjoint, .in = in, .n_in = im == NULL ? 1 : 2}, err);
  if (status != LN_OK) return ln_tensor_unref(made[0]), ln_tensor_unref(made[1]), status;
  *out_re = made[0], *out_im = made[1];
  return LN_OK;
}

static LnStatus ifft2_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  return transform(&din[0], &din[1], of->dout[0], NULL, false, true, err);
}

LnStatus ln_tensor_ifft2(LnTensor **out, LnTensor *re, LnTensor *im, LnError *err) {
  LnTensor *x = NULL;
  LN_TRY(check("ifft2", re, im, err));
  LN_TRY(transform(&x, NULL, re, im, true, true, err));
  return ln_tape_finish(out, x, &(LnOperation){"ifft2", ifft2_adjoint, LN_INPUTS(re, im)}, err);
}
