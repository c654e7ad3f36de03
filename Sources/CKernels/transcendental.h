// exp and what follows from it, as straight-line arithmetic: a loop's vector body and its scalar tail then compute
// the same bits, so a value never depends on where in a buffer it stands.
#ifndef GROVE_TRANSCENDENTAL_H
#define GROVE_TRANSCENDENTAL_H
#include <stdint.h>
#include <string.h>

#include "clones.h"

/// exp(x) = 2^n * exp(r), n = round(x / ln 2), |r| <= ln 2 / 2, by a polynomial of degree 6 (Cody & Waite's
/// reduction).
GROVE_INLINE float grove_expf(float x) {
    float z = x > 88.7f ? 88.7f : x;
    z = z < -87.3f ? -87.3f : z;
    const float shift = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    float n = z * 1.44269504f + shift;
    uint32_t bits;
    memcpy(&bits, &n, sizeof bits);
    n -= shift;
    float r = z - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    float p = 1.38145406e-3f;
    p = p * r + 8.36874545e-3f;
    p = p * r + 4.16683890e-2f;
    p = p * r + 1.66665211e-1f;
    p = p * r + 4.99999940e-1f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    // 2^n in two factors, so that n = 128 does not overflow on the way.
    uint32_t whole = bits - 0x4B400000u;
    uint32_t half = (uint32_t)((int32_t)whole >> 1);
    uint32_t first = (half + 127) << 23, second = (whole - half + 127) << 23;
    float a, b;
    memcpy(&a, &first, sizeof a);
    memcpy(&b, &second, sizeof b);
    float y = p * a * b;
    return x < -87.3f ? 0.0f : y;
}

GROVE_INLINE float grove_sigmoidf(float x) { return 1.0f / (1.0f + grove_expf(-x)); }

/// log(1 + t) for 0 <= t <= 1, as 2 atanh(t / (2 + t)).
GROVE_INLINE float grove_log1pf(float t) {
    float s = t / (2.0f + t), q = s * s;
    float p = 1.0f / 15;
    p = p * q + 1.0f / 13;
    p = p * q + 1.0f / 11;
    p = p * q + 1.0f / 9;
    p = p * q + 1.0f / 7;
    p = p * q + 1.0f / 5;
    p = p * q + 1.0f / 3;
    p = p * q + 1.0f;
    return 2.0f * s * p;
}

/// log(1 + exp(x)); from x = 17 on this is x itself in float, so PyTorch's threshold of 20 needs no branch.
GROVE_INLINE float grove_softplusf(float x) {
    float magnitude = x < 0 ? -x : x;
    float positive = x > 0 ? x : 0;
    return positive + grove_log1pf(grove_expf(-magnitude));
}

#endif
