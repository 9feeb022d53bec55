import Journaling

/// How a live run treats its queue and its disk; what it trades is the configuration's.
public struct LiveSettings: Equatable, Sendable {
  /// What an append promises before commands leave.
  public var durability = Durability.group
  /// How long ticks alone may wait for more, in nanoseconds: each commit rewrites whole pages.
  public var linger: Int64 = 5_000_000
  /// Most ticks that wait in the inbox.
  public var inboxCapacity = 65_536
  /// A snapshot is taken after so many entries, or so many nanoseconds.
  public var snapshotEntries: UInt64 = 1_000_000
  public var snapshotInterval: Int64 = 60_000_000_000
  /// Orders that could not be recorded for longer, in nanoseconds, are not sent.
  public var staleAfter: Int64 = 1_000_000_000
  /// Between two statements that venues are asked for, in nanoseconds.
  public var statementInterval: Int64 = 60_000_000_000

  public init() {}
}
