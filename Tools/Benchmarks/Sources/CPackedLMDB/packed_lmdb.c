#include "packed_lmdb.h"

#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

struct packed_lmdb {
  MDB_env *env;
  MDB_dbi values;
};

struct packed_lmdb *packed_lmdb_open(const char *folder, size_t map_size) {
  struct packed_lmdb *store = calloc(1, sizeof *store);
  MDB_txn *txn = NULL;
  if (!store) return NULL;
  if (mdb_env_create(&store->env) || mdb_env_set_mapsize(store->env, map_size) ||
      mdb_env_open(store->env, folder, MDB_NOTLS | MDB_NOMEMINIT, 0640) ||
      mdb_txn_begin(store->env, NULL, 0, &txn) ||
      mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &store->values) || mdb_txn_commit(txn)) {
    packed_lmdb_close(store);
    return NULL;
  }
  return store;
}

int packed_lmdb_append(struct packed_lmdb *store, uint64_t key, const void *events, size_t size,
                       size_t count) {
  MDB_txn *txn;
  MDB_val name = {sizeof key, &key}, value = {size * count, NULL};
  int code = mdb_txn_begin(store->env, NULL, 0, &txn);
  if (code) return code;
  code = mdb_put(txn, store->values, &name, &value, MDB_RESERVE | MDB_APPEND);
  if (code) {
    mdb_txn_abort(txn);
    return code;
  }
  for (size_t i = 0; i < count; i++)
    memcpy((char *)value.mv_data + i * size, (const char *)events + i * size, size);
  return mdb_txn_commit(txn);
}

void packed_lmdb_close(struct packed_lmdb *store) {
  if (store->env) mdb_env_close(store->env);
  free(store);
}
