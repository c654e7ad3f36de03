#include "CKernels.h"
#include "clones.h"
#include "vectors.h"

// Convolution with 3x3 kernels by Winograd's minimal filtering F(4x4, 3x3): 36 multiplications for 16 outputs instead of
// 144 (Lavin & Gray 2016, "Fast algorithms for convolutional neural networks"). With the paper's matrices
//
//     y = Aᵀ [ (G w Gᵀ) ⊙ (Bᵀ d B) ] A        d 6x6 input, w 3x3 kernel, y 4x4 output of one tile,
//
// and the sum over input channels makes of ⊙ one matrix product for each of the 36 positions. The gradient of the weight
// is the transpose of the same formula: Gᵀ [ Σ_tiles (Bᵀ d B) ⊙ (A dy Aᵀ) ] G.
//
// Vectors run over channels. A tile is computed by itself, so its company does not change it.

// The polynomials are interpolated at 0, ±α, ±β and ∞. Lavin & Gray take ±1 and ±2; points whose powers stay nearer to one
// halve the rounding error (Barabasz et al. 2020, "Error analysis and improving the accuracy of Winograd convolution for
// deep neural networks"). Both are exact in binary, and so are their powers here.
#define GROVE_ALPHA 0.75f
#define GROVE_BETA 1.5f
#define GROVE_ALPHA2 (GROVE_ALPHA * GROVE_ALPHA)
#define GROVE_BETA2 (GROVE_BETA * GROVE_BETA)
#define GROVE_ALPHA3 (GROVE_ALPHA * GROVE_ALPHA2)
#define GROVE_BETA3 (GROVE_BETA * GROVE_BETA2)
// What Lagrange's polynomials of 0, ±α and ±β are divided by.
#define GROVE_AT_ZERO (1.0f / (GROVE_ALPHA2 * GROVE_BETA2))
#define GROVE_AT_ALPHA (0.5f / (GROVE_ALPHA2 * (GROVE_ALPHA2 - GROVE_BETA2)))
#define GROVE_AT_BETA (0.5f / (GROVE_BETA2 * (GROVE_BETA2 - GROVE_ALPHA2)))

/// Bᵀ applied to six vectors that lie `stride` apart.
GROVE_INLINE void grove_input_line(grove_vector *to, const grove_vector *d, size_t stride) {
    grove_vector d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride], d5 = d[5 * stride];
    grove_vector even = d4 - GROVE_BETA2 * d2, odd = GROVE_ALPHA * (d3 - GROVE_BETA2 * d1);
    grove_vector low = d4 - GROVE_ALPHA2 * d2, high = GROVE_BETA * (d3 - GROVE_ALPHA2 * d1);
    to[0] = (GROVE_ALPHA2 * GROVE_BETA2) * d0 - (GROVE_ALPHA2 + GROVE_BETA2) * d2 + d4;
    to[1] = even + odd;
    to[2] = even - odd;
    to[3] = low + high;
    to[4] = low - high;
    to[5] = (GROVE_ALPHA2 * GROVE_BETA2) * d1 - (GROVE_ALPHA2 + GROVE_BETA2) * d3 + d5;
}

/// Aᵀ applied to six vectors that lie `stride` apart.
GROVE_INLINE void grove_output_line(grove_vector *to, const grove_vector *m, size_t stride) {
    grove_vector a = m[stride] + m[2 * stride], b = m[stride] - m[2 * stride];
    grove_vector c = m[3 * stride] + m[4 * stride], d = m[3 * stride] - m[4 * stride];
    to[0] = m[0] + a + c;
    to[1] = GROVE_ALPHA * b + GROVE_BETA * d;
    to[2] = GROVE_ALPHA2 * a + GROVE_BETA2 * c;
    to[3] = GROVE_ALPHA3 * b + GROVE_BETA3 * d + m[5 * stride];
}

/// A applied to four vectors that lie `stride` apart.
GROVE_INLINE void grove_gradient_line(grove_vector *to, const grove_vector *y, size_t stride) {
    grove_vector y0 = y[0], y1 = y[stride], y2 = y[2 * stride], y3 = y[3 * stride];
    grove_vector even = y0 + GROVE_ALPHA2 * y2, odd = GROVE_ALPHA * y1 + GROVE_ALPHA3 * y3;
    grove_vector wide_even = y0 + GROVE_BETA2 * y2, wide_odd = GROVE_BETA * y1 + GROVE_BETA3 * y3;
    to[0] = y0;
    to[1] = even + odd;
    to[2] = even - odd;
    to[3] = wide_even + wide_odd;
    to[4] = wide_even - wide_odd;
    to[5] = y3;
}

