#include <string.h>

#include "CKernels.h"
#include "clones.h"

/// The kernel columns [first, last) whose pixel lies inside a row of `w` pixels that starts at `x0`.
GROVE_INLINE void grove_inside(ptrdiff_t x0, ptrdiff_t w, ptrdiff_t k, ptrdiff_t *first, ptrdiff_t *last) {
    *first = x0 < 0 ? (-x0 < k ? -x0 : k) : 0;
    *last = w - x0 < k ? (w - x0 > *first ? w - x0 : *first) : k;
}

void grove_im2col(
    float *columns, const float *image, size_t h, size_t w, size_t c, size_t k, size_t stride, size_t padding, size_t oh,
    size_t ow) {
    for (size_t oy = 0; oy < oh; oy++)
        for (size_t ox = 0; ox < ow; ox++) {
            ptrdiff_t x0 = (ptrdiff_t)(ox * stride) - (ptrdiff_t)padding, first, last;
            grove_inside(x0, (ptrdiff_t)w, (ptrdiff_t)k, &first, &last);
            for (size_t ky = 0; ky < k; ky++, columns += k * c) {
                ptrdiff_t y = (ptrdiff_t)(oy * stride + ky) - (ptrdiff_t)padding;
                if (y < 0 || y >= (ptrdiff_t)h || first >= last) {
                    memset(columns, 0, k * c * sizeof(float));
                    continue;
                }
                size_t before = (size_t)first * c, inside = (size_t)(last - first) * c, after = k * c - before - inside;
                memset(columns, 0, before * sizeof(float));
                memcpy(columns + before, image + ((size_t)y * w + (size_t)(x0 + first)) * c, inside * sizeof(float));
                memset(columns + before + inside, 0, after * sizeof(float));
            }
        }
}

GROVE_CLONES void grove_col2im(
    float *restrict image, const float *restrict columns, size_t h, size_t w, size_t c, size_t k, size_t stride,
    size_t padding, size_t oh, size_t ow) {
    for (size_t oy = 0; oy < oh; oy++)
        for (size_t ox = 0; ox < ow; ox++) {
            ptrdiff_t x0 = (ptrdiff_t)(ox * stride) - (ptrdiff_t)padding, first, last;
            grove_inside(x0, (ptrdiff_t)w, (ptrdiff_t)k, &first, &last);
            for (size_t ky = 0; ky < k; ky++, columns += k * c) {
                ptrdiff_t y = (ptrdiff_t)(oy * stride + ky) - (ptrdiff_t)padding;
                if (y < 0 || y >= (ptrdiff_t)h || first >= last) continue;
                size_t inside = (size_t)(last - first) * c;
                const float *from = columns + (size_t)first * c;
                float *to = image + ((size_t)y * w + (size_t)(x0 + first)) * c;
                for (size_t i = 0; i < inside; i++) to[i] += from[i];
            }
        }
}
