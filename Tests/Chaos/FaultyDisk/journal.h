// What was written and is not durable yet, so that it can be taken back.
#ifndef GROVE_FAULTY_DISK_JOURNAL_H
#define GROVE_FAULTY_DISK_JOURNAL_H
#include <sys/types.h>

/// To be called before `size` bytes are written to a file at an offset; `bytes` of NULL means that it is cut there.
void journal_write(int file, const char *path, off_t offset, const void *bytes, size_t size);
/// To be called after a rename.
void journal_rename(const char *from, const char *to);
/// A file, or the names in a folder, are durable now.
void journal_synced(const char *path);
void journal_removed(const char *path);
/// Takes all back, and writes a random part of it again.
void journal_lose(void);

#endif
