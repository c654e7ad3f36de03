#include "CKernels.h"
#include "clones.h"
#include "columns.h"
#include "transcendental.h"

enum {
    /// Rows whose sums are taken in floats before they are added in double.
    SUMMED_ROWS = 16,
    /// Columns that such sums are kept for at a time.
    SUMMED_COLUMNS = 256,
};

/// What belongs to a column, repeated where rows are folded.
typedef struct {
    const float *mean, *gain, *offset, *slope, *level;
} grove_map;

typedef struct {
    float mean[GROVE_MOST_COLUMNS], gain[GROVE_MOST_COLUMNS], offset[GROVE_MOST_COLUMNS];
} grove_wide_map;

GROVE_INLINE void grove_normalise_body(
    float *restrict y, size_t y_stride, const float *restrict x, size_t x_stride, const grove_map *map, size_t rows,
    size_t columns, int32_t silu) {
    const float *mean = map->mean, *gain = map->gain, *offset = map->offset;
    for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
        if (silu) {
            for (size_t c = 0; c < columns; c++) {
                float u = (x[c] - mean[c]) * gain[c] + offset[c];
                y[c] = u * grove_sigmoidf(u);
            }
        } else {
            for (size_t c = 0; c < columns; c++) y[c] = (x[c] - mean[c]) * gain[c] + offset[c];
        }
    }
}

GROVE_CLONES void grove_normalise(
    float *y, const float *x, const float *mean, const float *gain, const float *offset, size_t rows, size_t columns,
    int32_t silu) {
    grove_map map = {.mean = mean, .gain = gain, .offset = offset};
    size_t fold = grove_fold(rows, columns), folded = rows / fold, done = 0;
    if (fold > 1) {
        grove_wide_map wide;
        grove_repeat(wide.mean, mean, columns, fold);
        grove_repeat(wide.gain, gain, columns, fold);
        grove_repeat(wide.offset, offset, columns, fold);
        grove_map repeated = {.mean = wide.mean, .gain = wide.gain, .offset = wide.offset};
        grove_normalise_body(y, fold * columns, x, fold * columns, &repeated, folded, fold * columns, silu);
        done = folded * fold;
    }
    grove_normalise_body(
        y + done * columns, columns, x + done * columns, columns, &map, rows - done, columns, silu);
}

GROVE_CLONES void grove_normalise_columns(
    float *y, size_t y_stride, const float *x, size_t x_stride, const float *mean, const float *gain,
    const float *offset, size_t rows, size_t columns, int32_t silu) {
    grove_map map = {.mean = mean, .gain = gain, .offset = offset};
    grove_normalise_body(y, y_stride, x, x_stride, &map, rows, columns, silu);
}

/// At most SUMMED_COLUMNS columns. Values are read before they are written, so du may be dy.
GROVE_INLINE void grove_normalise_gradients_body(
    double *sums, double *products, float *du, const float *dy, size_t du_stride, const float *x, size_t x_stride,
    const grove_map *map, size_t rows, size_t columns, int32_t silu) {
    const float *mean = map->mean, *gain = map->gain, *offset = map->offset;
    for (size_t first = 0; first < rows; first += SUMMED_ROWS) {
        float some[SUMMED_COLUMNS] = {0}, others[SUMMED_COLUMNS] = {0};
        size_t last = first + SUMMED_ROWS < rows ? first + SUMMED_ROWS : rows;
        for (size_t r = first; r < last; r++) {
            const float *slope = dy + r * du_stride, *value = x + r * x_stride;
            float *to = du + r * du_stride;
            if (silu) {
#pragma clang loop vectorize(assume_safety)
                for (size_t c = 0; c < columns; c++) {
                    float centred = value[c] - mean[c], u = centred * gain[c] + offset[c], s = grove_sigmoidf(u);
                    float d = slope[c] * (s + u * s * (1 - s));
                    to[c] = d;
                    some[c] += d;
                    others[c] += d * centred;
                }
            } else {
#pragma clang loop vectorize(assume_safety)
                for (size_t c = 0; c < columns; c++) {
                    some[c] += slope[c];
                    others[c] += slope[c] * (value[c] - mean[c]);
                }
            }
        }
        for (size_t c = 0; c < columns; c++) {
            sums[c] += (double)some[c];
            products[c] += (double)others[c];
        }
    }
}

