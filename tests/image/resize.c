/* Resizing, against numbers of OpenCV 5.0 and PyTorch 2.15, and by hand. */
#include "base/memory.h"
#include "support/files.h"
#include "image/image.h"

/* The image all stored numbers come from: pixel i is ((i * 7919) % 256) / 255. */
static LnTensor *source(int64_t height, int64_t width) {
  LnError err;
  LnTensor *t = NULL;
  CK_OK(ln_tensor_new(&t, LN_SHAPE(1, height, width), &err));
  for (int64_t i = 0; i < height * width; i++) t->data[i] = (float)((i * 7919) % 256) / 255.0f;
  return t;
}

/* cv2.resize(source, (7, 5), interpolation=cv2.INTER_AREA) */
static const float area_13x17_to_5x7[] = {
    0.684446812f, 0.686576188f, 0.521870315f, 0.361086011f, 0.213929564f, 0.358122647f, 0.655523062f,
    0.514932215f, 0.35806942f,  0.234247208f, 0.382361829f, 0.684925914f, 0.711010575f, 0.55414784f,
    0.230982184f, 0.464785755f, 0.713459373f, 0.698039293f, 0.53725493f,  0.372549057f, 0.215686291f,
    0.778333783f, 0.685067892f, 0.520362079f, 0.359577715f, 0.271475494f, 0.438381732f, 0.735782146f,
    0.51342386f,  0.356561124f, 0.237281501f, 0.530760407f, 0.751557112f, 0.709502339f, 0.552639604f,
};
/* cv2.resize(source, (6, 4), interpolation=cv2.INTER_AREA) */
static const float area_12x18_to_4x6[] = {
    0.629629612f, 0.541176498f, 0.34117645f,  0.364270151f, 0.498910695f, 0.633551121f, 0.376034886f, 0.510675371f,
    0.645315945f, 0.556862712f, 0.356862754f, 0.379956454f, 0.568627477f, 0.368627459f, 0.391721159f, 0.526361704f,
    0.661002159f, 0.572549045f, 0.538126349f, 0.672766924f, 0.584313691f, 0.384313732f, 0.407407433f, 0.542047918f,
};
/* torch.nn.functional.interpolate(source, size=(7, 9), mode="bilinear", align_corners=False) */
static const float bilinear_5x4_to_7x9[] = {
    0.0f,         0.156209156f, 0.5727669f,   0.933551192f,  0.903921604f,  0.874291956f, 0.844662309f, 0.815032661f,
    0.80392158f,  0.42128855f,  0.481886089f, 0.643479645f,  0.781170249f,  0.751540601f, 0.721911013f, 0.692281365f,
    0.662651718f, 0.651540637f, 0.661064386f, 0.649953306f,  0.620323658f,  0.59069407f,  0.561064363f, 0.531434774f,
    0.501805186f, 0.472175539f, 0.461064428f, 0.470588237f,  0.459477127f,  0.429847479f, 0.400217861f, 0.370588243f,
    0.340958625f, 0.311329007f, 0.281699359f, 0.270588249f,  0.280111998f,  0.269000888f, 0.23937127f,  0.209741652f,
    0.180112019f, 0.150482386f, 0.120852761f, 0.0912231281f, 0.0801120177f, 0.519887984f, 0.508776844f, 0.479147255f,
    0.449517608f, 0.41988799f,  0.390258372f, 0.360628724f,  0.330999106f,  0.319887996f, 0.941176474f, 0.930065274f,
    0.900435746f, 0.870806098f, 0.84117651f,  0.811546862f,  0.781917214f,  0.752287626f, 0.741176546f,
};
/* The same with size=(5, 7). */
static const float bilinear_13x17_to_5x7[] = {
    0.795406163f, 0.690868437f, 0.528963566f, 0.367058843f, 0.205154061f, 0.0432492718f, 0.741848707f,
    0.516302526f, 0.354397774f, 0.192492992f, 0.432156742f, 0.872605085f, 0.710700274f,  0.548795581f,
    0.179831937f, 0.161344469f, 0.859943986f, 0.698039234f, 0.536134422f, 0.37422967f,   0.212324947f,
    0.847283006f, 0.685378253f, 0.523473442f, 0.361568719f, 0.199663922f, 0.554061532f,  0.879776001f,
    0.510812402f, 0.34890762f,  0.187002823f, 0.225882187f, 0.867114842f, 0.70521009f,   0.543305337f,
};

