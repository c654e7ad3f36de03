// Between images and their Fourier transforms; sixteen images go side by side, one a lane, so no arithmetic crosses
// images. The transforms themselves are matrix products with cosines and sines.
//
// A real transform of length n has n rows: the cosines of 0 ... n / 2 and then the sines that are not zero.
#include "CKernels.h"
#include "clones.h"
#include "vectors.h"

/// Values of an image that are turned in one go: sixteen lines of the cache.
enum { TURNED = 16 };

void grove_images_to_lanes(float *to, const float *images, size_t count, size_t pixels, size_t channels) {
    size_t size = pixels * channels;
    for (size_t first = 0; first < size; first += TURNED) {
        size_t values = size - first < TURNED ? size - first : TURNED;
        float turned[TURNED][GROVE_LANES] = {{0}};
        for (size_t l = 0; l < count; l++)
            for (size_t i = 0; i < values; i++) turned[i][l] = images[l * size + first + i];
        for (size_t i = 0; i < values; i++) {
            size_t pixel = (first + i) / channels, channel = (first + i) % channels;
            memcpy(to + (channel * pixels + pixel) * GROVE_LANES, turned[i], sizeof turned[i]);
        }
    }
}

void grove_lanes_to_images(
    float *images, const float *from, size_t count, size_t height, size_t width, size_t channels, size_t position,
    const float *bias, int32_t accumulate) {
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            for (size_t c = 0; c < channels; c++) {
                const float *lanes = from + (x * height + y) * position + c * GROVE_LANES;
                float *to = images + (y * width + x) * channels + c;
                float start = bias ? bias[c] : 0;
                for (size_t l = 0; l < count; l++, to += height * width * channels)
                    *to = lanes[l] + (accumulate ? *to : start);
            }
}

/// Whether frequency k of a transform of length n has a sine.
GROVE_INLINE int grove_has_sine(size_t k, size_t n) { return k > 0 && 2 * k != n; }

GROVE_CLONES void grove_spectrum_from_waves(
    float *spectrum, const float *waves, size_t high, size_t wide, size_t groups, size_t channels) {
    size_t frequencies = wide / 2 + 1, part = channels * GROVE_LANES, wave = groups * part;
    for (size_t u = 0; u < high; u++) {
        size_t k = u <= high / 2 ? u : high - u;
        for (size_t v = 0; v < frequencies; v++) {
            const float *cc = waves + (k * wide + v) * wave, *sc = cc, *cs = cc, *ss = cc;
            float rows = 0, columns = 0;  // the signs of the sines; 0 where there is none
            if (grove_has_sine(k, high)) {
                rows = u <= high / 2 ? 1 : -1;
                sc = waves + ((high / 2 + k) * wide + v) * wave;
            }
            if (grove_has_sine(v, wide)) {
                columns = 1;
                cs = waves + (k * wide + wide / 2 + v) * wave;
                ss = rows != 0 ? waves + ((high / 2 + k) * wide + wide / 2 + v) * wave : cc;
            }
            float both = rows * columns;
            for (size_t g = 0; g < groups; g++) {
                float *real = spectrum + ((u * frequencies + v) * groups + g) * 2 * part, *imaginary = real + part;
                size_t at = g * part;
                for (size_t i = 0; i < part; i++) {
                    real[i] = cc[at + i] - both * ss[at + i];
                    imaginary[i] = -(rows * sc[at + i] + columns * cs[at + i]);
                }
            }
        }
    }
}

GROVE_INLINE void grove_store_waves(
    float *waves, const float *u, const float *mirror, size_t sine_of_row, size_t sine_of_column, size_t imaginary) {
    grove_vector r, s, zero = (grove_vector)(0.0f), r2 = zero, s2 = zero;
    grove_load(&r, u);
    grove_load(&s, u + imaginary);
    if (mirror) {
        grove_load(&r2, mirror);
        grove_load(&s2, mirror + imaginary);
    }
    grove_vector value = r + r2;
    grove_store(waves, &value);
    if (sine_of_column) {
        value = -(s + s2);
        grove_store(waves + sine_of_column, &value);
    }
    if (sine_of_row) {
        value = s2 - s;
        grove_store(waves + sine_of_row, &value);
    }
    if (sine_of_row && sine_of_column) {
        value = r2 - r;
        grove_store(waves + sine_of_row + sine_of_column, &value);
    }
}

GROVE_CLONES void grove_waves_from_spectrum(
    float *waves, const float *spectrum, size_t high, size_t wide, size_t groups, size_t channels) {
    size_t frequencies = wide / 2 + 1, part = channels * groups * GROVE_LANES;
    for (size_t k = 0; k <= high / 2; k++)
        for (size_t v = 0; v < frequencies; v++) {
            const float *u = spectrum + (k * frequencies + v) * 2 * part;
            const float *mirror = spectrum + ((high - k) * frequencies + v) * 2 * part;
            size_t row = grove_has_sine(k, high) ? high / 2 * GROVE_LANES : 0;
            size_t column = grove_has_sine(v, wide) ? wide / 2 * high * GROVE_LANES : 0;
            for (size_t c = 0; c < channels; c++)
                for (size_t g = 0; g < groups; g++) {
                    float *to = waves + (((g * channels + c) * wide + v) * high + k) * GROVE_LANES;
                    size_t at = (c * groups + g) * GROVE_LANES;
                    grove_store_waves(to, u + at, row ? mirror + at : NULL, row, column, part);
                }
        }
}
