#include "CKernels.h"
#include "clones.h"
#include "processor.h"
#include "vectors.h"

// Matrix products whose left side is gathered from where it lies: patches of an image need no copy of their own.
//
// A block of up to ROWS rows by `panels` panels of 16 columns stays in registers while k runs. Every element of the
// result is one chain of multiply-adds over k, begun with the bias or zero, whatever block it falls into: a row's bits
// do not depend on the rows beside it, nor on how many there are. An old value is added at the end, so that a sum over
// many calls rounds like a sum of sums.

enum {
    /// Rows of a register block: 6 x 2 AVX-512 or 6 x 1 x 2 AVX2 accumulators leave room for the operands.
    ROWS = 6,
    /// Rows that a panel is used for before the next panel, so that it comes from the nearest cache.
    ROW_GROUP = 48,
};

void grove_pack_panels(
    float *panels, size_t panel_stride, const float *b, size_t k, size_t n, ptrdiff_t k_stride, ptrdiff_t n_stride) {
    for (size_t first = 0; first < n; first += GROVE_LANES, panels += panel_stride) {
        size_t width = n - first < GROVE_LANES ? n - first : GROVE_LANES;
        for (size_t i = 0; i < k; i++) {
            const float *from = b + (ptrdiff_t)i * k_stride + (ptrdiff_t)first * n_stride;
            float *to = panels + i * GROVE_LANES;
            if (n_stride == 1 && width == GROVE_LANES) {
                memcpy(to, from, GROVE_LANES * sizeof(float));
            } else {
                for (size_t j = 0; j < width; j++) to[j] = from[(ptrdiff_t)j * n_stride];
                for (size_t j = width; j < GROVE_LANES; j++) to[j] = 0;
            }
        }
    }
}

/// One register block: `rows` (at most ROWS) rows, `panels` (1 or 2) panels, of which the last has `width` columns.
/// `unit` says that neighbours in k are neighbours in memory. All four are constants where this is inlined. What lies
/// `ahead` floats behind the panels is asked for on the way, unless that is zero.
GROVE_INLINE void grove_block(
    int rows, int panels, int unit, float *c, ptrdiff_t c_stride, size_t width, const float *const *a,
    const grove_left *left, const float *b, size_t panel_size, const float *bias, int accumulate, size_t ahead) {
    grove_vector sums[ROWS][2];
    const float *row[ROWS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        row[r] = a[r];
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) {
            sums[r][p] = (grove_vector)(0.0f);
            if (bias) grove_load_lanes(&sums[r][p], bias + p * GROVE_LANES, p == panels - 1 ? width : GROVE_LANES);
        }
    }
    for (size_t block = 0; block < left->blocks; block++) {
        for (size_t segment = 0; segment < left->segments; segment++) {
            ptrdiff_t at = (ptrdiff_t)block * left->block_stride + (ptrdiff_t)segment * left->segment_stride;
            ptrdiff_t step = unit ? 1 : left->step;
            for (size_t k = 0; k < left->length; k++, at += step, b += GROVE_LANES) {
                grove_vector right[2];
#pragma clang loop unroll(full)
                for (int p = 0; p < panels; p++) {
                    grove_load(&right[p], b + (size_t)p * panel_size);
                    if (ahead) __builtin_prefetch(b + (size_t)p * panel_size + ahead);
                }
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) {
                    grove_vector value = (grove_vector)(row[r][at]);
#pragma clang loop unroll(full)
                    for (int p = 0; p < panels; p++) sums[r][p] += value * right[p];
                }
            }
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) {
            float *to = c + r * c_stride + p * GROVE_LANES;
            size_t lanes = p == panels - 1 ? width : GROVE_LANES;
            if (accumulate) {
                grove_vector old;
                grove_load_lanes(&old, to, lanes);
                sums[r][p] += old;
            }
            grove_store_lanes(to, &sums[r][p], lanes);
        }
    }
}

/// Up to ROWS rows and up to two panels: picks the block that is compiled for these numbers.
#define BLOCK(r, p) \
    grove_block(r, p, unit, c, c_stride, width, a, left, b, panel_size, bias, accumulate, ahead)
