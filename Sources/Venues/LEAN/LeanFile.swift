import Events

/// What the path of a LEAN data file says, such as
/// `equity/usa/minute/spy/20131007_trade.zip` or `future/cme/hour/es_quote.zip`.
public struct LeanFile: Equatable, Sendable {
  public enum SecurityType: String, Sendable, CaseIterable {
    case equity
    case option
    case future
    case forex
    case cfd
    case crypto
    case cryptofuture
    case index
  }
  public enum Resolution: String, Sendable, CaseIterable {
    case tick
    case second
    case minute
    case hour
    case daily
  }
  public enum DataKind: String, Sendable, CaseIterable {
    case trade
    case quote
    case openInterest = "openinterest"
    /// Funding rates of a perpetual.
    case marginInterest = "margin_interest"
    /// Splits and dividends of a share.
    case factors = "factor_files"
  }

  public var type: SecurityType
  /// Lower case, as in the path.
  public var market: String
  public var resolution: Resolution
  /// The equity, pair or root, in capitals.
  public var symbol: String
  public var kind: DataKind
  /// The local day of the file; nil for hour and daily files, whose rows name their day.
  public var date: CivilDate?

  /// - Parameter path: the file's path; its last four to six parts count.
  /// - Returns: nil if it is no path of prices in LEAN's layout.
  public init?(path: String) {
    let parts = path.lowercased().split(separator: "/").map(String.init)
    guard let root = parts.indices.last(where: { SecurityType(rawValue: parts[$0]) != nil }),
      let type = SecurityType(rawValue: parts[root]), parts.count > root + 3
    else { return nil }
    if type == .cryptofuture, parts.count == root + 4,
      parts[root + 2] == DataKind.marginInterest.rawValue, parts[root + 3].hasSuffix(".csv")
    {
      self.type = type
      market = parts[root + 1]
      resolution = .tick
      kind = .marginInterest
      symbol = parts[root + 3].dropLast(4).uppercased()
      return
    }
    if type == .equity, parts.count == root + 4,
      parts[root + 2] == DataKind.factors.rawValue, parts[root + 3].hasSuffix(".csv")
    {
      self.type = type
      market = parts[root + 1]
      resolution = .daily
      kind = .factors
      symbol = parts[root + 3].dropLast(4).uppercased()
      return
    }
    guard let resolution = Resolution(rawValue: parts[root + 2]), let file = parts.last,
      file.hasSuffix(".zip")
    else { return nil }
    self.type = type
    market = parts[root + 1]
    self.resolution = resolution
    let words = file.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
    let kinds = words.compactMap { DataKind(rawValue: String($0)) }
    switch resolution {
    case .tick, .second, .minute:
      guard parts.count == root + 5, let first = words.first, first.utf8.count == 8,
        let number = Int64(first), let date = CivilDate(yyyymmdd: number), let kind = kinds.first
      else { return nil }
      symbol = parts[root + 3].uppercased()
      self.date = date
      self.kind = kind
    case .hour, .daily:
      guard parts.count == root + 4, let first = words.first, !first.isEmpty else { return nil }
      symbol = first.uppercased()
      kind = kinds.first ?? (type == .forex || type == .cfd ? .quote : .trade)
    }
  }

  /// Length of a bar in nanoseconds; 0 for what is no bar.
  var interval: Int64 {
    if kind == .openInterest || kind == .marginInterest || kind == .factors { return 0 }
    return switch resolution {
    case .tick: 0
    case .second: Nanoseconds.second
    case .minute: 60 * Nanoseconds.second
    case .hour: 3600 * Nanoseconds.second
    case .daily: Nanoseconds.day
    }
  }

  /// No tick of the file is before this moment; nil if the path does not tell.
  public var earliest: Instant? { date.map { zone.instant($0, nanoseconds: 0) } }

