#include "CKernels.h"
#include "clones.h"
#include "columns.h"
#include "transcendental.h"

/// What belongs to a column, repeated where rows are folded.
typedef struct {
    const float *mean, *gain, *offset, *slope, *level;
} grove_map;

typedef struct {
    float mean[GROVE_MOST_COLUMNS], gain[GROVE_MOST_COLUMNS], offset[GROVE_MOST_COLUMNS];
} grove_wide_map;

GROVE_INLINE void grove_normalise_body(
    float *restrict y, const float *restrict x, const grove_map *map, size_t rows, size_t columns, int32_t silu) {
    const float *mean = map->mean, *gain = map->gain, *offset = map->offset;
    for (size_t r = 0; r < rows; r++, x += columns, y += columns) {
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
        grove_normalise_body(y, x, &repeated, folded, fold * columns, silu);
        done = folded * fold;
    }
    grove_normalise_body(y + done * columns, x + done * columns, &map, rows - done, columns, silu);
}

GROVE_CLONES void grove_normalise_silu_backward(
    float *restrict du, const float *restrict dy, const float *restrict x, const float *restrict mean,
    const float *restrict gain, const float *restrict offset, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns, dy += columns, du += columns)
        for (size_t c = 0; c < columns; c++) {
            float u = (x[c] - mean[c]) * gain[c] + offset[c];
            float s = grove_sigmoidf(u);
            du[c] = dy[c] * (s + u * s * (1 - s));
        }
}

GROVE_INLINE void grove_normalise_backward_body(
    float *restrict dx, const float *restrict du, const float *restrict x, const grove_map *map, size_t rows,
    size_t columns, int32_t accumulate) {
    const float *mean = map->mean, *gain = map->gain, *slope = map->slope, *level = map->level;
    for (size_t r = 0; r < rows; r++, x += columns, du += columns, dx += columns) {
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
        grove_normalise_backward_body(dx, du, x, &repeated, folded, fold * columns, accumulate);
        done = folded * fold;
    }
    size_t at = done * columns;
    grove_normalise_backward_body(dx + at, du + at, x + at, &map, rows - done, columns, accumulate);
}
