import Events

/// Who follows an instrument: strategies, one bit each, by what they are called for, and others.
struct Interest: Sendable {
  var quotes: UInt64 = 0
  var trades: UInt64 = 0
  var signals: UInt64 = 0
  /// What is true of it beside, one bit each: nearly always nothing, which is one comparison a tick.
  private var others: UInt8 = 0

  private static let bars: UInt8 = 32

  /// Whether a held order watches the instrument.
  var isWatched: Bool {
    get { others & 1 != 0 }
    set { mark(1, newValue) }
  }
  /// Whether a limit order follows its best prices.
  var isPegged: Bool {
    get { others & 2 != 0 }
    set { mark(2, newValue) }
  }
  /// Whether an algorithm works a parent in it, for which the traded volume counts.
  var isWorked: Bool {
    get { others & 4 != 0 }
    set { mark(4, newValue) }
  }
  /// Whether a breaker or a rule of dynamic limits watches its market data.
  var isGuarded: Bool {
    get { others & 8 != 0 }
    set { mark(8, newValue) }
  }
  /// Whether it is a contract of a continuous future.
  var isContract: Bool {
    get { others & 16 != 0 }
    set { mark(16, newValue) }
  }
  /// Whether somebody asked for bars of it.
  var hasBars: Bool {
    get { others & Self.bars != 0 }
    set { mark(Self.bars, newValue) }
  }

  /// Whether its ticks concern nobody but the strategies that are called for them.
  @inline(__always)
  var isPlain: Bool { others == 0 }

  /// The same of its bars, which strategies may have asked for.
  @inline(__always)
  var isPlainInBars: Bool { others & ~Self.bars == 0 }

  private mutating func mark(_ bit: UInt8, _ isSet: Bool) {
    others = isSet ? others | bit : others & ~bit
  }
}
