#include "CKernels.h"
#include "clones.h"
#include "vectors.h"

/// The kernel columns [first, last) whose pixel lies inside a row of `w` pixels, for a kernel that begins at x0.
GROVE_INLINE void grove_inside(ptrdiff_t x0, ptrdiff_t w, ptrdiff_t k, ptrdiff_t *first, ptrdiff_t *last) {
    *first = x0 < 0 ? (-x0 < k ? -x0 : k) : 0;
    *last = w - x0 < k ? w - x0 : k;
}

typedef float grove_four __attribute__((ext_vector_type(4), aligned(4)));

/// to += from. Runs are a few pixels of a few channels, for which a loop's preparations would cost more than the loop.
GROVE_INLINE void grove_add_run(float *to, const float *from, size_t n) {
    size_t i = 0;
    for (; i + GROVE_LANES <= n; i += GROVE_LANES)
        *(grove_stored_vector *)(to + i) += *(const grove_stored_vector *)(from + i);
    for (; i + 4 <= n; i += 4) *(grove_four *)(to + i) += *(const grove_four *)(from + i);
#pragma clang loop vectorize(disable) unroll(disable)
    for (; i < n; i++) to[i] += from[i];
}

GROVE_CLONES void grove_add_patches(
    float *image, const float *patches, size_t h, size_t w, size_t c, size_t k, size_t stride,
    size_t padding, size_t first_row, size_t count, size_t ow) {
    for (size_t oy = first_row; oy < first_row + count; oy++)
        for (size_t ox = 0; ox < ow; ox++) {
            ptrdiff_t x0 = (ptrdiff_t)(ox * stride) - (ptrdiff_t)padding, first, last;
            grove_inside(x0, (ptrdiff_t)w, (ptrdiff_t)k, &first, &last);
            for (size_t ky = 0; ky < k; ky++, patches += k * c) {
                ptrdiff_t y = (ptrdiff_t)(oy * stride + ky) - (ptrdiff_t)padding;
                if (y < 0 || y >= (ptrdiff_t)h || first >= last) continue;
                size_t inside = (size_t)(last - first) * c;
                const float *from = patches + (size_t)first * c;
                float *to = image + ((size_t)y * w + (size_t)(x0 + first)) * c;
                grove_add_run(to, from, inside);
            }
        }
}
