// Matrices with few columns, seen as shorter matrices with many: [rows, c] is also [rows / n, n * c], whose columns are
// enough for whole vectors. What belongs to a column is repeated n times.
#ifndef GROVE_COLUMNS_H
#define GROVE_COLUMNS_H
#include <stddef.h>

#include "clones.h"

enum {
    /// Matrices with fewer columns are folded.
    GROVE_FEW_COLUMNS = 32,
    /// Columns after folding, at most.
    GROVE_MOST_COLUMNS = 16 * GROVE_FEW_COLUMNS,
};

/// How many rows become one: so many that vectors of sixteen come out even; 1 where folding does not pay.
GROVE_INLINE size_t grove_fold(size_t rows, size_t columns) {
    if (columns == 0 || columns >= GROVE_FEW_COLUMNS) return 1;
    size_t fold = 16, even = columns;
    while (even % 2 == 0 && fold > 1) {
        even /= 2;
        fold /= 2;
    }
    while (fold * columns < 64) fold *= 2;
    return rows >= 4 * fold ? fold : 1;
}

GROVE_INLINE void grove_repeat(float *to, const float *from, size_t columns, size_t times) {
    for (size_t i = 0; i < times; i++)
        for (size_t c = 0; c < columns; c++) to[i * columns + c] = from[c];
}

/// sums[c] += the `times` sums of column c that follow each other in `wide`, in order.
GROVE_INLINE void grove_add_repeated(double *sums, const double *wide, size_t columns, size_t times) {
    for (size_t i = 0; i < times; i++)
        for (size_t c = 0; c < columns; c++) sums[c] += wide[i * columns + c];
}

#endif
