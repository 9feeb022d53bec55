import CLMDB
import Glibc

extension Environment {
  /// Where the data ends in the file. Only inside the gate.
  func usedBytes() throws(JournalError) -> Int {
    var info = unsafe MDB_envinfo()
    var shape = MDB_stat()
    unsafe mdb_env_info(try opened(), &info)
    unsafe mdb_env_stat(try opened(), &shape)
    return unsafe (info.me_last_pgno + 1) * Int(shape.ms_psize)
  }

  /// Begins to write zeros ahead of the data.
  func startPrewriting(ahead: Int) throws(JournalError) {
    gate.enter()
    defer { gate.leave() }
    prewriter = Prewriter.start(path: path + "/data.mdb", used: try usedBytes(), ahead: ahead)
  }

  /// Ends that.
  func stopPrewriting() {
    prewriter?.stop()
    prewriter = nil
  }

  /// Bytes of address space mapped now.
  func mapSize() throws(JournalError) -> Int {
    gate.enter()
    defer { gate.leave() }
    var info = unsafe MDB_envinfo()
    unsafe mdb_env_info(try opened(), &info)
    return unsafe info.me_mapsize
  }

  /// Doubles the map, after freeing the slots of readers that died.
  func grow() throws(JournalError) {
    try gate.exclusively { () throws(JournalError) in
      var dead: Int32 = 0
      unsafe mdb_reader_check(try opened(), &dead)
      var info = unsafe MDB_envinfo()
      unsafe mdb_env_info(try opened(), &info)
      let (now, most) = unsafe (info.me_mapsize, largestMap)
      guard now < most else { throw .mapFull(path: path, size: now) }
      try map(now > most / 2 ? most : now * 2)
    }
  }

  /// Takes over the size that the writer, in another process, grew the map to.
  func adoptMapSize() throws(JournalError) {
    try gate.exclusively { () throws(JournalError) in
      var descriptor: Int32 = -1
      var shape = MDB_stat()
      unsafe mdb_env_get_fd(try opened(), &descriptor)
      unsafe mdb_env_stat(try opened(), &shape)
      var size = 0
      for page in 0..<2 {
        // `mm_mapsize` is 32 bytes into each of the two meta pages.
        var stored = 0
        let place = page * Int(shape.ms_psize) + 32
        if unsafe pread(descriptor, &stored, 8, place) == 8 { size = max(size, stored) }
      }
      try map(size)
    }
  }

  /// Maps `size` bytes. Only alone in the gate.
  private func map(_ size: Int) throws(JournalError) {
    // LMDB gives up its old map before it asks for the new one and cannot go on without: ask first.
    var descriptor: Int32 = -1
    unsafe mdb_env_get_fd(try opened(), &descriptor)
    let trial = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard unsafe trial != MAP_FAILED else { throw .mapFull(path: path, size: size) }
    unsafe munmap(trial, size)
    let code = unsafe mdb_env_set_mapsize(try opened(), size)
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "growing the map") }
  }
}
