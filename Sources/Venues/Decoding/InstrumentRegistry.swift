import Events

/// What the user says about instruments, against what decoders would propose.
public struct InstrumentOverrides: Equatable, Sendable {
  public var venueName: String?
  public var kind: InstrumentClass?
  public var base: String?
  public var currency: String?
  public var priceScale: UInt8?
  public var quantityScale: UInt8?
  /// × 10^9.
  public var tickSize: Int64?
  /// × 10^9.
  public var lotSize: Int64?
  /// × 10^9.
  public var multiplier: Int64?

  public init() {}

  /// The key of a size that is no number at its scale, and what is wrong with it: rounded it would be another.
  var fault: (key: String, what: String)? {
    func what(_ key: String, _ size: Int64?, _ scaleKey: String, _ scale: UInt8?) -> String? {
      guard let size, let scale, InstrumentRegistry.decimals(of: size) > scale else { return nil }
      return "“\(key)” \(decimalText(Int128(size), scale: 9)) has more decimals than “\(scaleKey)” "
        + "\(scale)"
    }
    if let what = what("tick_size", tickSize, "price_scale", priceScale) {
      return ("tick_size", what)
    }
    return what("lot_size", lotSize, "quantity_scale", quantityScale).map { ("lot_size", $0) }
  }

  /// Adds what another says.
  /// - Throws: that they do not agree, or not with each other.
  public mutating func add(_ other: Self) throws(DecodeError) {
    if let key = take(other) {
      throw DecodeError(
        .source, "“\(key)” is another than in the maps before: it is of all instruments")
    }
    if let fault { throw DecodeError(.source, fault.what) }
  }

  /// - Returns: the first key of which they say different things.
  private mutating func take(_ other: Self) -> String? {
    func add<T: Equatable>(_ own: inout T?, _ other: T?) -> Bool {
      own = own ?? other
      return other == nil || own == other
    }
    if !add(&venueName, other.venueName) { return "venue" }
    if !add(&kind, other.kind) { return "class" }
    if !add(&base, other.base) { return "base" }
    if !add(&currency, other.currency) { return "currency" }
    if !add(&priceScale, other.priceScale) { return "price_scale" }
    if !add(&quantityScale, other.quantityScale) { return "quantity_scale" }
    if !add(&tickSize, other.tickSize) { return "tick_size" }
    if !add(&lotSize, other.lotSize) { return "lot_size" }
    return add(&multiplier, other.multiplier) ? nil : "multiplier"
  }

  func apply(to proposal: inout InstrumentProposal) {
    // What an option is on moves with it, where both are traded at one venue.
    if let venueName, var option = proposal.option,
      option.underlying.hasPrefix(proposal.venueName + ":")
    {
      option.underlying.removeFirst(proposal.venueName.count)
      option.underlying = venueName + option.underlying
      proposal.option = option
    }
    proposal.venueName = venueName ?? proposal.venueName
    proposal.kind = kind ?? proposal.kind
    proposal.base = base ?? proposal.base
    proposal.currency = currency ?? proposal.currency
    proposal.priceScale = priceScale ?? proposal.priceScale
    proposal.quantityScale = quantityScale ?? proposal.quantityScale
    proposal.tickSize = tickSize ?? proposal.tickSize
    if tickSize != nil { proposal.isTickUsual = false }
    proposal.lotSize = lotSize ?? proposal.lotSize
    proposal.multiplier = multiplier ?? proposal.multiplier
    if multiplier != nil { proposal.isMultiplierAssumed = false }
  }
}

/// The instruments of a journal: hands out ids and scales, so that the same symbol of the same venue is
/// the same instrument in every import.
///
/// While *surveying*, instruments whose scales nobody knows get scale 9; the caller looks at what comes
/// out and starts again with the scales that the data need.
public struct InstrumentRegistry: Sendable {
  /// Scales that a survey found.
  public struct SurveyedScales: Equatable, Sendable {
    public var venueName: String
    public var symbol: String
    public var price: UInt8
    public var quantity: UInt8
    /// There are prices between the steps of the tick that was proposed.
    public var isBetweenTicks: Bool

