#include "CKernels.h"
#include "clones.h"

// Double sums in sixteen explicit lanes: the compiler may not reorder a float sum by itself, and may keep these in
// registers; their order is the same on every CPU.
#define LANES 16

GROVE_INLINE double grove_total(const double *lanes) {
    double s[LANES];
    for (int i = 0; i < LANES; i++) s[i] = lanes[i];
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) s[i] += s[i + half];
    return s[0];
}

GROVE_CLONES double grove_sum(const float *x, size_t n) {
    double lanes[LANES] = {0};
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t l = 0; l < LANES; l++) lanes[l] += (double)x[i + l];
    for (size_t i = whole; i < n; i++) lanes[i - whole] += (double)x[i];
    return grove_total(lanes);
}

GROVE_CLONES double grove_dot(const float *a, const float *b, size_t n) {
    double lanes[LANES] = {0};
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t l = 0; l < LANES; l++) lanes[l] += (double)a[i + l] * (double)b[i + l];
    for (size_t i = whole; i < n; i++) lanes[i - whole] += (double)a[i] * (double)b[i];
    return grove_total(lanes);
}

GROVE_CLONES double grove_square_distance(const float *a, const float *b, size_t n) {
    double lanes[LANES] = {0};
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            double d = (double)a[i + l] - (double)b[i + l];
            lanes[l] += d * d;
        }
    for (size_t i = whole; i < n; i++) {
        double d = (double)a[i] - (double)b[i];
        lanes[i - whole] += d * d;
    }
    return grove_total(lanes);
}

GROVE_CLONES void grove_column_sums(double *restrict sums, const float *x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) sums[c] += (double)x[r * columns + c];
}

GROVE_CLONES void grove_column_moments(
    double *restrict sums, double *restrict squares, const float *x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            double value = (double)x[r * columns + c];
            sums[c] += value;
            squares[c] += value * value;
        }
}

GROVE_CLONES void grove_column_gradients(
    double *restrict sums, double *restrict products, const float *dy, const float *x, const float *mean, size_t rows,
    size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            double slope = (double)dy[r * columns + c];
            sums[c] += slope;
            products[c] += slope * (double)(x[r * columns + c] - mean[c]);
        }
}
