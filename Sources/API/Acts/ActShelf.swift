import Projections
import Synchronization

/// The store of acts, opened when it can be: an act that needs it waits for the disk on a thread of its own.
final class ActShelf: Sendable {
  private let path: String
  private let pools: Pools
  private let store = Mutex<ActStore?>(nil)

  init(_ path: String, _ pools: Pools) {
    self.path = path
    self.pools = pools
  }

  /// Lends the store.
  /// - Throws: 503 if it cannot be opened, read or written.
  func use<R: Sendable>(
    _ body: @escaping @Sendable (ActStore) throws(ActStoreError) -> R
  ) async throws(Problem) -> R {
    try await pools.quickly { () throws(Problem) in
      do throws(ActStoreError) { return try body(try self.opened()) } catch {
        throw .unavailable("acts_unavailable", error.description)
      }
    }
  }

  private func opened() throws(ActStoreError) -> ActStore {
    try store.withLock { (store) throws(ActStoreError) in
      if let store { return store }
      let opened = try ActStore.open(at: path)
      store = opened
      return opened
    }
  }
}
