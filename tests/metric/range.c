/* Metrics with a data range look at the reference. */
#include "metric/metric.h"
#include "support/support.h"

/* Images of 0 to 255 are not measured as if they were of 0 to 1; a noisy image may go anywhere. */
START_TEST(the_reference_must_lie_in_the_range) {
  static const struct { const LnType *type; const char *options; double low, high; bool taken; } cases[] = {
      {&ln_metric_psnr.type, "{}", 0, 255, false},
      {&ln_metric_psnr.type, "{}", -0.005, 1.005, true},
      {&ln_metric_psnr.type, "{}", 0, 1.02, false},
      {&ln_metric_psnr.type, "{}", -0.02, 1, false},
      {&ln_metric_psnr.type, "{}", 0.25, 0.75, true},
      {&ln_metric_psnr.type, "{\"range\": 255}", 0, 255, true},
      {&ln_metric_psnr.type, "{\"range\": 255}", 0, 4095, false},
      {&ln_metric_psnr.type, "{\"range\": 1}", 0, 255, false},
      {&ln_metric_psnr.type, "{\"range\": 2}", -1, 1, true},
      {&ln_metric_psnr.type, "{\"range\": 4000}", -1000, 3000, true},
      {&ln_metric_ssim.type, "{}", 0, 255, false},
      {&ln_metric_ssim.type, "{}", 0, 1, true},
      {&ln_metric_ssim.type, "{\"preset\": \"gondara2016\"}", 0, 1.9, true},
      {&ln_metric_ssim.type, "{\"preset\": \"gondara2016\"}", 0, 255, false},
      {&ln_metric_ssim.type, "{\"preset\": \"gondara2016\", \"range\": 255}", 0, 255, true},
      {&ln_metric_mse.type, "{}", 0, 255, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    LnError err;
    double value;
    LnItem *metric = test_item(cases[i].type, cases[i].options);
    LnTensor *noisy = test_random(LN_SHAPE(2, 1, 12, 13), 1, -7, 8);
    LnTensor *reference = test_random(noisy->shape, 2, cases[i].low, cases[i].high);
    reference->data[200] = (float)cases[i].low, reference->data[300] = (float)cases[i].high;
    if (cases[i].taken)
      CK_OK(ln_metric_apply(NULL, &value, metric, noisy, reference, &err));
    else
      CK_FAILS(ln_metric_apply(NULL, &value, metric, noisy, reference, &err), LN_EARG, "give option 'range'");
    ln_tensor_unref(noisy), ln_tensor_unref(reference);
    ln_item_unref(metric);
  }
}
END_TEST

TESTS {
  tcase_add_test(tests, the_reference_must_lie_in_the_range);
}