/// G applied to three vectors that lie `stride` apart.
GROVE_INLINE void grove_weight_line(grove_vector *to, const grove_vector *w, size_t stride) {
    grove_vector w0 = w[0], w1 = w[stride], w2 = w[2 * stride];
    grove_vector even = w0 + GROVE_ALPHA2 * w2, wide = w0 + GROVE_BETA2 * w2;
    to[0] = GROVE_AT_ZERO * w0;
    to[1] = GROVE_AT_ALPHA * (even + GROVE_ALPHA * w1);
    to[2] = GROVE_AT_ALPHA * (even - GROVE_ALPHA * w1);
    to[3] = GROVE_AT_BETA * (wide + GROVE_BETA * w1);
    to[4] = GROVE_AT_BETA * (wide - GROVE_BETA * w1);
    to[5] = w2;
}

/// Gᵀ applied to six vectors that lie `stride` apart.
GROVE_INLINE void grove_weight_gradient_line(grove_vector *to, const grove_vector *u, size_t stride) {
    grove_vector a = u[stride] + u[2 * stride], b = u[stride] - u[2 * stride];
    grove_vector c = u[3 * stride] + u[4 * stride], d = u[3 * stride] - u[4 * stride];
    to[0] = GROVE_AT_ZERO * u[0] + GROVE_AT_ALPHA * a + GROVE_AT_BETA * c;
    to[1] = (GROVE_AT_ALPHA * GROVE_ALPHA) * b + (GROVE_AT_BETA * GROVE_BETA) * d;
    to[2] = (GROVE_AT_ALPHA * GROVE_ALPHA2) * a + (GROVE_AT_BETA * GROVE_BETA2) * c + u[5 * stride];
}

GROVE_INLINE size_t grove_lanes_left(size_t n, size_t first) {
    return n - first < GROVE_LANES ? n - first : GROVE_LANES;
}

GROVE_CLONES void grove_winograd_weight(
    float *u, size_t u_plane, const float *w, size_t k, size_t n, ptrdiff_t tap_stride, ptrdiff_t k_stride,
    ptrdiff_t n_stride, size_t first_panel, size_t panels) {
    for (size_t panel = first_panel; panel < first_panel + panels; panel++) {
        size_t column = panel * GROVE_LANES, lanes = grove_lanes_left(n, column);
        for (size_t i = 0; i < k; i++) {
            grove_vector taps[9], half[18], line[6];
            for (ptrdiff_t tap = 0; tap < 9; tap++) {
                const float *from = w + tap * tap_stride + (ptrdiff_t)i * k_stride + (ptrdiff_t)column * n_stride;
                if (n_stride == 1) {
                    grove_load_lanes(&taps[tap], from, lanes);
                } else {
                    float gathered[GROVE_LANES] = {0};
                    for (size_t j = 0; j < lanes; j++) gathered[j] = from[(ptrdiff_t)j * n_stride];
                    grove_load(&taps[tap], gathered);
                }
            }
            for (size_t x = 0; x < 3; x++) {
                grove_weight_line(line, taps + x, 3);
                for (size_t y = 0; y < 6; y++) half[y * 3 + x] = line[y];
            }
            for (size_t y = 0; y < 6; y++) {
                grove_weight_line(line, half + y * 3, 1);
                for (size_t x = 0; x < 6; x++)
                    grove_store(u + (y * 6 + x) * u_plane + (panel * k + i) * GROVE_LANES, &line[x]);
            }
        }
    }
}

