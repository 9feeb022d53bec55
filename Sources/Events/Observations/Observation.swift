/// What the outside said. Everything the engine knows came in as one of these.
public enum Observation: Equatable, Sendable {
  case market(MarketEvent)
  case instrument(Instrument)
  case signal(Signal)
  case report(VenueReport)
  case timer(Timer)
  case operatorAct(OperatorAct)
  case configuration(ConfigurationItems)
  case runStarted(RunStart)
  case runStopped(RunStop)
  case dataQuality(DataQuality)
  case connection(ConnectionChange)
  case reference(ReferenceValue)
  case imbalance(AuctionImbalance)
  case priceBand(PriceBand)
  case corporateAction(CorporateAction)
  case optionNotice(OptionNotice)
  case exchangeRate(ExchangeRate)
  case limitChange(LimitChange)
  case statement(StatementTaken)
  case breakResolution(BreakResolution)
  case instruction(Instruction)
  case clockReading(ClockReading)
}

/// A model's or a person's opinion on an instrument.
public struct Signal: Equatable, Sendable {
  public var instrument: InstrumentID
  /// The opinion, × 10^9; by convention from −1 (sell) to +1 (buy).
  public var score: Int64
  public var model: String
  public var version: String
  /// SHA-256 of the model, or `Digest.zero`.
  public var digest: Digest

  /// Digits of `score` after the point.
  public static let scoreScale = 9

  public init(
    instrument: InstrumentID, score: Int64, model: String, version: String, digest: Digest = .zero
  ) {
    self.instrument = instrument
    self.score = score
    self.model = model
    self.version = version
    self.digest = digest
  }
}

/// A moment that a strategy asked to be told of has come.
public struct Timer: Equatable, Sendable {
  public var strategy: StrategyID
  /// The strategy's own number of the timer.
  public var timer: UInt32

  public init(strategy: StrategyID, timer: UInt32) {
    self.strategy = strategy
    self.timer = timer
  }

  /// A moment that the engine itself has to be woken at.
  public static let engine = Timer(strategy: StrategyID(.max), timer: 0)
}

/// What a halt, a resume or an operator's act applies to.
public struct Scope: Hashable, Sendable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    case all = 0
    case strategy = 1
    case instrument = 2
    case venue = 3
    case order = 4
    case account = 5
  }
  public var kind: Kind
  /// Id within the kind; 0 for all.
  public var id: UInt64

  public init(_ kind: Kind, _ id: UInt64 = 0) {
    self.kind = kind
    self.id = id
  }

  public static let all = Scope(.all)
}

/// What a person told the engine to do.
public struct OperatorAct: Equatable, Sendable {
  public enum Act: UInt8, Sendable, CaseIterable {
    case halt = 1
    case resume = 2
    case note = 3
    case cancel = 4
    /// Halts the scope and cancels its orders until each is known to be finished.
    case kill = 5
    /// Releases the breakers of the scope.
    case enable = 6
    /// Closes a part of a strategy's position.
    case close = 7
    /// Halts the scope and leaves its orders where they are.
    case block = 8
  }

  /// What `close` closes.
  public struct Closing: Equatable, Sendable {
    public var instrument: InstrumentID
    /// Above 0, in the instrument's integers.
    public var quantity: Quantity
    /// Sequences of the entries that opened the lots which go first, at most `OrderTerms.maxLots`; then the
    /// account's method goes on.
    public var lots: [UInt64]

    public init(instrument: InstrumentID, quantity: Quantity, lots: [UInt64] = []) {
      self.instrument = instrument
      self.quantity = quantity
      self.lots = lots
    }
  }
  public var act: Act
  public var scope: Scope
  /// Who: the authenticated subject.
  public var subject: String
  public var reason: String
  var rareClosing: Rare<Closing>

  public init(
    act: Act, scope: Scope, subject: String, reason: String, closing: Closing? = nil
  ) {
    self.act = act
    self.scope = scope
    self.subject = subject
    self.reason = reason
    rareClosing = Rare(closing)
  }

  /// Of `close`.
  public var closing: Closing? { rareClosing.value }
}