    public init(
      venueName: String, symbol: String, price: UInt8, quantity: UInt8,
      isBetweenTicks: Bool = false
    ) {
      self.venueName = venueName
      self.symbol = symbol
      self.price = price
      self.quantity = quantity
      self.isBetweenTicks = isBetweenTicks
    }
  }

  /// By id: those of the journal, then the new ones.
  public private(set) var instruments: [Instrument]
  /// Number of instruments that the journal had before.
  public let knownCount: Int
  /// Instruments by id whose scales a survey has to find. Only grows while surveying.
  public private(set) var unscaled: [InstrumentID] = []
  /// When the source last told what an instrument is, for definitions that no tick follows.
  public private(set) var definedAt: Instant?
  /// By id, whether the journal's end leaves an instrument a book of price levels.
  public var oldDepths: [Bool] = []
  /// Symbols that sources have and nobody asked for; each once, in order of appearance.
  public private(set) var passedOver: [String] = []
  /// New instruments whose multiplier nobody said.
  public private(set) var assumed: [InstrumentID] = []
  /// What a look ahead at DBN files found.
  public var facts = DBNFacts()
  /// What a look ahead at a Binance capture found.
  public var capture = BinanceFacts()
  /// Definitions that say of the journal's instruments what it has.
  public internal(set) var definitionsKnown: UInt64 = 0
  /// Something was registered: a symbol that was asked for is there.
  public private(set) var isUsed = false
  /// What sources said of instruments ahead of their ticks, sorted by venue and symbol.
  private var memory: [InstrumentProposal] = []
  /// Indices into `instruments`, sorted by venue and symbol.
  private var order: [Int] = []
  private let isSurvey: Bool
  private let overrides: InstrumentOverrides
  private let surveyed: [SurveyedScales]

  /// - Parameters:
  ///   - known: the journal's instruments by id.
  ///   - surveyed: scales found by a survey.
  ///   - isSurvey: whether unknown scales become 9.
  public init(
    known: [Instrument] = [], overrides: InstrumentOverrides = InstrumentOverrides(),
    surveyed: [SurveyedScales] = [], isSurvey: Bool = false
  ) {
    instruments = known
    knownCount = known.count
    self.overrides = overrides
    self.surveyed = surveyed.sorted { Self.precedes($0, $1.venueName, $1.symbol) }
    self.isSurvey = isSurvey
    order = known.indices.sorted {
      (known[$0].venueName, known[$0].symbol, $0) < (known[$1].venueName, known[$1].symbol, $1)
    }
  }

  /// The definition under which an instrument's ticks are written: the journal's if it has one, else a
  /// new one made from the proposal. O(number of instruments) for a new one.
  /// - Throws: if the definition cannot be, or ids have run out.
  public mutating func register(_ proposed: InstrumentProposal) throws(DecodeError) -> Instrument {
    var proposal = proposed
    overrides.apply(to: &proposal)
    let place = self.place(proposal.venueName, proposal.symbol)
    if place < order.count, instruments[order[place]].venueName == proposal.venueName,
      instruments[order[place]].symbol == proposal.symbol
    {
      let instrument = instruments[order[place]]
      if instrument.id.index < knownCount, let conflict = overrides.conflict(with: instrument) {
        throw DecodeError(.source, conflict)
      }
      isUsed = true
      return instrument
    }
    guard instruments.count < Int(UInt16.max) else {
      throw DecodeError(.source, "more than 65535 instruments in one journal")
    }
    let id = InstrumentID(UInt16(instruments.count))
    let instrument = try define(proposal, id: id)
    order.insert(instruments.count, at: place)
    instruments.append(instrument)
    if proposal.isMultiplierAssumed { assumed.append(id) }
    isUsed = true
    return instrument
  }

  /// Whether the journal's end leaves an instrument a book of price levels.
  func hasOldDepth(_ instrument: InstrumentID) -> Bool {
    instrument.index < oldDepths.count && oldDepths[instrument.index]
  }

