#include <string.h>

#include "CKernels.h"
#include "clones.h"

GROVE_CLONES void grove_axpy(float *restrict y, const float *restrict x, float s, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += s * x[i];
}

GROVE_CLONES void grove_add_scaled(float *y, const float *a, const float *b, float s, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a[i] + s * b[i];
}

GROVE_CLONES void grove_scale_shift(float *y, const float *x, float s, float t, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = s * x[i] + t;
}

GROVE_CLONES void grove_multiply(float *y, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

GROVE_CLONES void grove_multiply_add(float *y, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += a[i] * b[i];
}

GROVE_CLONES void grove_add_constant(float *y, float s, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += s;
}

GROVE_CLONES void grove_add_row(float *y, const float *x, const float *v, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[r * columns + c] = x[r * columns + c] + v[c];
}

GROVE_CLONES void grove_add_difference(float *restrict y, const float *a, const float *b, float s, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += s * (a[i] - b[i]);
}

void grove_copy_columns(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) memcpy(y + r * y_stride, x + r * x_stride, columns * sizeof(float));
}

GROVE_CLONES void grove_add_columns(
    float *restrict y, size_t y_stride, const float *restrict x, size_t x_stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) y[r * y_stride + c] += x[r * x_stride + c];
}
