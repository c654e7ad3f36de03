#include "CKernels.h"
#include "clones.h"
#include "transcendental.h"

GROVE_CLONES void grove_activation(int32_t kind, float slope, float *y, const float *x, size_t n) {
    switch (kind) {
    case GROVE_SWISH:
        for (size_t i = 0; i < n; i++) y[i] = x[i] * grove_sigmoidf(x[i]);
        break;
    case GROVE_LEAKY_RELU:
        for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
        break;
    case GROVE_RELU:
        for (size_t i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
        break;
    case GROVE_SIGMOID:
        for (size_t i = 0; i < n; i++) y[i] = grove_sigmoidf(x[i]);
        break;
    case GROVE_SOFTPLUS:
        for (size_t i = 0; i < n; i++) y[i] = grove_softplusf(x[i]);
        break;
    default:
        for (size_t i = 0; i < n; i++) y[i] = x[i];
        break;
    }
}

GROVE_INLINE void grove_put(float *to, float value, int32_t accumulate) { *to = accumulate ? *to + value : value; }

GROVE_INLINE void grove_activation_backward_body(
    int32_t kind, float slope, float *restrict dx, const float *dy, const float *x, const float *y, size_t n,
    int32_t accumulate) {
    switch (kind) {
    case GROVE_SWISH:
        for (size_t i = 0; i < n; i++) {
            float s = grove_sigmoidf(x[i]);
            grove_put(dx + i, dy[i] * (s + y[i] * (1 - s)), accumulate);
        }
        break;
    case GROVE_LEAKY_RELU:
        for (size_t i = 0; i < n; i++) grove_put(dx + i, x[i] > 0 ? dy[i] : slope * dy[i], accumulate);
        break;
    case GROVE_RELU:
        for (size_t i = 0; i < n; i++) grove_put(dx + i, x[i] > 0 ? dy[i] : 0, accumulate);
        break;
    case GROVE_SIGMOID:
        for (size_t i = 0; i < n; i++) grove_put(dx + i, dy[i] * (y[i] * (1 - y[i])), accumulate);
        break;
    case GROVE_SOFTPLUS:
        for (size_t i = 0; i < n; i++) grove_put(dx + i, dy[i] * grove_sigmoidf(x[i]), accumulate);
        break;
    default:
        for (size_t i = 0; i < n; i++) grove_put(dx + i, dy[i], accumulate);
        break;
    }
}

GROVE_CLONES void grove_activation_backward(
    int32_t kind, float slope, float *dx, const float *dy, const float *x, const float *y, size_t n,
    int32_t accumulate) {
    if (accumulate) {
        grove_activation_backward_body(kind, slope, dx, dy, x, y, n, 1);
    } else {
        grove_activation_backward_body(kind, slope, dx, dy, x, y, n, 0);
    }
}

GROVE_CLONES void grove_exp(float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = grove_expf(x[i]);
}

/// Sixteen running sums, added in pairs at the end: one order whatever the vector width.
GROVE_INLINE float grove_lane_total(const float *lanes) {
    float s[8];
    for (int i = 0; i < 8; i++) s[i] = lanes[i] + lanes[i + 8];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

GROVE_CLONES void grove_softmax_rows(float *x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns) {
        float largest = x[0];
        for (size_t c = 1; c < columns; c++) largest = x[c] > largest ? x[c] : largest;
        for (size_t c = 0; c < columns; c++) x[c] = grove_expf(x[c] - largest);
        float lanes[16] = {0};
        size_t whole = columns / 16 * 16;
        for (size_t c = 0; c < whole; c += 16)
            for (size_t l = 0; l < 16; l++) lanes[l] += x[c + l];
        for (size_t c = whole; c < columns; c++) lanes[c - whole] += x[c];
        float scale = 1.0f / grove_lane_total(lanes);
        for (size_t c = 0; c < columns; c++) x[c] *= scale;
    }
}

GROVE_CLONES void grove_softmax_rows_backward(
    float *ds, const float *dp, const float *p, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, ds += columns, dp += columns, p += columns) {
        float lanes[16] = {0};
        size_t whole = columns / 16 * 16;
        for (size_t c = 0; c < whole; c += 16)
            for (size_t l = 0; l < 16; l++) lanes[l] += dp[c + l] * p[c + l];
        for (size_t c = whole; c < columns; c++) lanes[c - whole] += dp[c] * p[c];
        float total = grove_lane_total(lanes);
        for (size_t c = 0; c < columns; c++) ds[c] = p[c] * (dp[c] - total);
    }
}
