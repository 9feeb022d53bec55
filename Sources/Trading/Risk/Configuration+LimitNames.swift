import Events

extension Configuration {
  /// Why somebody may not change limits or release breakers; nil if they may. Asked at the doors, before an act is
  /// recorded; the engine judges what is recorded alike.
  public func objection(toOfficer subject: String) -> String? {
    if limits.settings.mayChange(subject) { return nil }
    let officers = limits.settings.officers.joined(separator: ", ")
    let name = FourEyes(subject)?.approver ?? subject
    return "`\(name)` may not change limits or release breakers: risk.officers are \(officers)"
  }

  /// Looks whether a limit that somebody asks for can ever bind anything: the instrument that its key names must be
  /// there, and its value be in a currency that an instrument or account has. Strategies and accounts are looked at
  /// when a configuration is read. Asked at the doors only: what is in a journal is taken as it is.
  /// - Parameters:
  ///   - key: as in the configuration: `risk.instrument.ALFA.order.max_quantity`.
  ///   - value: as in the configuration; empty takes the limit away, whatever it was on.
  ///   - instruments: those that the run has; where there is none yet nothing is said.
  /// - Throws: what is not there, and what is.
  public func checkNames(
    ofLimit key: String, _ value: String, instruments: [Instrument]
  ) throws(ConfigurationError) {
    guard !value.isEmpty, !instruments.isEmpty else { return }
    let table = "risk.instrument."
    if key.hasPrefix(table) {
      let name = String(key.dropFirst(table.count).prefix { $0 != "." })
      guard instruments.contains(where: { $0.names.contains(name) }) else {
        throw ConfigurationError(
          table + name, "is not an instrument of this run",
          advice: Self.advice(name, among: instruments.map(\.symbol)))
      }
    }
    guard let currency = Self.currency(of: value) else { return }
    let held = accounts.flatMap(\.cash).map(\.currency) + [limits.currency]
    let known = Set(held + instruments.map(\.currency)).filter { !$0.isEmpty }.sorted()
    guard !known.contains(currency) else { return }
    throw ConfigurationError(
      key, "`\(currency)` is the currency of no instrument or account of this run",
      advice: Self.advice(currency, among: known))
  }

  /// `USD` of `50000 USD`; nil for values without a currency: `5 %`, `100/s`, `3`.
  private static func currency(of value: String) -> String? {
    let words = value.split(separator: " ")
    guard words.count == 2, Decimal(String(words[0])) != nil,
      words[1].utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) })
    else { return nil }
    return String(words[1])
  }

  private static func advice(_ word: String, among known: [String]) -> String {
    ConfigurationError.nearest(to: word, among: known).map { "did you mean `\($0)`?" }
      ?? "there is \(Set(known).sorted().joined(separator: ", "))"
  }
}
