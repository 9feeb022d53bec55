import Events

extension DBNDecoder {
  /// The place of an instrument, which is registered when it is met first; nil for one not asked for.
  @inline(__always)
  mutating func place(
    _ number: UInt32, _ publisher: UInt16, at time: Instant, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int? {
    let place: Int
    if let known = instruments.place(number, publisher, at: time) {
      place = known
    } else {
      place = try register(number, publisher, at: time, registry: &registry)
    }
    return instruments[place].id == .none ? nil : place
  }

  /// - Returns: the place; one that is not asked for has no id.
  @inline(never)
  private mutating func register(
    _ number: UInt32, _ publisher: UInt16, at time: Instant, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int {
    guard let metadata else { preconditionFailure("records come after the metadata") }
    let mapping = metadata.mapping(of: number, at: time)
    var item = DBNInstrument(
      number: number, publisher: publisher, first: mapping?.first ?? Instant(nanoseconds: .min),
      last: mapping?.last ?? .distantFuture, id: .none)
    levels.append(DBNLevels())
    let known = mapping?.symbol ?? streamed[number]
    if let known, !isWanted(known) {
      registry.passOver(known)
      return instruments.append(item)
    }
    if known == nil, let symbol {
      guard named ?? number == number else {
        throw DecodeError(
          .source,
          "the metadata name neither instrument #\(named ?? 0) nor #\(number): one name, \(symbol), "
            + "cannot be both. Leave --symbol out: they are named by their numbers")
      }
      named = number
    }
    var name = DBNName(symbol: known ?? symbol ?? "#\(number)", number: number)
    if case .parent = FuturesSymbol(name.symbol), metadata.shared.contains(name.symbol) {
      // One of many that the symbol stands for.
      let definition = registry.facts.definition(metadata.dataset, number: number)
      name.symbol = definition?.symbol ?? "\(name.symbol)#\(number)"
    }
    if publisher != 0 { name.publisher = publisher }
    let instrument = try registered(name, metadata, &registry)
    item.id = instrument.id
    item.kind = instrument.kind
    item.divisor = Int64(power(9 - Int(instrument.priceScale)))
    item.sizeFactor = Int64(power(Int(instrument.quantityScale)))
    item.priceDigits = Int(instrument.priceScale)
    item.leastPrice = hasFreePrices(instrument, name, metadata, registry.facts) ? -Price.limit : 1
    item.isContinuous = metadata.isOfFutures && FuturesSymbol(name.symbol).standsForMany
    return instruments.append(item)
  }

  /// Whether prices may be 0 and less: those of futures, and of combinations of options, which definitions call
  /// options, too.
  private func hasFreePrices(
    _ instrument: Instrument, _ name: DBNName, _ metadata: DBNMetadata, _ facts: DBNFacts
  ) -> Bool {
    if instrument.kind.hasFreePrices { return true }
    guard instrument.kind == .option, metadata.isOfFutures else { return false }
    if let definition = metadata.definition(name, facts) { return definition.isCombination }
    return metadata.undefined(name).kind != .option
  }

  /// Takes the name that the stream gives to a number from here on; the metadata's word goes first.
  mutating func mapSymbol(_ record: Span<UInt8>, at offset: Int) throws(DecodeError) {
    guard record.count >= DBNSymbolMapping.shortest else {
      throw DecodeError(
        .byte(offset),
        "a symbol mapping record of \(record.count) bytes, not \(DBNSymbolMapping.shortest)")
    }
    let mapping = DBNSymbolMapping(record)
    guard !mapping.symbol.isEmpty, streamed[mapping.number] != mapping.symbol,
      metadata?.mapping(of: mapping.number, at: .epoch) == nil
    else { return }
    streamed[mapping.number] = mapping.symbol
    instruments.forget(mapping.number)
  }

  /// Whether a symbol that the file names is asked for.
  private func isWanted(_ name: String) -> Bool {
    guard let symbol else { return true }
    return symbol == name || symbol.uppercased() == name.uppercased()
  }

  /// Registers an instrument as its symbol and the definitions have it.
  private func registered(
    _ name: DBNName, _ metadata: DBNMetadata, _ registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Instrument {
    var proposal = metadata.proposal(name, registry.facts)
    let plain = metadata.undefined(name)
    if let definition = metadata.definition(name, registry.facts) {
      if proposal.venueName != plain.venueName,
        !registry.isKnown(proposal.venueName, name.symbol),
        registry.isKnown(plain.venueName, name.symbol)
      {
        throw registry.contradiction(
          plain, ["venue \(plain.venueName), the definition says \(definition.venue)"])
      }
      return try registry.register(defined: proposal)
    }
    if proposal.isMultiplierAssumed, proposal.venueName == "XCME" {
      // An import with definitions may have told where it is traded.
      proposal.venueName =
        DBNMetadata.groupVenues.first { registry.isKnown($0, name.symbol) } ?? "XCME"
    }
    return try registry.register(proposal)
  }

  /// Registers what a definition record is about, where nothing of it may come.
  mutating func define(
    _ record: Span<UInt8>, at offset: Int, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let metadata, let definition = DBNDefinition(record) else {
      throw DecodeError(.byte(offset), "a definition of \(record.count) bytes")
    }
    guard !definition.symbol.isEmpty else {
      throw DecodeError(.byte(offset), "a definition without a symbol")
    }
    guard isWanted(definition.symbol) else {
      registry.passOver(definition.symbol)
      batch.skip("record of another symbol")
      return
    }
    registry.facts.add(definition, of: metadata.dataset)
    var name = DBNName(symbol: definition.symbol)
    if isSplit { name.publisher = record.u16(2) }
    let instrument = try registered(name, metadata, &registry)
    registry.isDefined(at: DBN.time(record.u64(16)) ?? DBN.time(record.u64(8)))
    var proposal = metadata.undefined(name)
    proposal.take(definition, in: metadata, of: name)
    guard try registry.agrees(proposal, with: instrument) else {
      batch.skip("definition whose tick or expiry changes; the first one counts")
      return
    }
    guard instrument.id.index < registry.knownCount else { return }
    registry.definitionsKnown += 1
    if instrument.expiry == .epoch && proposal.expiry != .epoch
      || instrument.option == nil && proposal.option != nil
    {
      batch.skip("expiry or option terms that the journal's instrument has not: it stays without")
    }
  }
}
