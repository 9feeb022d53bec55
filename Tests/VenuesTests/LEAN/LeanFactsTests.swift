import Events
import Foundation
import Testing

@testable import Venues

/// The tables of LEAN's markets against LEAN's own files.
@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct LeanFactsTests {
  private static let zones: [String: TimeZoneRule] = [
    "UTC": .utc, "UTC-05": .fixed(-5 * 3600), "America/New_York": .newYork,
    "America/Chicago": .chicago, "Europe/Berlin": .berlin, "Asia/Tokyo": .tokyo,
    "Asia/Seoul": .tokyo, "Asia/Hong_Kong": .fixed(8 * 3600), "Asia/Kolkata": .fixed(19_800),
  ]

  @Test func `the clock of every file is that of the market hours database`() throws {
    let bytes = try SharedData.bytes("lean/market-hours/market-hours-database.json")
    let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    let entries = try #require(json?["entries"] as? [String: [String: Any]])
    var seen = 0
    for (key, entry) in entries {
      let words = key.split(separator: "-", maxSplits: 2).map(String.init)
      guard LeanFile.SecurityType(rawValue: words[0].lowercased()) != nil else { continue }
      let name = try #require(entry["dataTimeZone"] as? String)
      let symbol = words[2] == "[*]" ? "unlisted" : words[2]
      let file = try #require(
        LeanFile(path: "\(words[0])/\(words[1])/daily/\(symbol)_trade.zip"), "\(key)")
      #expect(file.zone == Self.zones[name], "\(key): \(name)")
      seen += 1
    }
    #expect(seen > 500)
  }

  /// Rows of the properties: market, symbol, type, description, currency, multiplier, tick, lot.
  private func rows() throws -> [[String]] {
    let bytes = try SharedData.bytes("lean/symbol-properties/symbol-properties-database.csv")
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("#") }.dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      .filter { $0.count > 7 }
  }

  private func nanos(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    let plain = plainDecimal(bytes.span, 0..<bytes.count) ?? bytes
    guard case .success(let value) = Events.parseDecimal(plain, scale: 9) else { return nil }
    return value
  }

  @Test func `currencies and multipliers are those of the symbol properties`() throws {
    var (seen, futures) = (0, 0)
    // Its rows of India's futures have multipliers of 0.05 and ticks of 75, the wrong way round.
    for row in try rows() where !(row[0] == "india" && row[2] == "future") {
      guard let type = LeanFile.SecurityType(rawValue: row[2]) else { continue }
      let symbol = row[1] == "[*]" ? "unlisted" : row[1].lowercased()
      // What no name tells has the currency of its market.
      if row[1] == "[*]", type == .cfd || type == .crypto || type == .forex { continue }
      let entry =
        switch type {
        case .future: "\(symbol)_trade_202406_20240621.csv"
        case .option: "20240510_x_minute_trade_american_call_1000000_20240621.csv"
        default: ""
        }
      let file = try #require(
        LeanFile(path: "\(type)/\(row[0])/daily/\(symbol)_trade.zip"), "\(row)")
      let proposal = file.proposal(try #require(LeanContract(entry, of: type), "\(row)"))
      let currency = proposal.kind == .inverse ? proposal.base : proposal.currency
      #expect(currency == row[4], "\(row)")
      #expect(proposal.multiplier == nanos(row[5]), "\(row)")
      #expect(!proposal.isMultiplierAssumed, "\(row)")
      seen += 1
      guard type == .future else { continue }
      // Ticks that changed over the years are left to the data.
      if let tick = proposal.tickSize { #expect(tick == nanos(row[6]), "\(row)") }
      futures += 1
    }
    #expect(seen > 9000)
    #expect(futures > 200)
  }

  @Test func `rows of futures are in order`() {
    for market in ["cbot", "cfe", "cme", "comex", "eurex", "hkfe", "ice", "krx", "nymex", "sgx"] {
      let roots = (LeanFutures.rows(of: market) ?? "").split(separator: "\n").map {
        String($0.prefix { $0 != " " })
      }
      #expect(!roots.isEmpty && roots == roots.sorted(), "\(market)")
      #expect(Set(roots).count == roots.count)
    }
  }
}
