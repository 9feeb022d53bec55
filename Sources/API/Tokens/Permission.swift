/// What an endpoint needs its caller to be allowed.
enum Permission: String, Sendable, CaseIterable {
  case readMarket = "read_market"
  case readTrading = "read_trading"
  case readRisk = "read_risk"
  case readJournal = "read_journal"
  case validate
  case signal
  case trade
  case cancel
  case halt
  case acknowledge
  case propose
  case approve
}

/// What somebody is trusted with (docs/api.md, "Tokens and roles").
public enum Role: String, Sendable, CaseIterable {
  case viewer, analyst, trader, risk, admin, auditor

  var permissions: Set<Permission> {
    switch self {
    case .viewer: [.readMarket, .readTrading]
    case .analyst: Self.reading.union([.validate, .signal])
    case .trader:
      Self.reading.union([
        .validate, .signal, .trade, .cancel, .halt, .acknowledge, .propose,
      ])
    case .risk:
      Self.reading.union([.validate, .cancel, .halt, .acknowledge, .propose, .approve])
    case .admin: Self.reading.union([.halt, .acknowledge])
    case .auditor: Self.reading
    }
  }

  private static let reading: Set<Permission> = [
    .readMarket, .readTrading, .readRisk, .readJournal,
  ]
}

/// Who asks, as their token says.
struct Subject: Sendable, Equatable {
  /// As acts are journaled under it.
  var name: String
  var roles: Set<Role>
  /// When the token ends, in seconds since 1970.
  var expiry: Double

  func may(_ permission: Permission) -> Bool {
    roles.contains { $0.permissions.contains(permission) }
  }

  /// - Throws: 403 if the roles do not allow it.
  func check(_ permission: Permission) throws(Problem) {
    guard may(permission) else {
      let able = Role.allCases.filter { $0.permissions.contains(permission) }.map(\.rawValue)
      throw Problem(
        status: 403, code: "forbidden",
        detail: "`\(name)` lacks the permission \(permission.rawValue), which the roles "
          + "\(able.joined(separator: ", ")) have.")
    }
  }

  /// 1 to 64 characters that can stand in any text without quotes, so that two names in a journaled subject
  /// cannot be taken for one.
  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "@"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