GROVE_CLONES void grove_winograd_weight_gradient(
    float *dw, ptrdiff_t tap_stride, ptrdiff_t k_stride, ptrdiff_t n_stride, const float *du, size_t u_plane, size_t n,
    size_t first, size_t count, int32_t accumulate) {
    for (size_t i = first; i < first + count; i++)
        for (size_t column = 0; column < n; column += GROVE_LANES) {
            size_t lanes = grove_lanes_left(n, column);
            grove_vector planes[36], half[18], line[3];
            for (size_t p = 0; p < 36; p++) grove_load_lanes(&planes[p], du + p * u_plane + i * n + column, lanes);
            for (size_t x = 0; x < 6; x++) {
                grove_weight_gradient_line(line, planes + x, 6);
                for (size_t y = 0; y < 3; y++) half[y * 6 + x] = line[y];
            }
            for (size_t y = 0; y < 3; y++) {
                grove_weight_gradient_line(line, half + y * 6, 1);
                for (size_t x = 0; x < 3; x++) {
                    float *to = dw + (ptrdiff_t)(y * 3 + x) * tap_stride + (ptrdiff_t)i * k_stride
                        + (ptrdiff_t)column * n_stride;
                    if (n_stride == 1) {
                        grove_vector sum = line[x], old;
                        if (accumulate) {
                            grove_load_lanes(&old, to, lanes);
                            sum += old;
                        }
                        grove_store_lanes(to, &sum, lanes);
                    } else {
                        for (size_t j = 0; j < lanes; j++) {
                            float *element = to + (ptrdiff_t)j * n_stride;
                            *element = accumulate ? *element + line[x][j] : line[x][j];
                        }
                    }
                }
            }
        }
}

/// Where a tile's upper left output pixel lies.
typedef struct {
    size_t image, y, x;
} grove_tile;

GROVE_INLINE grove_tile grove_tile_at(const grove_tiling *t, size_t index) {
    size_t wide = (t->out_width + 3) / 4, high = (t->out_height + 3) / 4;
    grove_tile tile = {index / (high * wide), index / wide % high * 4, index % wide * 4};
    return tile;
}

GROVE_INLINE void grove_next_tile(const grove_tiling *t, grove_tile *tile) {
    tile->x += 4;
    if (tile->x < t->out_width) return;
    tile->x = 0;
    tile->y += 4;
    if (tile->y < t->out_height) return;
    tile->y = 0;
    tile->image++;
}

/// Where each of a tile's 6x6 input pixels is; null outside the image.
GROVE_INLINE void grove_find_pixels(
    const float **pixels, const float *x, const grove_tiling *t, const grove_tile *tile, size_t c) {
    // Beyond the upper or left edge these wrap to more than any size.
    size_t top = tile->y - t->padding, left = tile->x - t->padding;
    const float *image = x + tile->image * t->height * t->width * c;
    for (size_t i = 0; i < 6; i++) {
        const float *row = image + (top + i) * t->width * c;
        int inside = top + i < t->height;
        for (size_t j = 0; j < 6; j++)
            pixels[i * 6 + j] = inside && left + j < t->width ? row + (left + j) * c : 0;
    }
}

/// Bᵀ d B of sixteen channels. The 6x6 input pixels are `row` and `c` apart from `corner` on; where that is null, they are
/// at `pixels`, and null outside the image.
GROVE_INLINE void grove_transform_tile(
    float *v, size_t v_plane, const float *corner, size_t row, size_t c, const float *const *pixels, size_t channel,
    size_t lanes) {
    static const float zeros[GROVE_LANES] = {0};
    grove_vector half[36], column[6], line[6];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 6; j++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 6; i++) {
            if (corner) {
                grove_load_lanes(&column[i], corner + i * row + j * c + channel, lanes);
            } else {
                const float *pixel = pixels[i * 6 + j];
                grove_load_lanes(&column[i], pixel ? pixel + channel : zeros, lanes);
            }
        }
        grove_input_line(line, column, 1);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 6; i++) half[i * 6 + j] = line[i];
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 6; i++) {
        grove_input_line(line, half + i * 6, 1);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 6; j++) grove_store_lanes(v + (i * 6 + j) * v_plane + channel, &line[j], lanes);
    }
}

GROVE_CLONES void grove_winograd_input(
    float *v, size_t v_plane, size_t v_stride, const float *x, size_t c, const grove_tiling *t, size_t first,
    size_t count) {
    grove_tile tile = grove_tile_at(t, first);
    for (size_t index = 0; index < count; index++, grove_next_tile(t, &tile)) {
        const float *pixels[36];
        size_t top = tile.y - t->padding, left = tile.x - t->padding, row = t->width * c, channel = 0;
        if (top < t->height && top + 6 <= t->height && left < t->width && left + 6 <= t->width && c % GROVE_LANES == 0) {
            const float *corner = x + (tile.image * t->height + top) * row + left * c;
            for (; channel < c; channel += GROVE_LANES)
                grove_transform_tile(v + index * v_stride, v_plane, corner, row, c, pixels, channel, GROVE_LANES);
            continue;
        }
        grove_find_pixels(pixels, x, t, &tile, c);
        for (; channel + GROVE_LANES <= c; channel += GROVE_LANES)
            grove_transform_tile(v + index * v_stride, v_plane, 0, row, c, pixels, channel, GROVE_LANES);
        if (channel < c) grove_transform_tile(v + index * v_stride, v_plane, 0, row, c, pixels, channel, c - channel);
    }
}

