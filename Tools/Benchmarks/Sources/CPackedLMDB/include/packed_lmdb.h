// The peer of the journal: packed values in LMDB, one commit and one wait for the disk for each.
#ifndef PACKED_LMDB_H
#define PACKED_LMDB_H
#include <stddef.h>
#include <stdint.h>

struct packed_lmdb;

/// Opens a new store in an existing, empty folder; NULL on failure.
struct packed_lmdb *packed_lmdb_open(const char *folder, size_t map_size);

/// Copies `count` events of `size` bytes, one by one, into one value, commits and waits for the disk.
/// Returns LMDB's code, 0 for success.
int packed_lmdb_append(struct packed_lmdb *store, uint64_t key, const void *events, size_t size,
                       size_t count);

void packed_lmdb_close(struct packed_lmdb *store);
#endif
