/* Everything of one instruction set: define LN_TARGET (a name), LN_VL (floats in a vector), LN_TILE_PIXELS (the
 * register tile, measured: at most 12) and LN_TILE_CASES (LN_CASES_ of that), then include this once. */
#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"
#include "kernels/simd.h"

#include "kernels/exp_tmpl.c"
#include "kernels/log_tmpl.c"
#include "kernels/pow_tmpl.c"
#include "kernels/activation_tmpl.c"
#include "kernels/trigonometric_tmpl.c"
#include "kernels/arithmetic_tmpl.c"

#include "kernels/bm3d_tmpl.c"
#include "kernels/bm3d_match_tmpl.c"
#include "kernels/conv_tmpl.c"
#include "kernels/conv_pooled_tmpl.c"
#include "kernels/conv_dot_tmpl.c"
#include "kernels/conv_few_tmpl.c"
#include "kernels/depthwise_tmpl.c"
#include "kernels/elementwise_tmpl.c"
#include "kernels/filter_tmpl.c"
#include "kernels/bilateral_tmpl.c"
#include "kernels/diffusion_tmpl.c"
#include "kernels/sliding_dct_tmpl.c"
#include "kernels/median_tmpl.c"
#include "kernels/norm_tmpl.c"
#include "kernels/random_tmpl.c"
#include "kernels/reduce_tmpl.c"
#include "kernels/total_variation_tmpl.c"
#include "kernels/transpose_tmpl.c"
#include "kernels/winograd_tmpl.c"

#define LN_JOIN_(a, b) a##b
#define LN_JOIN(a, b) LN_JOIN_(a, b)
#define LN_TEXT_(a) #a
#define LN_TEXT(a) LN_TEXT_(a)

extern const LnKernels LN_JOIN(ln_kernels_, LN_TARGET);
const LnKernels LN_JOIN(ln_kernels_, LN_TARGET) = {
    .name = LN_TEXT(LN_TARGET),
    .vl = LN_VL,
    .conv_vectors = 2,
    .conv = conv,
    .conv_pooled = conv_pooled,
    .conv_dot = conv_dot,
    .conv_few = conv_few,
    .conv_depthwise = conv_depthwise,
    .conv_dw = conv_dw,
    .conv_dw_pooled = conv_dw_pooled,
    .conv_dw_dot = conv_dw_dot,
    .conv_dw_few = conv_dw_few,
    .conv_dw_depthwise = conv_dw_depthwise,
    .block_distances = block_distances,
    .block_differences = block_differences,
    .block_nearest = block_nearest,
    .block_near = block_near,
    .block_rows = block_rows,
    .block_add_rows = block_add_rows,
    .block_forward = block_forward,
    .block_backward = block_backward,
    .block_variances = block_variances,
    .block_threshold = block_threshold,
    .block_wiener = block_wiener,
    .winograd_input = winograd_input,
    .winograd_input_adjoint = winograd_input_adjoint,
    .winograd_output = winograd_output,
    .winograd_output_adjoint = winograd_output_adjoint,
    .winograd_weight = winograd_weight,
    .winograd_weight_adjoint = winograd_weight_adjoint,
    .activate = activate,
    .activate_grad = activate_grad,
    .unary = unary,
    .unary_grad = unary_grad,
    .binary = binary,
    .binary_grad = binary_grad,
    .add = add,
    .add_scaled = add_scaled,
    .dot = dot,
    .sum_pixels = sum_pixels,
    .moments = moments,
    .products = products,
    .scale_shift = scale_shift,
    .mix = mix,
    .normalise_pixels = normalise_pixels,
    .normalise_pixels_grad = normalise_pixels_grad,
    .max_pool_row = max_pool_row,
    .max_unpool_row = max_unpool_row,
    .avg_pool_row = avg_pool_row,
    .avg_unpool_row = avg_unpool_row,
    .reduce_row = reduce_row,
    .reduce_columns = reduce_columns,
    .extreme_row = extreme_row,
    .extreme_columns = extreme_columns,
    .extreme_place = extreme_place,
    .transpose = transpose,
    .stream_line = stream_line,
    .stream_end = stream_end,
    .random_mask = random_mask,
    .apply_mask = apply_mask,
    .fma_peak = fma_peak,
    .sum_rows = sum_rows,
    .sum_rows_double = sum_rows_double,
    .ssim_moments = ssim_moments,
    .ssim_slide = ssim_slide,
    .ssim_row = ssim_row,
    .ssim_values = ssim_values,
    .median_columns = median_columns,
    .median_rows = median_rows,
    .patch_differences = patch_differences,
    .patch_weights = patch_weights,
    .add_weighted = add_weighted,
    .diffusion_flows = diffusion_flows,
    .diffusion_step = diffusion_step,
    .tv_primal = tv_primal,
    .tv_dual = tv_dual,
    .tv_project = tv_project,
    .tv_descend = tv_descend,
    .tv_gap = tv_gap,
    .bilateral_row = bilateral_row,
    .sliding_dct = sliding_dct,
};
