#include "CKernels.h"
#include "clones.h"
#include "columns.h"

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

/// Eight rows are added as floats, in pairs, before they are added in double: conversions cost more than sums.
GROVE_INLINE void grove_sums(double *restrict sums, const float *restrict x, size_t rows, size_t columns) {
    size_t r = 0;
    for (; r + 8 <= rows; r += 8, x += 8 * columns)
        for (size_t c = 0; c < columns; c++) {
            const float *v = x + c;
            float a = v[0] + v[columns], b = v[2 * columns] + v[3 * columns];
            float d = v[4 * columns] + v[5 * columns], e = v[6 * columns] + v[7 * columns];
            sums[c] += (double)((a + b) + (d + e));
        }
    for (; r < rows; r++, x += columns)
        for (size_t c = 0; c < columns; c++) sums[c] += (double)x[c];
}

GROVE_CLONES void grove_column_sums(double *sums, const float *x, size_t rows, size_t columns) {
    size_t fold = grove_fold(rows, columns), folded = rows / fold;
    if (fold > 1) {
        double wide[GROVE_MOST_COLUMNS] = {0};
        grove_sums(wide, x, folded, fold * columns);
        grove_add_repeated(sums, wide, columns, fold);
        grove_sums(sums, x + folded * fold * columns, rows - folded * fold, columns);
    } else {
        grove_sums(sums, x, rows, columns);
    }
}

GROVE_INLINE void grove_moments(
    double *restrict sums, double *restrict squares, const float *x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            double value = (double)x[r * columns + c];
            sums[c] += value;
            squares[c] += value * value;
        }
}

GROVE_CLONES void grove_column_moments(double *sums, double *squares, const float *x, size_t rows, size_t columns) {
    size_t fold = grove_fold(rows, columns), folded = rows / fold;
    if (fold > 1) {
        double wide[2][GROVE_MOST_COLUMNS] = {{0}};
        grove_moments(wide[0], wide[1], x, folded, fold * columns);
        grove_add_repeated(sums, wide[0], columns, fold);
        grove_add_repeated(squares, wide[1], columns, fold);
        grove_moments(sums, squares, x + folded * fold * columns, rows - folded * fold, columns);
    } else {
        grove_moments(sums, squares, x, rows, columns);
    }
}

/// Four rows are added as floats before they are added in double; the pivot keeps their squares small.
GROVE_CLONES void grove_column_moments_about(
    double *restrict sums, double *restrict squares, const float *restrict pivot, const float *restrict x, size_t rows,
    size_t columns) {
    size_t r = 0;
    for (; r + 4 <= rows; r += 4, x += 4 * columns)
        for (size_t c = 0; c < columns; c++) {
            const float *v = x + c;
            float p = pivot[c], a = v[0] - p, b = v[columns] - p, d = v[2 * columns] - p, e = v[3 * columns] - p;
            sums[c] += (double)((a + b) + (d + e));
            squares[c] += (double)((a * a + b * b) + (d * d + e * e));
        }
    for (; r < rows; r++, x += columns)
        for (size_t c = 0; c < columns; c++) {
            double value = (double)(x[c] - pivot[c]);
            sums[c] += value;
            squares[c] += value * value;
        }
}

GROVE_INLINE void grove_gradients(
    double *restrict sums, double *restrict products, const float *dy, const float *x, const float *mean, size_t rows,
    size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            double slope = (double)dy[r * columns + c];
            sums[c] += slope;
            products[c] += slope * (double)(x[r * columns + c] - mean[c]);
        }
}

GROVE_CLONES void grove_column_gradients(
    double *sums, double *products, const float *dy, const float *x, const float *mean, size_t rows, size_t columns) {
    size_t fold = grove_fold(rows, columns), folded = rows / fold, done = folded * fold;
    if (fold > 1) {
        double wide[2][GROVE_MOST_COLUMNS] = {{0}};
        float means[GROVE_MOST_COLUMNS];
        grove_repeat(means, mean, columns, fold);
        grove_gradients(wide[0], wide[1], dy, x, means, folded, fold * columns);
        grove_add_repeated(sums, wide[0], columns, fold);
        grove_add_repeated(products, wide[1], columns, fold);
        grove_gradients(sums, products, dy + done * columns, x + done * columns, mean, rows - done, columns);
    } else {
        grove_gradients(sums, products, dy, x, mean, rows, columns);
    }
}
