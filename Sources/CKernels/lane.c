#include "CKernels.h"

static _Thread_local int32_t lane_is_taken;

int32_t grove_lane_is_taken(void) { return lane_is_taken; }

int32_t grove_take_lane(int32_t taken) {
    int32_t before = lane_is_taken;
    lane_is_taken = taken;
    return before;
}

// A closure of Swift's is two words: a function of Swift's calling convention, and what it has captured.

typedef __attribute__((swiftcall)) void (*body_function)(intptr_t, __attribute__((swift_context)) const void *);

__attribute__((swiftcall)) void grove_lend_loop_body(
    body_function function, const void *captured, void *borrower, void (*use)(void *, grove_loop_body)) {
    use(borrower, (grove_loop_body){(const void *)function, captured});
}

void grove_run_loop_body(grove_loop_body body, intptr_t index) {
    ((body_function)body.function)(index, body.captured);
}

void grove_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