  /// Why an entry of the archive cannot be the file's; nil if it can: LEAN names entries
  /// `20131007_spy_minute_trade.csv`, and `spy.csv` or `es_trade_201312.csv` where rows name their day.
  func mismatch(_ entry: String) -> String? {
    // What is no archive has one nameless entry, called “data”.
    if kind == .factors || kind == .marginInterest || entry.isEmpty || entry == "data" {
      return nil
    }
    var stem = entry.lowercased().split(separator: "/").last.map(String.init) ?? ""
    if stem.hasSuffix(".csv") { stem.removeLast(4) }
    var words = stem.split(separator: "_").map(String.init)
    if let first = words.first, first.utf8.count == 8, let number = Int64(first),
      let day = CivilDate(yyyymmdd: number)
    {
      if let date, day != date { return "is of another day than the archive, \(first)" }
      words.removeFirst()
    }
    guard let name = words.first else { return nil }
    guard name == symbol.lowercased() else {
      return "is of another symbol than the archive, \(name.uppercased()), not \(symbol)"
    }
    for word in words.dropFirst() {
      if let told = DataKind(rawValue: word), told != kind {
        return "is of another kind than the archive, \(word), not \(kind.rawValue)"
      }
      if let told = Resolution(rawValue: word), told != resolution {
        return "is of another resolution than the archive, \(word), not \(resolution.rawValue)"
      }
    }
    return nil
  }

  /// Whether the data have to tell the scale of prices.
  public var needsSurvey: Bool {
    switch type {
    case .equity, .option: false
    case .future: futureTerms.priceScale == nil
    case .forex, .cfd, .crypto, .cryptofuture, .index: true
    }
  }

  /// Columns of a tick between its last size and the mark of suspicious ones; nil if it has no mark.
  /// Source: QuantConnect LEAN, LeanData.GenerateLine.
  var columnsBeforeMark: Int? {
    switch (type, kind) {
    case (.forex, _), (.cfd, _): nil
    case (.crypto, _), (.cryptofuture, _): 0
    case (.option, .quote), (.future, .quote): 1
    case (.equity, _), (.option, _), (.future, _), (.index, _): 2
    }
  }

  /// Whether prices are integers × 10000.
  var hasScaledPrices: Bool { type == .equity || type == .option }
}

/// The contract that an entry of an option or future archive holds.
enum LeanContract: Equatable {
  case none
  /// Its month, and the day it ends where the name has that too.
  case future(year: Int, month: Int, expiry: CivilDate?)
  /// Strike × 10000.
  case option(isCall: Bool, style: OptionTerms.Style, strike: Int64, expiry: CivilDate)

  /// - Parameter entry: such as `20151224_goog_minute_quote_american_call_10000000_20160115.csv`,
  ///   `20200106_gc_minute_trade_202002_20200226.csv` or `es_trade_201312.csv`.
  init?(_ entry: String, of type: LeanFile.SecurityType) {
    let stem = entry.split(separator: "/").last?.split(separator: ".").first ?? ""
    let words = stem.split(separator: "_")
    switch type {
    case .option:
      guard words.count >= 5, let number = Int64(words[words.count - 1]),
        let expiry = CivilDate(yyyymmdd: number), let strike = Int64(words[words.count - 2]),
        strike > 0, strike < 1_000_000_000_000,
        words[words.count - 3] == "call" || words[words.count - 3] == "put",
        words[words.count - 4] == "american" || words[words.count - 4] == "european"
      else { return nil }
      self = .option(
        isCall: words[words.count - 3] == "call",
        style: words[words.count - 4] == "american" ? .american : .european, strike: strike,
        expiry: expiry)
    case .future:
      guard let place = words.lastIndex(where: { $0.utf8.count == 6 && Int($0) != nil }),
        let last = Int(words[place]), (1...12).contains(last % 100),
        (1900...2261).contains(last / 100)
      else { return nil }
      var expiry: CivilDate?
      if let end = words[(place + 1)...].first {
        expiry = Int64(end).flatMap { CivilDate(yyyymmdd: $0) }
        if expiry == nil { return nil }
      }
      self = .future(year: last / 100, month: last % 100, expiry: expiry)
    case .equity, .forex, .cfd, .crypto, .cryptofuture, .index: self = .none
    }
  }
}

extension LeanFile {
  var venueName: String {
    switch (type, market) {
    case (.future, "cme"): "XCME"
    case (.future, "cbot"): "XCBT"
    case (.future, "nymex"): "XNYM"
    case (.future, "comex"): "XCEC"
    // The same market may trade a pair and the perpetual of the same name.
    case (.cryptofuture, _): market.uppercased() + "_PERP"
    default: market.uppercased()
    }
  }

