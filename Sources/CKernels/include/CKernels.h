// Loops over floats that a compiler must vectorise: pure functions of their arguments, no state, no allocation.
//
// Every function may be called from any thread. Counts are in elements; matrices are row-major; images are NHWC.
// "Adds" means that the result is added to what the destination holds, as backward passes need it.
#ifndef GROVE_CKERNELS_H
#define GROVE_CKERNELS_H
#include <stddef.h>
#include <stdint.h>

// Elementwise (elementwise.c)

/// y += s * x
void grove_axpy(float *y, const float *x, float s, size_t n);
/// y = a + s * b
void grove_add_scaled(float *y, const float *a, const float *b, float s, size_t n);
/// y = s * x + t
void grove_scale_shift(float *y, const float *x, float s, float t, size_t n);
/// y = a * b
void grove_multiply(float *y, const float *a, const float *b, size_t n);
/// y += a * b
void grove_multiply_add(float *y, const float *a, const float *b, size_t n);
/// y += s
void grove_add_constant(float *y, float s, size_t n);
/// y[r, c] = x[r, c] + v[c]
void grove_add_row(float *y, const float *x, const float *v, size_t rows, size_t columns);
/// y += s * (a - b)
void grove_add_difference(float *y, const float *a, const float *b, float s, size_t n);
/// Copies `columns` values a row between matrices with the given row lengths.
void grove_copy_columns(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows, size_t columns);
/// Adds `columns` values a row between matrices with the given row lengths.
void grove_add_columns(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows, size_t columns);
// Activations (activations.c)

enum {
    GROVE_IDENTITY = 0,
    GROVE_SWISH = 1,
    GROVE_LEAKY_RELU = 2,
    GROVE_RELU = 3,
    GROVE_SIGMOID = 4,
    GROVE_SOFTPLUS = 5,
};

/// y = activation(x); `slope` is read by leaky ReLU only. y may be x.
void grove_activation(int32_t kind, float slope, float *y, const float *x, size_t n);
/// dx = dy * activation'(x), added to dx if asked for; y is activation(x).
void grove_activation_backward(
    int32_t kind, float slope, float *dx, const float *dy, const float *x, const float *y, size_t n,
    int32_t accumulate);
/// y = exp(x), within 2 units in the last place; 0 below -87.3, the largest float above 88.7.
void grove_exp(float *y, const float *x, size_t n);
/// Softmax of each row, in place.
void grove_softmax_rows(float *x, size_t rows, size_t columns);
/// ds = p * (dp - sum(dp * p)) for each row; ds may be dp.
void grove_softmax_rows_backward(float *ds, const float *dp, const float *p, size_t rows, size_t columns);

// Sums, always in the same order for the same n (reductions.c)

double grove_sum(const float *x, size_t n);
double grove_dot(const float *a, const float *b, size_t n);
/// The sum of (a - b)^2.
double grove_square_distance(const float *a, const float *b, size_t n);
/// Adds each column's sum to sums[columns].
void grove_column_sums(double *sums, const float *x, size_t rows, size_t columns);
/// Adds each column's sum of x and of x^2.
void grove_column_moments(double *sums, double *squares, const float *x, size_t rows, size_t columns);
/// Adds each column's sum of x - pivot and of its square.
void grove_column_moments_about(
    double *sums, double *squares, const float *pivot, const float *x, size_t rows, size_t columns);
/// Adds each column's sum of dy and of dy * (x - mean).
void grove_column_gradients(
    double *sums, double *products, const float *dy, const float *x, const float *mean, size_t rows, size_t columns);

// Normalisation, channel by channel (normalisation.c)

/// y = (x - mean[c]) * gain[c] + offset[c], then SiLU if asked for.
void grove_normalise(
    float *y, const float *x, const float *mean, const float *gain, const float *offset, size_t rows, size_t columns,
    int32_t silu);
/// The same from some columns of a matrix to others: rows are `y_stride` and `x_stride` apart.
void grove_normalise_columns(
    float *y, size_t y_stride, const float *x, size_t x_stride, const float *mean, const float *gain,
    const float *offset, size_t rows, size_t columns, int32_t silu);
/// dy *= silu'(u) with u as grove_normalise computes it of x.
void grove_normalise_silu_backward(
    float *dy, const float *x, const float *mean, const float *gain, const float *offset, size_t rows, size_t columns);
/// du = dy * silu'(u) with u as grove_normalise computes it of x, if asked for, else du is not touched and stands for dy;
/// adds each column's sum of du and of du * (x - mean). Rows of du and dy are `du_stride` apart; du may be dy.
void grove_normalise_gradients(
    double *sums, double *products, float *du, const float *dy, size_t du_stride, const float *x, size_t x_stride,
    const float *mean, const float *gain, const float *offset, size_t rows, size_t columns, int32_t silu);
