import Events

/// Reads a decimal number of bytes (`-12.5`, `7`, `.5`, no exponent) as an integer with `scale`
/// decimals. Zeros beyond the scale are accepted, other digits there are not.
@inline(__always)
func parseDecimal(_ bytes: Span<UInt8>, _ range: Range<Int>, scale: Int)
  -> Result<Int64, DecimalProblem>
{
  scaledDecimal(bytes, range, scale: scale).flatMap { number in
    number.isExact ? .success(number.value) : .failure(.tooPrecise(digits: scale))
  }
}

/// A decimal number cut to a scale.
struct ScaledDecimal {
  /// Rounded half to even.
  var value: Int64
  /// Whether nothing was rounded off.
  var isExact: Bool
}

/// Reads a decimal number as an integer with `scale` decimals, rounding half to even what is beyond.
@inline(__always)
func scaledDecimal(_ bytes: Span<UInt8>, _ range: Range<Int>, scale: Int)
  -> Result<ScaledDecimal, DecimalProblem>
{
  var position = range.lowerBound
  let end = range.upperBound
  guard position < end, end <= bytes.count else { return .failure(.notANumber) }
  let isNegative = bytes[position] == UInt8(ascii: "-")
  if isNegative || bytes[position] == UInt8(ascii: "+") { position += 1 }
  let first = position
  var value: UInt64 = 0
  var decimals = 0
  var seesPoint = false
  var rest = Rest()
  while position < end {
    let digit = bytes[position] &- UInt8(ascii: "0")
    if digit <= 9 {
      if seesPoint, decimals == scale {
        rest.add(digit)
      } else {
        let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
        if high || carry { return .failure(.tooLarge) }
        value = sum
        if seesPoint { decimals += 1 }
      }
    } else if bytes[position] == UInt8(ascii: "."), !seesPoint {
      seesPoint = true
    } else {
      return .failure(.notANumber)
    }
    position += 1
  }
  guard end - first > (seesPoint ? 1 : 0) else { return .failure(.notANumber) }
  while decimals < scale {
    let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
    if high { return .failure(.tooLarge) }
    value = tenfold
    decimals += 1
  }
  if rest.roundsUp(value) { value += 1 }
  guard value <= UInt64(Int64.max) else { return .failure(.tooLarge) }
  let magnitude = Int64(value)
  return .success(ScaledDecimal(value: isNegative ? -magnitude : magnitude, isExact: rest.isZero))
}

/// The digits that did not fit.
private struct Rest {
  var first: UInt8?
  var hasMore = false

  var isZero: Bool { first ?? 0 == 0 && !hasMore }

  mutating func add(_ digit: UInt8) {
    if first == nil { first = digit } else if digit != 0 { hasMore = true }
  }

  func roundsUp(_ value: UInt64) -> Bool {
    guard let first, value < .max else { return false }
    return first > 5 || (first == 5 && (hasMore || value & 1 == 1))
  }
}

/// Reads digits as a number below 2^63; nil if there is anything else, or nothing, or too much.
@inline(__always)
func parseInteger(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
  guard !range.isEmpty, range.upperBound <= bytes.count else { return nil }
  var value: Int64 = 0
  for position in range {
    let digit = bytes[position] &- UInt8(ascii: "0")
    guard digit <= 9 else { return nil }
    let (tenfold, high) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(Int64(digit))
    if high || carry { return nil }
    value = sum
  }
  return value
}

/// Whether a price from the outside can be taken.
@inline(__always)
func isPossiblePrice(_ raw: Int64) -> Bool { raw.magnitude <= UInt64(Price.limit) }

/// Whether a size from the outside can be taken: 0 or more.
@inline(__always)
func isPossibleSize(_ raw: Int64) -> Bool { raw >= 0 && raw <= Quantity.limit }

extension InstrumentClass {
  /// Whether its prices may be 0 and less: a future's, and so a spread's of futures, may.
  var hasFreePrices: Bool { self == .future }
}

/// Whether there is a price and an instrument can have it.
@inline(__always)
func isPossiblePrice(_ price: Price, of instrument: Instrument) -> Bool {
  !price.isNone && isPossiblePrice(price.raw) && (price.raw > 0 || instrument.kind.hasFreePrices)
}

extension Bar {
  /// Whether high and low enclose open and close, all within the limits, and the volume is a size.
  var isPossible: Bool {
    !open.isNone && isPossiblePrice(open.raw) && isPossiblePrice(high.raw)
      && isPossiblePrice(low.raw) && isPossiblePrice(close.raw) && high >= open && high >= close
      && low <= open && low <= close && isPossibleSize(volume.raw) && interval > 0
  }

  /// Whether it is, and an instrument can have the prices.
  func isPossible(of instrument: Instrument) -> Bool {
    isPossible && isPossiblePrice(low, of: instrument)
  }
}
