#include <string.h>

#include "CKernels.h"
#include "clones.h"

GROVE_INLINE size_t grove_least(size_t a, size_t b) { return a < b ? a : b; }

/// y += s * x
GROVE_INLINE void grove_add_pixel(float *restrict y, const float *restrict x, float s, size_t c) {
    for (size_t i = 0; i < c; i++) y[i] += s * x[i];
}

GROVE_CLONES void grove_average_pool(float *y, const float *x, size_t h, size_t w, size_t c) {
    size_t oh = (h + 1) / 2, ow = (w + 1) / 2;
    memset(y, 0, oh * ow * c * sizeof(float));
    for (size_t oy = 0; oy < oh; oy++)
        for (size_t ox = 0; ox < ow; ox++)
            for (size_t iy = oy ? 2 * oy - 1 : 0; iy < grove_least(2 * oy + 2, h); iy++)
                for (size_t ix = ox ? 2 * ox - 1 : 0; ix < grove_least(2 * ox + 2, w); ix++)
                    grove_add_pixel(y + (oy * ow + ox) * c, x + (iy * w + ix) * c, 1.0f / 9, c);
}

GROVE_CLONES void grove_average_pool_backward(float *dx, const float *dy, size_t h, size_t w, size_t c) {
    size_t oh = (h + 1) / 2, ow = (w + 1) / 2;
    for (size_t oy = 0; oy < oh; oy++)
        for (size_t ox = 0; ox < ow; ox++)
            for (size_t iy = oy ? 2 * oy - 1 : 0; iy < grove_least(2 * oy + 2, h); iy++)
                for (size_t ix = ox ? 2 * ox - 1 : 0; ix < grove_least(2 * ox + 2, w); ix++)
                    grove_add_pixel(dx + (iy * w + ix) * c, dy + (oy * ow + ox) * c, 1.0f / 9, c);
}

/// The two source rows (or columns) of a doubled one: 3/4 of the nearest, 1/4 of the next, which the edge repeats.
GROVE_INLINE void grove_sources(size_t o, size_t n, size_t *near, size_t *far) {
    *near = o / 2;
    *far = o % 2 ? grove_least(*near + 1, n - 1) : (*near ? *near - 1 : 0);
}

GROVE_CLONES void grove_bilinear_upsample(float *y, const float *x, size_t h, size_t w, size_t c) {
    for (size_t oy = 0; oy < 2 * h; oy++) {
        size_t y0, y1;
        grove_sources(oy, h, &y0, &y1);
        for (size_t ox = 0; ox < 2 * w; ox++, y += c) {
            size_t x0, x1;
            grove_sources(ox, w, &x0, &x1);
            const float *a = x + (y0 * w + x0) * c, *b = x + (y0 * w + x1) * c;
            const float *d = x + (y1 * w + x0) * c, *e = x + (y1 * w + x1) * c;
            for (size_t i = 0; i < c; i++)
                y[i] = 0.75f * (0.75f * a[i] + 0.25f * b[i]) + 0.25f * (0.75f * d[i] + 0.25f * e[i]);
        }
    }
}

GROVE_CLONES void grove_bilinear_upsample_backward(float *dx, const float *dy, size_t h, size_t w, size_t c) {
    for (size_t oy = 0; oy < 2 * h; oy++) {
        size_t y0, y1;
        grove_sources(oy, h, &y0, &y1);
        for (size_t ox = 0; ox < 2 * w; ox++, dy += c) {
            size_t x0, x1;
            grove_sources(ox, w, &x0, &x1);
            grove_add_pixel(dx + (y0 * w + x0) * c, dy, 0.5625f, c);
            grove_add_pixel(dx + (y0 * w + x1) * c, dy, 0.1875f, c);
            grove_add_pixel(dx + (y1 * w + x0) * c, dy, 0.1875f, c);
            grove_add_pixel(dx + (y1 * w + x1) * c, dy, 0.0625f, c);
        }
    }
}

void grove_nearest_upsample(float *y, const float *x, size_t h, size_t w, size_t c) {
    for (size_t iy = 0; iy < h; iy++) {
        float *row = y + 2 * iy * 2 * w * c;
        for (size_t ix = 0; ix < w; ix++)
            for (size_t twice = 0; twice < 2; twice++)
                memcpy(row + (2 * ix + twice) * c, x + (iy * w + ix) * c, c * sizeof(float));
        memcpy(row + 2 * w * c, row, 2 * w * c * sizeof(float));
    }
}

GROVE_CLONES void grove_nearest_upsample_backward(float *restrict dx, const float *restrict dy, size_t h, size_t w, size_t c) {
    for (size_t iy = 0; iy < h; iy++)
        for (size_t ix = 0; ix < w; ix++) {
            const float *a = dy + (2 * iy * 2 * w + 2 * ix) * c, *b = a + 2 * w * c;
            float *to = dx + (iy * w + ix) * c;
            for (size_t i = 0; i < c; i++) to[i] += (a[i] + a[i + c]) + (b[i] + b[i + c]);
        }
}