  /// Takes over what a look ahead found.
  public mutating func takeFacts(of ahead: InstrumentRegistry) {
    (facts, capture) = (ahead.facts, ahead.capture)
  }

  /// Notes a symbol that is in a source and was not asked for.
  mutating func passOver(_ symbol: String) {
    if !passedOver.contains(symbol) { passedOver.append(symbol) }
  }

  /// What the journal's instruments say to a number with more digits than a scale; nil if that is none of theirs.
  public func advice(onDigits digits: Int) -> String? {
    let limits = instruments.prefix(knownCount).filter {
      Int($0.priceScale) == digits || Int($0.quantityScale) == digits
    }
    guard !limits.isEmpty else { return nil }
    let names = limits.prefix(4).map {
      "\($0.fullName) has prices of \($0.priceScale) and sizes of \($0.quantityScale) digits"
    }
    let more = limits.count > 4 ? ", …" : ""
    return "The journal's instruments keep the scales of their first import: "
      + names.joined(separator: ", ") + more
      + ". Import all files together into a new journal, or give price_scale and quantity_scale in a "
      + "--map when it is made."
  }

  /// Notes that the source told what an instrument is, at a time of the source's.
  mutating func isDefined(at time: Instant?) {
    if let time { definedAt = max(definedAt ?? time, time) }
  }

  /// Whether the journal has an instrument.
  func isKnown(_ venue: String, _ symbol: String) -> Bool {
    let place = self.place(overrides.venueName ?? venue, symbol)
    guard place < order.count, order[place] < knownCount else { return false }
    let instrument = instruments[order[place]]
    return instrument.venueName == overrides.venueName ?? venue && instrument.symbol == symbol
  }

  /// Registers an instrument as the source defines it.
  /// - Throws: as `register(_:)`, and if the journal has it otherwise.
  mutating func register(defined proposal: InstrumentProposal) throws(DecodeError) -> Instrument {
    let instrument = try register(proposal)
    if instrument.id.index < knownCount { _ = try agrees(proposal, with: instrument) }
    return instrument
  }

  /// Compares a definition with the instrument that it is about.
  /// - Returns: whether it agrees; one that changes tick or expiry of a new instrument does not.
  /// - Throws: if it contradicts the journal, or an earlier definition in what cannot change.
  func agrees(_ proposed: InstrumentProposal, with instrument: Instrument) throws(DecodeError)
    -> Bool
  {
    var proposal = proposed
    overrides.apply(to: &proposal)
    let fixed = proposal.contradictions(of: instrument)
    let steps = proposal.changes(of: instrument)
    let isKnown = instrument.id.index < knownCount
    guard fixed.isEmpty, steps.isEmpty || !isKnown else {
      throw isKnown
        ? contradiction(proposal, fixed + steps)
        : DecodeError(
          .source,
          "the definitions of \(instrument.fullName) contradict each other: an earlier one gives it "
            + (fixed + steps).joined(separator: "; with "))
    }
    return steps.isEmpty
  }

  /// What is wrong where a definition says something else of the journal's instrument.
  func contradiction(_ proposal: InstrumentProposal, _ differences: [String]) -> DecodeError {
    DecodeError(
      .source,
      "the journal has \(proposal.venueName):\(proposal.symbol) with "
        + "\(differences.joined(separator: "; with ")): an instrument stays what it was first said to be. "
        + "Leave the definition out, or import all files together with it into a new journal")
  }

  /// Keeps what a list of all instruments of a venue says of one, for when something of it comes: most
  /// never do, and the journal need not name them. A later word replaces an earlier one.
  mutating func remember(_ proposal: InstrumentProposal) {
    let place = memoryPlace(proposal.venueName, proposal.symbol)
    if isRemembered(place, proposal.venueName, proposal.symbol) {
      memory[place] = proposal
    } else {
      memory.insert(proposal, at: place)
    }
  }

  /// What was last remembered of an instrument, or nil.
  func remembered(_ venue: String, _ symbol: String) -> InstrumentProposal? {
    let place = memoryPlace(venue, symbol)
    return isRemembered(place, venue, symbol) ? memory[place] : nil
  }

