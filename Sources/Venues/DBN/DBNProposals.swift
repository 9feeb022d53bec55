import Events

/// How an instrument is found: what the file calls it, and what is known of it.
struct DBNName {
  var symbol: String
  /// Databento's number; nil where the symbol alone counts.
  var number: UInt32?
  /// Of whom the record is; nil where the data set is one venue.
  var publisher: UInt16?
}

extension DBNMetadata {
  /// The schema of definitions.
  static let definitions: UInt16 = 9
  /// The schema of files with records of several kinds.
  static let mixed: UInt16 = 0xFFFF

  /// The venue part of the data set: `GLBX` of `GLBX.MDP3`.
  var venueName: String {
    String(dataset.split(separator: ".", omittingEmptySubsequences: false).first ?? "")
  }

  /// Whether the data set is of futures and options on them.
  var isOfFutures: Bool {
    ["GLBX", "IFEU", "IFUS", "IFLL", "NDEX", "XEUR", "XEEE", "XCBF"].contains(venueName)
  }

  /// Whether a look ahead may find definitions or several publishers.
  var mayHaveFacts: Bool {
    let isConsolidated = (14...17).contains(schema)
    return schema == Self.definitions || schema == Self.mixed
      || (!isConsolidated && !DBNPublisher.isOnly(in: dataset))
  }

  /// The venues of the CME Group, whose instruments a data set without definitions does not tell apart.
  static let groupVenues = ["XCME", "XCBT", "XNYM", "XCEC"]

  /// The definition that counts for an instrument: its own, or of a symbol that stands for many contracts
  /// that of the one in front.
  func definition(_ name: DBNName, _ facts: DBNFacts) -> DBNDefinition? {
    if let own = facts.definition(dataset, name.symbol) { return own }
    guard let number = name.number, isOfFutures, FuturesSymbol(name.symbol).standsForMany else {
      return nil
    }
    return facts.definition(dataset, number: number)
  }

  /// What is known of an instrument: its definition's words, else what its symbol says.
  func proposal(_ name: DBNName, _ facts: DBNFacts) -> InstrumentProposal {
    var proposal = undefined(name)
    guard let definition = definition(name, facts) else { return proposal }
    proposal.take(definition, in: self, of: name)
    // What all contracts that the symbol stands for have in common.
    if definition.symbol != name.symbol { proposal.expiry = .epoch }
    return proposal
  }

  /// What is known of a symbol without a definition record.
  func undefined(_ name: DBNName) -> InstrumentProposal {
    var proposal: InstrumentProposal
    if isOfFutures {
      proposal = futureProposal(name.symbol)
    } else if venueName == "OPRA" {
      proposal = InstrumentProposal(
        venueName: "OPRA", symbol: name.symbol, kind: .option, priceScale: 4, quantityScale: 0)
      proposal.multiplier = 100_000_000_000
      proposal.tickSize = 10_000_000
    } else {
      // Databento's other data sets are United States equities: four decimals, whole shares.
      proposal = InstrumentProposal(
        venueName: venueName.isEmpty ? "DBN" : venueName, symbol: name.symbol, kind: .equity,
        priceScale: 4, quantityScale: 0)
      proposal.tickSize = 10_000_000
    }
    if let publisher = name.publisher { proposal.venueName = DBNPublisher.venue(publisher) }
    return proposal
  }

  private func futureProposal(_ name: String) -> InstrumentProposal {
    let symbol = FuturesSymbol(name)
    var proposal = InstrumentProposal(
      venueName: venueName, symbol: name, kind: .future, quantityScale: 0)
    if case .option = symbol { proposal.kind = .option }
    guard venueName == "GLBX" else {
      let name = ContractName(name, at: venueName)
      if let kind = name.kind { proposal.kind = kind }
      (proposal.expiry, proposal.currency) = (name.expiry, name.currency)
      proposal.isMultiplierAssumed = true
      return proposal
    }
    guard let root = symbol.root.flatMap(FuturesRoot.named) else {
      proposal.venueName = "XCME"
      proposal.isMultiplierAssumed = true
      return proposal
    }
    proposal.venueName = root.venue
    proposal.multiplier = root.multiplier
    if symbol.hasTickOfRoot {
      proposal.priceScale = root.priceScale
      proposal.tickSize = root.tickSize
      proposal.isTickUsual = root.priceScale == nil
    }
    return proposal
  }
}

extension InstrumentProposal {
  /// Takes over what a definition record says.
  mutating func take(_ definition: DBNDefinition, in file: DBNMetadata, of name: DBNName) {
    // A share is traded at the data set's venue, wherever it is listed.
    if file.isOfFutures, name.publisher == nil, !definition.venue.isEmpty {
      venueName = definition.venue
    }
    if !definition.currency.isEmpty { currency = definition.currency }
    kind = definition.kind ?? kind
    expiry = definition.expiry
    takeMultiplier(definition, isOfFutures: file.isOfFutures)
    option = definition.option(underlyingAt: file.isOfFutures ? venueName : nil)
    let strike = InstrumentRegistry.decimals(of: option?.strike.raw)
    if let tick = definition.tickSize {
      (tickSize, isTickUsual) = (tick, false)
      // At least what is usual for the instrument: settlement and spread prices may lie between ticks.
      priceScale = max(InstrumentRegistry.decimals(of: tick), priceScale ?? 2, strike)
    } else if kind == .equity {
      priceScale = 4
    } else if let scale = priceScale {
      priceScale = max(scale, strike)
    }
  }

  /// A contract's size is no point value where prices are in cents, so what a tick is worth counts first,
  /// then what is known of the root.
  private mutating func takeMultiplier(_ definition: DBNDefinition, isOfFutures: Bool) {
    guard kind != .equity else {
      multiplier = 1_000_000_000
      return
    }
    if let value = definition.pointValue {
      multiplier = value
    } else if let size = definition.contractSize, !isOfFutures || isMultiplierAssumed {
      multiplier = size
    } else {
      return
    }
    isMultiplierAssumed = false
  }
}