/// dx = du * gain[c] - (x - mean[c]) * slope[c] - level[c], added to dx if asked for; `dx` and x have rows of `columns`
/// values, those of du are `du_stride` apart.
void grove_normalise_columns_backward(
    float *dx, const float *du, size_t du_stride, const float *x, const float *mean, const float *gain,
    const float *slope, const float *level, size_t rows, size_t columns, int32_t accumulate);
/// The same for matrices without gaps.
void grove_normalise_backward(
    float *dx, const float *du, const float *x, const float *mean, const float *gain, const float *slope,
    const float *level, size_t rows, size_t columns, int32_t accumulate);

// Matrix products (product.c)

/// Columns of a panel, the width in which right sides are packed.
enum { GROVE_LANES_A_PANEL = 16 };

/// The left side of a product, read where it lies. Row i begins at base + (rows ? rows[i] : i * row_stride); along k it
/// has blocks x segments x length values, the strides of which are given: for a patch of an image the segments are its
/// pixel rows. All strides are in floats.
typedef struct {
    const float *base;
    const int32_t *rows;
    ptrdiff_t row_stride;
    size_t blocks;
    ptrdiff_t block_stride;
    size_t segments;
    ptrdiff_t segment_stride;
    size_t length;
    ptrdiff_t step;
} grove_left;

/// Packs a right side [k, n], whose element (i, j) is b[i * k_stride + j * n_stride], into panels of 16 columns,
/// [panels][k][16], one panel every `panel_stride` floats; columns beyond n are zero.
void grove_pack_panels(
    float *panels, size_t panel_stride, const float *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride);
/// c[m, n] = left b + bias, or c += left b + bias; `bias` may be null.
/// A row's bits depend on its own values and b alone, not on m.
void grove_product(
    float *c, ptrdiff_t c_stride, size_t m, size_t n, const grove_left *left, const float *panels, const float *bias,
    int32_t accumulate);
/// The vector instructions that kernels use on this processor, for people.
const char *grove_instruction_set(void);
/// Whether this is an x86 processor with AVX2 and fused multiply-add.
int32_t grove_has_fma(void);

// Patches back to images (patches.c)

/// Adds patches to the image [h, w, c] they belong to: rows [oh * ow, k * k * c], of which kernel position rows
/// first ..< first + count of the oh are given; what falls outside the image is dropped.
void grove_add_patches(
    float *image, const float *patches, size_t h, size_t w, size_t c, size_t k, size_t stride, size_t padding,
    size_t first, size_t count, size_t ow);

// Winograd convolution F(4x4, 3x3) with stride 1 (winograd.c)
//
// Tiles of 4x4 outputs are numbered through the images of a batch, row by row; functions take `count` of them from tile
// `first` on. A transformed value has 36 planes, `plane` floats apart.

typedef struct {
    size_t height, width;
    size_t out_height, out_width;
    size_t padding;
} grove_tiling;

/// u = G w Gᵀ as panels [36][panels][k][16], for `panels` panels from `first_panel` on. The tap (y, x) of element (i, j)
/// of the [k, n] weight is w[(3 y + x) * tap_stride + i * k_stride + j * n_stride].
void grove_winograd_weight(
    float *u, size_t u_plane, const float *w, size_t k, size_t n, ptrdiff_t tap_stride, ptrdiff_t k_stride,
    ptrdiff_t n_stride, size_t first_panel, size_t panels);
/// dw = Gᵀ du G, added to dw if asked for, rows first ..< first + count of [9][k][n] with the given strides; du is
/// [36][k][n].
void grove_winograd_weight_gradient(
    float *dw, ptrdiff_t tap_stride, ptrdiff_t k_stride, ptrdiff_t n_stride, const float *du, size_t u_plane, size_t n,
    size_t first, size_t count, int32_t accumulate);
/// v = Bᵀ d B as [36][count][c] of the images x, tiles `v_stride` apart.
void grove_winograd_input(
    float *v, size_t v_plane, size_t v_stride, const float *x, size_t c, const grove_tiling *tiling, size_t first,
    size_t count);
/// y = Aᵀ m A + bias + residual of m [36][count], rows `m_stride` (a multiple of 16) apart. `bias` and `residual`, images
/// like y, may be null; `residual` may be y.
void grove_winograd_output(
    float *y, const float *m, size_t m_plane, size_t m_stride, size_t c, const float *bias, const float *residual,
    const grove_tiling *tiling, size_t first, size_t count);
