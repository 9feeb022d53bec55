import Events

/// How the world around the journal is, as somebody looked: what no entry says.
public struct Reading: Equatable, Sendable {
  /// The daemon, as its control socket says.
  public struct Daemon: Equatable, Sendable {
    public var sequence: UInt64
    /// Up to which everything is durable.
    public var durable: UInt64
    /// Why the journal cannot be written, while that is so.
    public var stall: String?
    public var inboxDepth: UInt64
    public var inboxCapacity: UInt64

    public init(
      sequence: UInt64, durable: UInt64, stall: String? = nil, inboxDepth: UInt64 = 0,
      inboxCapacity: UInt64 = 0
    ) {
      self.sequence = sequence
      self.durable = durable
      self.stall = stall
      self.inboxDepth = inboxDepth
      self.inboxCapacity = inboxCapacity
    }
  }

  /// What an account is worth.
  public struct Worth: Equatable, Sendable {
    public var account: String
    public var currency: String
    public var equity: Money

    public init(account: String, currency: String, equity: Money) {
      self.account = account
      self.currency = currency
      self.equity = equity
    }
  }

  /// A file system, in bytes.
  public struct Disk: Equatable, Sendable {
    public var free: UInt64
    public var total: UInt64

    public init(free: UInt64, total: UInt64) { (self.free, self.total) = (free, total) }
  }

  /// How far the API's engine is.
  public struct Follower: Equatable, Sendable {
    public var applied: UInt64
    public var head: UInt64
    /// Why it cannot go on, if it cannot.
    public var failure: String?

    public init(applied: UInt64, head: UInt64, failure: String? = nil) {
      self.applied = applied
      self.head = head
      self.failure = failure
    }
  }

  /// Nil: nobody answers.
  public var daemon: Daemon?
  /// Nil where it is not known.
  public var disk: Disk?
  public var clock: ClockReading?
  public var follower: Follower?
  public var worths: [Worth] = []

  public init(
    daemon: Daemon? = nil, disk: Disk? = nil, clock: ClockReading? = nil, follower: Follower? = nil,
    worths: [Worth] = []
  ) {
    self.daemon = daemon
    self.disk = disk
    self.clock = clock
    self.follower = follower
    self.worths = worths
  }
}
