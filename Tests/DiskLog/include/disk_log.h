#ifndef DISK_LOG_H
#define DISK_LOG_H

#include <stdint.h>

/// Begins to note, in `log`, what this process writes to the file `path` and when it waits for the disk.
/// The log is a row of records: type, 3 bytes 0, number (uint32), offset and length (int64), the bytes.
///
///     W  bytes are written, and may or may not be on the disk from now on
///     D  the bytes, written with O_DSYNC, are on the disk
///     B  a wait for the disk begins; the number is its name
///     S  the wait has ended: what was written before it began is on the disk
///     F  the wait has failed: what was written before it began will not be brought to the disk any more
///     A  the offset was acknowledged
///
/// - Parameter failing: each so manieth wait fails with EIO; 0 for none.
int disk_log_start(const char *path, const char *log, uint32_t failing);
void disk_log_acknowledge(uint64_t sequence);
void disk_log_stop(void);

#endif