GROVE_CLONES void grove_normalise_gradients(
    double *sums, double *products, float *du, const float *dy, size_t du_stride, const float *x, size_t x_stride,
    const float *mean, const float *gain, const float *offset, size_t rows, size_t columns, int32_t silu) {
    for (size_t c = 0; c < columns; c += SUMMED_COLUMNS) {
        size_t count = columns - c < SUMMED_COLUMNS ? columns - c : SUMMED_COLUMNS;
        grove_map map = {.mean = mean + c, .gain = gain + c, .offset = offset + c};
        grove_normalise_gradients_body(
            sums + c, products + c, silu ? du + c : du, dy + c, du_stride, x + c, x_stride, &map, rows, count, silu);
    }
}

GROVE_INLINE void grove_normalise_silu_backward_body(
    float *restrict dy, const float *restrict x, const grove_map *map, size_t rows, size_t columns) {
    const float *mean = map->mean, *gain = map->gain, *offset = map->offset;
    for (size_t r = 0; r < rows; r++, x += columns, dy += columns)
        for (size_t c = 0; c < columns; c++) {
            float u = (x[c] - mean[c]) * gain[c] + offset[c];
            float s = grove_sigmoidf(u);
            dy[c] *= s + u * s * (1 - s);
        }
}

GROVE_CLONES void grove_normalise_silu_backward(
    float *dy, const float *x, const float *mean, const float *gain, const float *offset, size_t rows,
    size_t columns) {
    grove_map map = {.mean = mean, .gain = gain, .offset = offset};
    size_t fold = grove_fold(rows, columns), folded = rows / fold, done = 0;
    if (fold > 1) {
        grove_wide_map wide;
        grove_repeat(wide.mean, mean, columns, fold);
        grove_repeat(wide.gain, gain, columns, fold);
        grove_repeat(wide.offset, offset, columns, fold);
        grove_map repeated = {.mean = wide.mean, .gain = wide.gain, .offset = wide.offset};
        grove_normalise_silu_backward_body(dy, x, &repeated, folded, fold * columns);
        done = folded * fold;
    }
    grove_normalise_silu_backward_body(dy + done * columns, x + done * columns, &map, rows - done, columns);
}

GROVE_INLINE void grove_normalise_backward_body(
    float *restrict dx, const float *restrict du, size_t du_stride, const float *restrict x, const grove_map *map,
    size_t rows, size_t columns, int32_t accumulate) {
    const float *mean = map->mean, *gain = map->gain, *slope = map->slope, *level = map->level;
    for (size_t r = 0; r < rows; r++, x += columns, du += du_stride, dx += columns) {
        if (accumulate) {
            for (size_t c = 0; c < columns; c++)
                dx[c] += du[c] * gain[c] - (x[c] - mean[c]) * slope[c] - level[c];
        } else {
            for (size_t c = 0; c < columns; c++)
                dx[c] = du[c] * gain[c] - (x[c] - mean[c]) * slope[c] - level[c];
        }
    }
}

GROVE_CLONES void grove_normalise_backward(
    float *dx, const float *du, const float *x, const float *mean, const float *gain, const float *slope,
    const float *level, size_t rows, size_t columns, int32_t accumulate) {
    grove_map map = {.mean = mean, .gain = gain, .slope = slope, .level = level};
    size_t fold = grove_fold(rows, columns), folded = rows / fold, done = 0;
    if (fold > 1) {
        grove_wide_map wide;
        float levels[GROVE_MOST_COLUMNS];
        grove_repeat(wide.mean, mean, columns, fold);
        grove_repeat(wide.gain, gain, columns, fold);
        grove_repeat(wide.offset, slope, columns, fold);
        grove_repeat(levels, level, columns, fold);
        grove_map repeated = {.mean = wide.mean, .gain = wide.gain, .slope = wide.offset, .level = levels};
        grove_normalise_backward_body(dx, du, fold * columns, x, &repeated, folded, fold * columns, accumulate);
        done = folded * fold;
    }
    size_t at = done * columns;
    grove_normalise_backward_body(dx + at, du + at, columns, x + at, &map, rows - done, columns, accumulate);
}

GROVE_CLONES void grove_normalise_columns_backward(
    float *dx, const float *du, size_t du_stride, const float *x, const float *mean, const float *gain,
    const float *slope, const float *level, size_t rows, size_t columns, int32_t accumulate) {
    grove_map map = {.mean = mean, .gain = gain, .slope = slope, .level = level};
    grove_normalise_backward_body(dx, du, du_stride, x, &map, rows, columns, accumulate);
}
