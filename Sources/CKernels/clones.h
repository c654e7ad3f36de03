// How one C function becomes the best machine code for the CPU that runs it.
#ifndef GROVE_CLONES_H
#define GROVE_CLONES_H

#if defined(__x86_64__)
/// Compiles a function for three instruction sets; the loader picks one at start. Helpers it calls must be
/// GROVE_INLINE, or they stay on the baseline's instructions.
#define GROVE_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define GROVE_CLONES
#endif

#define GROVE_INLINE static inline __attribute__((always_inline))

#endif