#define BLOCKS(p) \
    switch (rows) { \
    case 6: BLOCK(6, p); break; \
    case 5: BLOCK(5, p); break; \
    case 4: BLOCK(4, p); break; \
    case 3: BLOCK(3, p); break; \
    case 2: BLOCK(2, p); break; \
    default: BLOCK(1, p); break; \
    }

GROVE_INLINE void grove_rows_by_panels(
    int most_panels, int unit, size_t rows, size_t panels, float *c, ptrdiff_t c_stride, size_t width,
    const float *const *a, const grove_left *left, const float *b, size_t panel_size, const float *bias,
    int accumulate, size_t ahead) {
    if (most_panels == 2 && panels == 2) {
        BLOCKS(2)
    } else {
        BLOCKS(1)
    }
}

GROVE_INLINE void grove_product_body(
    size_t most_panels, int unit, float *c, ptrdiff_t c_stride, size_t m, size_t n, const grove_left *left,
    const float *b, const float *bias, int accumulate) {
    size_t panel_size = left->blocks * left->segments * left->length * GROVE_LANES;
    for (size_t group = 0; group < m; group += ROW_GROUP) {
        size_t last = group + ROW_GROUP < m ? group + ROW_GROUP : m;
        for (size_t column = 0; column < n; column += most_panels * GROVE_LANES) {
            size_t columns = n - column < most_panels * GROVE_LANES ? n - column : most_panels * GROVE_LANES;
            size_t panels = (columns + GROVE_LANES - 1) / GROVE_LANES;
            size_t width = columns - (panels - 1) * GROVE_LANES;
            const float *panel = b + column / GROVE_LANES * panel_size;
            for (size_t row = group; row < last; row += ROWS) {
                // The first rows of a group fetch the panels that come next; few rows would have to wait for them.
                size_t ahead = row == group ? most_panels * panel_size : 0;
                size_t rows = last - row < ROWS ? last - row : ROWS;
                const float *a[ROWS];
                for (size_t r = 0; r < rows; r++)
                    a[r] = left->base
                        + (left->rows ? (ptrdiff_t)left->rows[row + r] : (ptrdiff_t)(row + r) * left->row_stride);
                grove_rows_by_panels(
                    (int)most_panels, unit, rows, panels, c + (ptrdiff_t)row * c_stride + column, c_stride, width, a,
                    left, panel, panel_size, bias ? bias + column : bias, accumulate, ahead);
            }
        }
    }
}

#define DRIVER(name, attributes, panels) \
    attributes static void name( \
        float *c, ptrdiff_t c_stride, size_t m, size_t n, const grove_left *left, const float *b, const float *bias, \
        int accumulate) { \
        if (left->step == 1) { \
            grove_product_body(panels, 1, c, c_stride, m, n, left, b, bias, accumulate); \
        } else { \
            grove_product_body(panels, 0, c, c_stride, m, n, left, b, bias, accumulate); \
        } \
    }

#if defined(__x86_64__)
// Not GROVE_CLONES: the widest registers hold two panels, the others one, and 512-bit vectors must be asked for.
DRIVER(grove_product_avx512, __attribute__((target("arch=x86-64-v4"), min_vector_width(512))), 2)
DRIVER(grove_product_avx2, __attribute__((target("arch=x86-64-v3"))), 1)
#endif
DRIVER(grove_product_baseline, , 1)

void grove_product(
    float *c, ptrdiff_t c_stride, size_t m, size_t n, const grove_left *left, const float *b, const float *bias,
    int32_t accumulate) {
#if defined(__x86_64__)
    switch (grove_level()) {
    case GROVE_AVX512: grove_product_avx512(c, c_stride, m, n, left, b, bias, accumulate); return;
    case GROVE_AVX2: grove_product_avx2(c, c_stride, m, n, left, b, bias, accumulate); return;
    default: break;
    }
#endif
    grove_product_baseline(c, c_stride, m, n, left, b, bias, accumulate);
}