  func proposal(_ contract: LeanContract) -> InstrumentProposal {
    var proposal = InstrumentProposal(
      venueName: venueName, symbol: symbol, kind: .equity, priceScale: 4, quantityScale: 0)
    proposal.currency = marketCurrency
    switch type {
    case .equity: proposal.tickSize = 10_000_000
    case .option: proposal.kind = .option
    case .future: proposal.kind = .future
    case .index:
      proposal.kind = .index
      proposal.tickSize = LeanTicks.tick(of: symbol, type, market)
      (proposal.priceScale, proposal.quantityScale) = (nil, nil)
    case .forex, .cfd, .crypto, .cryptofuture: describePair(&proposal)
    }
    apply(contract, to: &proposal)
    return proposal
  }

  private func describePair(_ proposal: inout InstrumentProposal) {
    let pair = LeanQuotes.pair(symbol, type, market)
    (proposal.base, proposal.currency) = (pair.base, pair.quote)
    (proposal.priceScale, proposal.quantityScale) = (nil, nil)
    proposal.multiplier = pairMultiplier(pair.quote)
    proposal.tickSize = LeanTicks.tick(of: symbol, type, market)
    switch type {
    case .crypto: proposal.kind = .crypto
    // In dollars themselves they settle in the coin; in a coin that stands for dollars, in that. Those of
    // dYdX, whose prices are in dollars, are paid in such a coin.
    case .cryptofuture where pair.quote == "USD" && market != "dydx":
      proposal.kind = .inverse
      (proposal.base, proposal.currency) = (pair.quote, pair.base)
      proposal.lotSize = 1_000_000_000
    case .cryptofuture: proposal.kind = .perpetual
    default: proposal.kind = .forex
    }
    // Sizes of coins carry noise of binary floats beyond the eighth digit.
    if proposal.kind == .crypto || proposal.kind == .perpetual { proposal.quantityScale = 8 }
  }

  private func apply(_ contract: LeanContract, to proposal: inout InstrumentProposal) {
    switch contract {
    case .none: break
    case .future(let year, let month, let expiry):
      let letters = Array("FGHJKMNQUVXZ")
      proposal.symbol = "\(symbol)\(letters[month - 1])\(Self.padded(year % 100, 2))"
      let terms = futureTerms
      proposal.currency = terms.currency
      proposal.priceScale = terms.priceScale
      proposal.tickSize = terms.tickSize
      proposal.multiplier = terms.multiplier ?? proposal.multiplier
      proposal.isMultiplierAssumed = terms.multiplier == nil
      if let root = FuturesRoot.named(symbol), root.venue == venueName {
        proposal.expiry = root.expiry(year: year, month: month) ?? .epoch
        proposal.isTickUsual = root.priceScale == nil
      }
      if let expiry {
        // A rule that names the same day knows the hour, too. LEAN's rows are in UTC, the exchanges are not.
        let exchange = ["nymex", "comex"].contains(market) ? TimeZoneRule.newYork : .chicago
        let day = exchange.instant(expiry, nanoseconds: 0)
        if !(0..<Nanoseconds.day).contains(proposal.expiry.since(day)) {
          proposal.expiry = day.advanced(by: 16 * Nanoseconds.hour)
        }
      }
    case .option(let isCall, let style, let strike, let expiry):
      // The OCC's symbol without padding: root, date, right, strike × 1000 in eight digits.
      let date =
        Self.padded(expiry.year % 100, 2) + Self.padded(expiry.month, 2)
        + Self.padded(expiry.day, 2)
      proposal.symbol = "\(symbol)\(date)\(isCall ? "C" : "P")\(Self.padded(strike / 10, 8))"
      // Of the other markets' lots, which changed over the years, nothing is known.
      proposal.isMultiplierAssumed = market != "usa"
      if market == "usa" { proposal.multiplier = 100_000_000_000 }
      proposal.tickSize = 10_000_000
      proposal.expiry = zone.instant(expiry, nanoseconds: 16 * Nanoseconds.hour)
      proposal.option = OptionTerms(
        isCall ? .call : .put, style: style, settlement: .physical,
        strike: Price(strike * 100_000), underlying: "\(venueName):\(symbol)")
    }
  }

  private static func padded(_ number: some BinaryInteger, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
