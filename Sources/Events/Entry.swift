/// Either what the outside said or what the core concluded.
public enum Event: Equatable, Sendable {
  case observation(Observation)
  case decision(Decision)
}

/// When and why an entry was written.
public struct EntryHeader: Equatable, Sendable, BitwiseCopyable {
  /// Position in the journal, from 1.
  public var sequence: UInt64
  /// When it happened, as the outside says.
  public var eventTime: Instant
  /// When the sequencer took it; never decreases along the journal.
  public var receiveTime: Instant
  /// Sequence of the entry that caused this one; 0 for none.
  public var cause: UInt64

  @inlinable
  public init(sequence: UInt64, eventTime: Instant, receiveTime: Instant, cause: UInt64 = 0) {
    self.sequence = sequence
    self.eventTime = eventTime
    self.receiveTime = receiveTime
    self.cause = cause
  }
}

/// One line of the journal.
public struct Entry: Equatable, Sendable {
  public var header: EntryHeader
  public var event: Event

  public init(header: EntryHeader, event: Event) {
    self.header = header
    self.event = event
  }
}

/// The kinds of entries and their numbers in the journal format.
public enum EntryKind: UInt8, Sendable, CaseIterable {
  case quote = 1
  case trade = 2
  case depth = 3
  case depthClear = 4
  case orderAdd = 5
  case orderModify = 6
  case orderCancel = 7
  case orderDelete = 8
  case orderExecute = 9
  case orderClear = 10
  case bar = 11
  case status = 12

  case instrument = 32
  case signal = 33
  case accepted = 34
  case rejected = 35
  case filled = 36
  case cancelled = 37
  case replaced = 38
  case expired = 39
  case timer = 40
  case operatorAct = 41
  case configuration = 42
  case runStarted = 43
  case runStopped = 44
  case dataQuality = 45
  case requestRejected = 46
  case orderStatus = 47
  case connection = 48
  case reference = 49
  case imbalance = 50
  case priceBand = 51
  case triggered = 52
  case busted = 53
  case corrected = 54
  case corporateAction = 55
  case optionNotice = 56
  case exchangeRate = 57
  case instruction = 58

  case limitChange = 59
  case clockReading = 60
  case statement = 62
  case breakResolution = 63

  case intent = 64
  case refused = 65
  case submitted = 66
  case cancelRequested = 67
  case replaceRequested = 68
  case alert = 69
  case halted = 70
  case resumed = 71
  case held = 72
  case released = 73
  case ended = 74
  case routed = 75
  case booked = 76
  case marginCall = 77
  case liquidation = 78
  case rolled = 79
  case breakerChanged = 80
  case killReport = 81
  case limitApplied = 82
  case limitsUsed = 83
  case breakOpened = 84
  case breakClosed = 85
  case limitsScaled = 86

  /// Whether the core made it, so that replay must make it again.
  @inlinable public var isDecision: Bool { rawValue >= 64 }
  /// Whether it is a tick of market data.
  @inlinable public var isMarket: Bool { rawValue < 32 }
}