static void compare(int64_t from_h, int64_t from_w, int64_t to_h, int64_t to_w, LnResize method, const float *want) {
  LnError err;
  LnTensor *from = source(from_h, from_w), *to = NULL;
  CK_OK(ln_image_resize(&to, from, to_h, to_w, method, &err));
  ck_assert(ln_shape_equal(to->shape, LN_SHAPE(1, to_h, to_w)));
  ck_assert_close(to->data, want, to_h * to_w, 1e-6);
  ln_tensor_unref(from);
  ln_tensor_unref(to);
}

START_TEST(as_opencv_and_pytorch) {
  compare(13, 17, 5, 7, LN_RESIZE_AREA, area_13x17_to_5x7);
  compare(12, 18, 4, 6, LN_RESIZE_AREA, area_12x18_to_4x6);
  compare(5, 4, 7, 9, LN_RESIZE_BILINEAR, bilinear_5x4_to_7x9);
  compare(13, 17, 5, 7, LN_RESIZE_BILINEAR, bilinear_13x17_to_5x7);
}
END_TEST

START_TEST(same_size_is_exact) {
  LnError err;
  LnTensor *from = source(9, 11), *to = NULL;
  for (int method = 0; method < 2; method++) {
    CK_OK(ln_image_resize(&to, from, 9, 11, (LnResize)method, &err));
    ck_assert_mem_eq(to->data, from->data, 99 * sizeof(float));
    ln_tensor_unref(to);
  }
  ln_tensor_unref(from);
}
END_TEST

/* The area method is a weighted mean with weights that sum to one, so means stay, up and down, from a view too. */
START_TEST(area_keeps_the_mean) {
  LnError err;
  const int64_t sizes[][2] = {{1, 1}, {2, 5}, {7, 3}, {20, 31}, {64, 64}};
  LnTensor *from = source(12, 10), *turned = NULL, *to = NULL;
  CK_OK(ln_tensor_permute(&turned, from, (int[]){0, 2, 1}, &err));
  double mean = ln_tensor_reduce_all(LN_MEAN, from);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    CK_OK(ln_image_resize(&to, turned, sizes[i][0], sizes[i][1], LN_RESIZE_AREA, &err));
    ck_assert_double_eq_tol(ln_tensor_reduce_all(LN_MEAN, to), mean, 1e-6);
    ln_tensor_unref(to);
  }
  ln_tensor_unref(turned);
  ln_tensor_unref(from);
}
END_TEST

START_TEST(one_pixel_fills_any_size) {
  LnError err;
  LnTensor *from = source(1, 1), *to = NULL;
  from->data[0] = 0.25f;
  for (int method = 0; method < 2; method++) {
    CK_OK(ln_image_resize(&to, from, 3, 2, (LnResize)method, &err));
    for (int i = 0; i < 6; i++) ck_assert_float_eq(to->data[i], 0.25f);
    ln_tensor_unref(to);
  }
  ln_tensor_unref(from);
}
END_TEST

START_TEST(wrong_sizes) {
  LnError err;
  LnTensor *from = source(4, 4), *flat = NULL, *to = NULL;
  CK_FAILS(ln_image_resize(&to, from, 0, 4, LN_RESIZE_AREA, &err), LN_EARG,
           "from 1x1 to 2147483647x2147483647, got 0x4");
  CK_OK(ln_tensor_new(&flat, LN_SHAPE(4), &err));
  CK_FAILS(ln_image_resize(&to, flat, 2, 2, LN_RESIZE_AREA, &err), LN_ESHAPE, "got 4");
  ck_assert_ptr_null(to);
  ln_tensor_unref(flat);
  ln_tensor_unref(from);
}
END_TEST

START_TEST(every_allocation) {
  LnError err;
  LnTensor *from = source(6, 5), *to = NULL;
  CK_EVERY_ALLOCATION(ln_image_resize(&to, from, 3, 3, LN_RESIZE_AREA, &err), ln_tensor_unref(to));
  ln_tensor_unref(from);
}
END_TEST

TESTS {
  tcase_add_test(tests, as_opencv_and_pytorch);
  tcase_add_test(tests, same_size_is_exact);
  tcase_add_test(tests, area_keeps_the_mean);
  tcase_add_test(tests, one_pixel_fills_any_size);
  tcase_add_test(tests, wrong_sizes);
  tcase_add_test(tests, every_allocation);
}
