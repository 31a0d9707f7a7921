/* See fft_plan.h. FFTW's planner runs on one thread at a time, its plans on many. */
#include "tensor/fft_plan.h"

#ifdef HAVE_FFTW
#include <fftw3.h>

#include "base/memory.h"

struct LnFftPlan {
  fftwf_plan forward, inverse;
};

LnStatus ln_fft_plan_new(LnFftPlan **out, const char *name, int64_t height, int64_t width, LnError *err) {
  size_t pairs = (size_t)ln_fft_pairs(height, width), room = 2 * pairs * sizeof(float);
  LnFftPlan *plan = ln_alloc(sizeof *plan);
  float *x = ln_alloc(room), *spectrum = ln_alloc(room); /* planning looks at where they begin */
  bool made = false;
  if (plan != NULL && x != NULL && spectrum != NULL) {
    fftwf_complex *complex = (fftwf_complex *)(void *)spectrum;
#pragma omp critical(ln_fftw_planner)
    {
      plan->forward = fftwf_plan_dft_r2c_2d((int)height, (int)width, x, complex, FFTW_ESTIMATE);
      plan->inverse = fftwf_plan_dft_c2r_2d((int)height, (int)width, complex, x, FFTW_ESTIMATE);
    }
    made = plan->forward != NULL && plan->inverse != NULL;
    if (!made) ln_fft_plan_free(plan), plan = NULL;
  }
  ln_free(x);
  ln_free(spectrum);
  if (!made) return ln_free(plan), ln_fail_memory(err, name, 2 * room);
  *out = plan;
  return LN_OK;
}

void ln_fft_plan_free(LnFftPlan *plan) {
  if (plan == NULL) return;
#pragma omp critical(ln_fftw_planner)
  {
    if (plan->forward != NULL) fftwf_destroy_plan(plan->forward);
    if (plan->inverse != NULL) fftwf_destroy_plan(plan->inverse);
  }
  ln_free(plan);
}

void ln_fft_forward(const LnFftPlan *plan, float *spectrum, float *x) {
  fftwf_execute_dft_r2c(plan->forward, x, (fftwf_complex *)(void *)spectrum);
}

void ln_fft_inverse(const LnFftPlan *plan, float *x, float *spectrum) {
  fftwf_execute_dft_c2r(plan->inverse, (fftwf_complex *)(void *)spectrum, x);
}

bool ln_fft_available(void) {
  return true;
}

#else

LnStatus ln_fft_plan_new(LnFftPlan **out, const char *name, int64_t height, int64_t width, LnError *err) {
  (void)out, (void)height, (void)width;
  return ln_fail(err, LN_EUNSUPPORTED,
                 "%s: this lunet was built without FFTW; install it (Debian's libfftw3-dev) and build with FFT=fftw",
                 name);
}

void ln_fft_plan_free(LnFftPlan *plan) {
  (void)plan;
}

void ln_fft_forward(const LnFftPlan *plan, float *spectrum, float *x) {
  (void)plan, (void)spectrum, (void)x;
}

void ln_fft_inverse(const LnFftPlan *plan, float *x, float *spectrum) {
  (void)plan, (void)spectrum, (void)x;
}

bool ln_fft_available(void) {
  return false;
}

#endif