GROVE_CLONES void grove_winograd_output(
    float *y, const float *m, size_t m_plane, size_t m_stride, size_t c, const float *bias, const float *residual,
    const grove_tiling *t, size_t first, size_t count) {
    grove_tile tile = grove_tile_at(t, first);
    for (size_t index = 0; index < count; index++, grove_next_tile(t, &tile)) {
        size_t high = t->out_height - tile.y < 4 ? t->out_height - tile.y : 4;
        size_t wide = t->out_width - tile.x < 4 ? t->out_width - tile.x : 4;
        size_t corner = ((tile.image * t->out_height + tile.y) * t->out_width + tile.x) * c;
        for (size_t channel = 0; channel < c; channel += GROVE_LANES) {
            size_t lanes = grove_lanes_left(c, channel);
            grove_vector half[24], column[6], line[4], offset = (grove_vector)(0.0f);
            if (bias) grove_load_lanes(&offset, bias + channel, lanes);
#pragma clang loop unroll(full)
            for (size_t j = 0; j < 6; j++) {
#pragma clang loop unroll(full)
                for (size_t i = 0; i < 6; i++)
                    grove_load(&column[i], m + (i * 6 + j) * m_plane + index * m_stride + channel);
                grove_output_line(line, column, 1);
#pragma clang loop unroll(full)
                for (size_t i = 0; i < 4; i++) half[i * 6 + j] = line[i];
            }
            for (size_t i = 0; i < high; i++) {
                grove_output_line(line, half + i * 6, 1);
                for (size_t j = 0; j < wide; j++) {
                    size_t at = corner + (i * t->out_width + j) * c + channel;
                    grove_vector value = line[j] + offset, old;
                    if (residual) {
                        grove_load_lanes(&old, residual + at, lanes);
                        value += old;
                    }
                    grove_store_lanes(y + at, &value, lanes);
                }
            }
        }
    }
}

/// A dy Aᵀ of sixteen channels; of the 4x4 pixels, `row` and `c` apart, `high` x `wide` are inside the image.
GROVE_INLINE void grove_transform_gradient(
    float *z, size_t z_plane, const float *dy, size_t row, size_t c, size_t high, size_t wide, size_t lanes) {
    grove_vector half[24], column[4], line[6];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 4; i++) {
            column[i] = (grove_vector)(0.0f);
            if (i < high && j < wide) grove_load_lanes(&column[i], dy + i * row + j * c, lanes);
        }
        grove_gradient_line(line, column, 1);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 6; i++) half[i * 4 + j] = line[i];
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 6; i++) {
        grove_gradient_line(line, half + i * 4, 1);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 6; j++) grove_store(z + (i * 6 + j) * z_plane, &line[j]);
    }
}

// A panel after the other, so that 36 streams are written at a time and not 36 for each panel.
GROVE_CLONES void grove_winograd_output_gradient(
    float *z, size_t z_plane, size_t z_panel, const float *dy, size_t c, const grove_tiling *t, size_t first,
    size_t count) {
    size_t row = t->out_width * c;
    for (size_t channel = 0; channel < c; channel += GROVE_LANES, z += z_panel) {
        grove_tile tile = grove_tile_at(t, first);
        size_t lanes = grove_lanes_left(c, channel);
        for (size_t index = 0; index < count; index++, grove_next_tile(t, &tile)) {
            size_t high = t->out_height - tile.y, wide = t->out_width - tile.x;
            const float *corner = dy + (tile.image * t->out_height + tile.y) * row + tile.x * c + channel;
            float *to = z + index * GROVE_LANES;
            if (high >= 4 && wide >= 4 && lanes == GROVE_LANES) {
                grove_transform_gradient(to, z_plane, corner, row, c, 4, 4, GROVE_LANES);
            } else {
                grove_transform_gradient(to, z_plane, corner, row, c, high, wide, lanes);
            }
        }
    }
}