  private func isRemembered(_ place: Int, _ venue: String, _ symbol: String) -> Bool {
    place < memory.count && memory[place].venueName == venue && memory[place].symbol == symbol
  }

  private func memoryPlace(_ venue: String, _ symbol: String) -> Int {
    var (low, high) = (0, memory.count)
    while low < high {
      let middle = (low + high) / 2
      if (memory[middle].venueName, memory[middle].symbol) < (venue, symbol) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private mutating func define(_ proposed: InstrumentProposal, id: InstrumentID)
    throws(DecodeError) -> Instrument
  {
    var proposal = proposed
    let found = surveyedScales(proposal.venueName, proposal.symbol)
    if proposal.isTickUsual, found?.isBetweenTicks == true { proposal.tickSize = nil }
    if isSurvey, proposal.priceScale == nil || proposal.quantityScale == nil { unscaled.append(id) }
    // A tick or lot that is known has decimals that the data may lack.
    let priceScale =
      proposal.priceScale ?? max(found?.price ?? 9, Self.decimals(of: proposal.tickSize))
    let quantityScale =
      proposal.quantityScale ?? max(found?.quantity ?? 9, Self.decimals(of: proposal.lotSize))
    guard Self.decimals(of: overrides.tickSize) <= priceScale,
      Self.decimals(of: overrides.lotSize) <= quantityScale
    else {
      throw DecodeError(
        .source,
        "instrument \(proposal.symbol): tick_size or lot_size has more decimals than its prices "
          + "(\(priceScale)) or quantities (\(quantityScale))")
    }
    var instrument = Instrument(
      id: id, venue: venue(proposal.venueName), venueName: proposal.venueName,
      symbol: proposal.symbol, kind: proposal.kind, base: proposal.base,
      currency: proposal.currency, priceScale: priceScale, quantityScale: quantityScale,
      multiplier: proposal.multiplier, expiry: proposal.expiry)
    if let tick = proposal.tickSize, priceScale <= 9 {
      instrument.tickSize = Price(max(1, tick / Int64(power(9 - Int(priceScale)))))
    }
    if let lot = proposal.lotSize, quantityScale <= 9 {
      instrument.lotSize = Quantity(max(1, lot / Int64(power(9 - Int(quantityScale)))))
    }
    if var option = proposal.option, priceScale <= 9 {
      let unit = Int64(power(9 - Int(priceScale)))
      guard option.strike.raw % unit == 0 else {
        throw DecodeError(.source, "\(proposal.symbol): the strike needs more decimals")
      }
      option.strike = Price(option.strike.raw / unit)
      instrument.option = option
    }
    if let problem = instrument.problem {
      throw DecodeError(.source, "instrument \(proposal.symbol): \(problem)")
    }
    return instrument
  }

  /// Decimals that a size needs; × 10^9, nil for none.
  static func decimals(of size: Int64?) -> UInt8 {
    guard let size else { return 0 }
    return (UInt8(0)...9).first { Int128(size) % power(9 - Int($0)) == 0 } ?? 9
  }

  private func venue(_ name: String) -> VenueID {
    var next: UInt16 = 0
    for instrument in instruments {
      if instrument.venueName == name { return instrument.venue }
      next = max(next, instrument.venue.raw &+ 1)
    }
    return VenueID(next)
  }

  private func place(_ venue: String, _ symbol: String) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      let instrument = instruments[order[middle]]
      if (instrument.venueName, instrument.symbol) < (venue, symbol) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func surveyedScales(_ venue: String, _ symbol: String) -> SurveyedScales? {
    var (low, high) = (0, surveyed.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(surveyed[middle], venue, symbol) { low = middle + 1 } else { high = middle }
    }
    guard low < surveyed.count, surveyed[low].venueName == venue, surveyed[low].symbol == symbol
    else { return nil }
    return surveyed[low]
  }

  private static func precedes(_ a: SurveyedScales, _ venue: String, _ symbol: String) -> Bool {
    (a.venueName, a.symbol) < (venue, symbol)
  }
}
