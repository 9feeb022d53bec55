import Events

/// What a venue publishes about an instrument beside its market events.
public enum Reference: Equatable, Sendable {
  case value(ReferenceValue)
  case imbalance(AuctionImbalance)
  case action(CorporateAction)

  public var instrument: InstrumentID {
    switch self {
    case .value(let value): value.instrument
    case .imbalance(let imbalance): imbalance.instrument
    case .action(let action): action.instrument
    }
  }

  /// As the journal takes it.
  public var observation: Observation {
    switch self {
    case .value(let value): .reference(value)
    case .imbalance(let imbalance): .imbalance(imbalance)
    case .action(let action): .corporateAction(action)
    }
  }
}

extension ReferenceValue.Field {
  /// Digits after the point of a value of this field.
  func scale(_ instrument: Instrument) -> UInt8 {
    switch self {
    case .mark, .index, .settlement, .previousClose: instrument.priceScale
    case .fundingRate: 9
    case .openInterest: instrument.quantityScale
    case .shortSaleRestricted: 0
    }
  }

  /// Whether the number can be such a value of an instrument of a class. An option may settle at nothing.
  func isPossible(_ value: Int64, of kind: InstrumentClass) -> Bool {
    switch self {
    case .mark, .index, .settlement, .previousClose:
      isPossiblePrice(value)
        && (value > 0 || kind.hasFreePrices || value == 0 && kind == .option)
    case .fundingRate: value.magnitude <= 1_000_000_000
    case .openInterest: isPossibleSize(value)
    case .shortSaleRestricted: value == 0 || value == 1
    }
  }
}

/// Reads a value of a field in the instrument's scale; `Int64.max` for what is too large. Averages have
/// more digits than the market's prices: they are rounded half to even, and counted.
func parseReference(
  _ bytes: Span<UInt8>, _ range: Range<Int>, _ field: ReferenceValue.Field,
  _ instrument: Instrument, into batch: inout DecodedBatch
) -> Result<Int64, DecimalProblem> {
  switch scaledDecimal(bytes, range, scale: Int(field.scale(instrument))) {
  case .success(let number):
    if !number.isExact { batch.roundedReferences += 1 }
    return .success(number.value)
  case .failure(.tooLarge): return .success(.max)
  case .failure(let problem): return .failure(problem)
  }
}
