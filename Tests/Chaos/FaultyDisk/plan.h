// What is to go wrong, as the environment says.
#ifndef GROVE_FAULTY_DISK_PLAN_H
#define GROVE_FAULTY_DISK_PLAN_H
#include <stdbool.h>
#include <stdint.h>

enum call { CALL_WRITE, CALL_SYNC, CALL_SYNCED, CALL_RENAME, CALLS };

/// The folder whose files are looked at; NULL when there is nothing to do.
const char *plan_folder(void);
/// Counts a call and answers whether the power goes now.
bool plan_is_power_lost(enum call call);
/// Whether this fsync, already counted, is to fail.
bool plan_fails_sync(void);
/// Whether files cannot grow now.
bool plan_is_full(void);
/// A random number, the same for the same seed and the same calls before.
uint64_t plan_random(void);

#endif