/// z = A dy Aᵀ as panels [36][panels][count][16] of the images dy, one panel every `z_panel` floats.
void grove_winograd_output_gradient(
    float *z, size_t z_plane, size_t z_panel, const float *dy, size_t c, const grove_tiling *tiling, size_t first,
    size_t count);

// Optimisers (optimisers.c)

/// One step of Adam, in the order in which PyTorch rounds it.
typedef struct {
    /// α / (1 - β₁ᵗ) and √(1 - β₂ᵗ)
    float step_size, second_correction;
    /// 1 - β₁, β₂ and 1 - β₂
    float share1, keep2, share2;
    float eps, clip, weight_decay;
} grove_adam_rule;

/// Moves x and both moments by a gradient, which is clipped and decayed first.
void grove_adam(
    float *x, float *first, float *second, const float *gradient, const grove_adam_rule *rule, size_t n);
/// mean = keep * mean + share * x
void grove_moving_average(float *mean, const float *x, float keep, float share, size_t n);
// Convolution by Fourier transforms (spectral.c)
//
// Lanes are sixteen images side by side: [...][16]. A group is sixteen images. Waves are what a real transform of
// high x wide values has: `high` rows, cosines first, times `wide` columns. A spectrum is complex, [high * (wide / 2 + 1)]
// frequencies, the real parts of all channels before the imaginary ones.

/// Images [pixels, channels], at most sixteen, as [channels][pixels][16]; lanes without an image are zero.
void grove_images_to_lanes(float *to, const float *images, size_t count, size_t pixels, size_t channels);
/// Lanes [width][height], `position` floats apart, each [channels][16], as images [height, width, channels] plus bias, or
/// added to what is there; `bias` may be null.
void grove_lanes_to_images(
    float *images, const float *from, size_t count, size_t height, size_t width, size_t channels, size_t position,
    const float *bias, int32_t accumulate);
/// Waves [high][wide][groups][channels][16] as a spectrum [frequencies][groups][2 channels][16].
void grove_spectrum_from_waves(
    float *spectrum, const float *waves, size_t high, size_t wide, size_t groups, size_t channels);
/// A spectrum [frequencies][2 channels][groups][16] as waves [groups][channels][wide][high][16].
void grove_waves_from_spectrum(
    float *waves, const float *spectrum, size_t high, size_t wide, size_t groups, size_t channels);

// Random numbers (random.c, dropout.c)

/// The first `count` standard normal numbers of the sequence (seed, use, step, image).
void grove_normals(float *to, size_t count, uint64_t seed, uint32_t use, uint32_t step, uint32_t image);
/// mask[i] = 0 where the uniform number first + i of the sequence (seed, use, step, image) is below the rate, else
/// 1 / (1 - rate); `first` is a multiple of 4.
void grove_dropout_mask(
    float *mask, size_t first, size_t count, float rate, uint64_t seed, uint32_t use, uint32_t step, uint32_t image);

// Resampling of one image (resampling.c)

/// Mean over 3x3 windows, stride 2, padding 1, divided by 9 everywhere: [h, w, c] -> [(h+1)/2, (w+1)/2, c].
void grove_average_pool(float *y, const float *x, size_t h, size_t w, size_t c);
void grove_average_pool_backward(float *dx, const float *dy, size_t h, size_t w, size_t c);
/// Bilinear, half-pixel centres, edges repeated: [h, w, c] -> [2h, 2w, c].
void grove_bilinear_upsample(float *y, const float *x, size_t h, size_t w, size_t c);
void grove_bilinear_upsample_backward(float *dx, const float *dy, size_t h, size_t w, size_t c);
/// Each pixel four times: [h, w, c] -> [2h, 2w, c].
void grove_nearest_upsample(float *y, const float *x, size_t h, size_t w, size_t c);
void grove_nearest_upsample_backward(float *dx, const float *dy, size_t h, size_t w, size_t c);

// Lanes of work (lane.c)

/// Whether this thread works on a piece of work that is already spread over the cores.
int32_t grove_lane_is_taken(void);
/// Says so of this thread from now on, and answers what was said before.
int32_t grove_take_lane(int32_t taken);
/// Lets the core rest for a moment in a loop that waits for another core.
void grove_pause(void);

/// A closure that was lent for the time of a call (grove_lend_loop_body, which only Swift can call).
typedef struct {
    const void *function;
    const void *captured;
} grove_loop_body;
/// body(index)
void grove_run_loop_body(grove_loop_body body, intptr_t index);

#endif