/// The configuration as dotted keys and canonical values, in ascending byte order of the keys.
public struct ConfigurationItems: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public var key: String
    public var value: String
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }
  public private(set) var items: [Item]

  /// Sorts the items by key. A later duplicate replaces an earlier one.
  public init(_ items: [Item] = []) {
    let sorted = items.enumerated().sorted {
      let (a, b) = ($0.element.key.utf8, $1.element.key.utf8)
      return a.elementsEqual(b) ? $0.offset < $1.offset : a.lexicographicallyPrecedes(b)
    }
    self.items = sorted.reduce(into: []) { kept, next in
      // Not `==`, to which different bytes of the same text are equal.
      if kept.last?.key.utf8.elementsEqual(next.element.key.utf8) == true { kept.removeLast() }
      kept.append(next.element)
    }
  }

  /// - Returns: nil unless the keys are in ascending byte order.
  init?(inOrder items: [Item]) {
    for (a, b) in zip(items, items.dropFirst()) {
      guard a.key.utf8.lexicographicallyPrecedes(b.key.utf8) else { return nil }
    }
    self.items = items
  }

  /// The value of a key, or nil. O(n).
  public subscript(key: String) -> String? { items.first { $0.key == key }?.value }
}

/// A run begins; the first entry of each run.
public struct RunStart: Equatable, Sendable {
  public enum Mode: UInt8, Sendable, CaseIterable {
    case importing = 1
    case backtest = 2
    case live = 3
    case simulation = 4
  }
  public var mode: Mode
  /// Seed of every pseudo-random choice of the run.
  public var seed: UInt64
  public var engine: String
  /// `name=version`, comma-separated.
  public var strategies: String
  /// Where the observations come from, without machine paths.
  public var source: String

  public init(mode: Mode, seed: UInt64, engine: String, strategies: String, source: String) {
    self.mode = mode
    self.seed = seed
    self.engine = engine
    self.strategies = strategies
    self.source = source
  }
}

/// A run ends; absent after a crash.
public struct RunStop: Equatable, Sendable {
  public enum Why: UInt8, Sendable, CaseIterable {
    case finished = 1
    case `operator` = 2
    case failed = 3
  }
  public var why: Why
  public var text: String

  public init(why: Why, text: String = "") {
    self.why = why
    self.text = text
  }
}

/// Something was wrong with incoming data; the data themselves were used, mended or left out as the
/// detail says.
public struct DataQuality: Equatable, Sendable {
  public enum Issue: UInt8, Sendable, CaseIterable {
    case gap = 1
    case duplicate = 2
    case outOfOrder = 3
    case crossed = 4
    case impossibleValue = 5
    case malformed = 6
    case unknownOrder = 7
    case stale = 8
    case conflated = 9
  }
  public var issue: Issue
  public var instrument: InstrumentID
  /// Sequence number or other value that should have come; 0 where there is none.
  public var expected: UInt64
  /// What came instead; 0 where there is none.
  public var actual: UInt64
  public var detail: String

  public init(
    issue: Issue, instrument: InstrumentID, expected: UInt64 = 0, actual: UInt64 = 0, detail: String
  ) {
    self.issue = issue
    self.instrument = instrument
    self.expected = expected
    self.actual = actual
    self.detail = detail
  }
}

extension DataQuality {
  private static let sumEnding = " times in all; not all are listed"

  /// What a source met oftener than it told one by one.
  /// - Parameters:
  ///   - count: times it was met.
  ///   - told: entries of it that were written.
  public init(sumOf issue: Issue, count: UInt64, told: UInt64) {
    self.init(
      issue: issue, instrument: .none, expected: told, actual: count,
      detail: "\(count)\(Self.sumEnding)")
  }

  /// How often the issue was met: once, or of a sum what the entries before it do not say.
  public var times: UInt64 {
    guard instrument == .none, detail.hasSuffix(Self.sumEnding) else { return 1 }
    // Sums did not say how many were told when that was the first hundred.
    let told = expected == 0 ? 100 : expected
    return actual > told ? actual - told : 0
  }
}

/// The connection to a venue came up or went down.
public struct ConnectionChange: Equatable, Sendable {
  public enum State: UInt8, Sendable, CaseIterable {
    case connected = 1
    case disconnected = 2
  }
  public var venue: VenueID
  public var state: State
  public var text: String

  public init(venue: VenueID, state: State, text: String = "") {
    self.venue = venue
    self.state = state
    self.text = text
  }
}
