// A disk with faults, and a clock, for one process: a library that is put before libc with LD_PRELOAD.
//
// It looks at writes, cuts, renames and fsyncs of files below FAULTY_DISK_FOLDER and does what FAULTY_DISK_PLAN says:
//
//   power:KIND:N      at the Nth call of that kind the power goes: of what was not fsynced, a random part is on the disk,
//                     some of it torn in the middle of a write, and the process is killed
//   fail-sync:N       from the Nth fsync on, each fails with EIO
//
// KIND is write, sync (before the fsync does anything), synced (after it has) or rename. FAULTY_DISK_SEED chooses what
// survives. While the file FAULTY_DISK_FULL exists, files cannot grow (ENOSPC), unless no file "reserve" with bytes in it
// is in the folder: giving up a reserve makes room, as on a real disk.
//
// The wall clock is off by the seconds that stand in the file FAULTY_CLOCK.
//
// Not modelled: that the name of a file just made may be lost.
#ifndef GROVE_FAULTY_DISK_H
#define GROVE_FAULTY_DISK_H

/// How many calls of a kind there have been, by its first letter of w, s and r; for a program that asks the library.
long faulty_disk_count(char kind);

#endif
