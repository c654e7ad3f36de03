#include "CKernels.h"
#include "clones.h"
#include "transcendental.h"

GROVE_CLONES void grove_normalise(
    float *restrict y, const float *restrict x, const float *restrict mean, const float *restrict gain,
    const float *restrict offset, size_t rows, size_t columns, int32_t silu) {
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

GROVE_CLONES void grove_normalise_backward(
    float *restrict dx, const float *restrict du, const float *restrict x, const float *restrict mean,
    const float *restrict gain, const float *restrict slope, const float *restrict level, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns, du += columns, dx += columns)
        for (size_t c = 0; c < columns; c++)
            dx[c] += du[c] * gain[c] - (x[c] - mean[c]) * slope[c] - level[c];
}
