#include <string.h>

#include "CKernels.h"
#include "clones.h"
#include "philox.h"

// Standard normal numbers by Box and Muller (1958), whose logarithm, cosine and sine are straight-line arithmetic in double
// precision: loops over them become vectors, and what is left of their error never shows in a float but for the rarest of
// ties.

/// log(x) for 0 < x <= 1: x = 2^e m with m from sqrt(1/2) to sqrt(2), and log m = 2 atanh((m - 1) / (m + 1)).
GROVE_INLINE double grove_log(double x) {
    uint64_t bits, root = 0x3FE6A09E667F3BCDu;  // sqrt(1/2)
    memcpy(&bits, &x, sizeof bits);
    // Where x stands beside 2^e sqrt(1/2), in whole powers of two; 1023 keeps it positive.
    uint64_t biased = (bits - root + ((uint64_t)1023 << 52)) >> 52;
    uint64_t scaled = bits - ((biased - 1023) << 52);
    double m;
    memcpy(&m, &scaled, sizeof m);
    double e = (double)((int32_t)biased - 1023), s = (m - 1) / (m + 1), q = s * s;
    double p = 1.0 / 21;
    p = p * q + 1.0 / 19;
    p = p * q + 1.0 / 17;
    p = p * q + 1.0 / 15;
    p = p * q + 1.0 / 13;
    p = p * q + 1.0 / 11;
    p = p * q + 1.0 / 9;
    p = p * q + 1.0 / 7;
    p = p * q + 1.0 / 5;
    p = p * q + 1.0 / 3;
    p = p * q + 1;
    return e * 0x1.62E42FEFA39EFp-1 + 2 * s * p;
}

/// Cosine and sine of `turn` / 2^32 of a whole turn: the nearest quarter turn is taken off exactly, the series of Taylor do
/// the rest, at most an eighth of a turn.
GROVE_INLINE void grove_cosine_and_sine(double *cosine, double *sine, uint32_t turn) {
    uint32_t quarter = (turn + 0x20000000u) >> 30;
    double x = (double)(int32_t)(turn - (quarter << 30)) * (6.283185307179586 * 0x1p-32), q = x * x;
    double s = 1.0 / 355687428096000, c = 1.0 / 20922789888000;
    s = s * q - 1.0 / 1307674368000;
    s = s * q + 1.0 / 6227020800;
    s = s * q - 1.0 / 39916800;
    s = s * q + 1.0 / 362880;
    s = s * q - 1.0 / 5040;
    s = s * q + 1.0 / 120;
    s = s * q - 1.0 / 6;
    s = s * q * x + x;
    c = c * q - 1.0 / 87178291200;
    c = c * q + 1.0 / 479001600;
    c = c * q - 1.0 / 3628800;
    c = c * q + 1.0 / 40320;
    c = c * q - 1.0 / 720;
    c = c * q + 1.0 / 24;
    c = c * q - 0.5;
    c = c * q + 1;
    double even = quarter & 1 ? s : c, odd = quarter & 1 ? c : s;
    *cosine = (quarter + 1) & 2 ? -even : even;
    *sine = quarter & 2 ? -odd : odd;
}

/// Of each pair of words the first gives a radius, the second an angle.
GROVE_INLINE void grove_normal_pairs(float *a, float *b, const uint32_t *radii, const uint32_t *turns) {
    for (int i = 0; i < GROVE_COUNTERS; i++) {
        // (0, 1] keeps the logarithm finite; the largest radius is sqrt(64 ln 2) = 6.66.
        double radius = __builtin_elementwise_sqrt(-2 * grove_log(((double)radii[i] + 1) * 0x1p-32)), cosine, sine;
        grove_cosine_and_sine(&cosine, &sine, turns[i]);
        a[i] = (float)(radius * cosine);
        b[i] = (float)(radius * sine);
    }
}

GROVE_CLONES void grove_normals(
    float *to, size_t count, uint64_t seed, uint32_t use, uint32_t step, uint32_t image) {
    for (size_t first = 0; first < count; first += 4 * GROVE_COUNTERS) {
        uint32_t words[4][GROVE_COUNTERS];
        float parts[4][GROVE_COUNTERS], values[4 * GROVE_COUNTERS];
        grove_philox(words, (uint32_t)(first / 4), image, step, use, seed);
        grove_normal_pairs(parts[0], parts[1], words[0], words[1]);
        grove_normal_pairs(parts[2], parts[3], words[2], words[3]);
        for (int i = 0; i < GROVE_COUNTERS; i++)
            for (int part = 0; part < 4; part++) values[4 * i + part] = parts[part][i];
        size_t left = count - first < 4 * GROVE_COUNTERS ? count - first : 4 * GROVE_COUNTERS;
        memcpy(to + first, values, left * sizeof(float));
    }
}
