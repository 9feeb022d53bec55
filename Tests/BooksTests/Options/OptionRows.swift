import Books
import Foundation
import Testing

/// The rows of `options.csv`, which QuantLib 1.44 computed.
struct OptionRow {
  var option: PricedOption
  var price: Double
  var rate: Double
  var yield: Double
  var volatility: Double
  /// Price, delta, gamma, vega, theta, rho; the last of an American row is a second price. Nil where the
  /// table has nothing.
  var expected: [Double?]

  static let file: URL? = {
    let path = ProcessInfo.processInfo.environment["DAYBOOK_SHARED"] ?? "../shared"
    let url = URL(fileURLWithPath: path).appendingPathComponent("oracles/options.csv")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()

  static func rows(_ model: String) throws -> [OptionRow] {
    try String(contentsOf: try #require(file), encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      .filter { $0[0] == model }
      .map { fields in
        func number(_ column: Int) throws -> Double { try #require(Double(fields[column])) }
        return OptionRow(
          option: PricedOption(
            fields[1] == "C" ? .call : .put, strike: try number(3), time: try number(7) / 365),
          price: try number(2), rate: try number(4), yield: Double(fields[5]) ?? 0,
          volatility: try number(6), expected: fields[8...].map { Double($0) })
      }
  }
}

extension OptionValue {
  /// In the order of the table.
  var figures: [Double] { [price, delta, gamma, vega, theta, rho] }
}
