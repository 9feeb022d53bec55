import Foundation
import Testing

@testable import API

struct PermissionTests {
  /// The table of docs/api.md, line by line.
  private static func documented() throws -> [String: Set<String>] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../docs/api.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let lines = text.split(separator: "\n").drop { !$0.hasPrefix("| permission |") }
    let rows = lines.prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
        .map { $0.split(separator: " ").joined(separator: " ") }
    }
    let roles = try #require(rows.first).dropFirst()
    var table: [String: Set<String>] = [:]
    for row in rows.dropFirst(2) {
      let name = String(row[0].prefix { $0 != ":" })
      table[name] = Set(zip(roles, row.dropFirst()).filter { $1 == "x" }.map(\.0))
    }
    return table
  }

  @Test func `roles may do what the table says`() throws {
    let table = try Self.documented()
    #expect(Set(table.keys) == Set(Permission.allCases.map(\.rawValue)))
    for permission in Permission.allCases {
      let able = Role.allCases.filter { $0.permissions.contains(permission) }.map(\.rawValue)
      #expect(table[permission.rawValue] == Set(able), "\(permission.rawValue)")
    }
  }

  @Test func `duties are separate`() {
    #expect(!Role.admin.permissions.contains(.approve))
    #expect(
      Role.auditor.permissions.isDisjoint(with: [.cancel, .halt, .propose, .approve, .signal]))
    #expect(!Role.trader.permissions.contains(.approve))
  }

  @Test func `every endpoint with a permission refuses strangers and roles that lack it`()
    async throws
  {
    try await TestServer.with(SharedRun.own.path) { server in
      for route in server.server.routes {
        guard let permission = route.permission else { continue }
        let path = route.path.replacing("{exchange}", with: "X").replacing(
          "{orderId}", with: "ord-1"
        ).replacing("{strategyId}", with: "cross").replacing("{proposalId}", with: "prp-1")
          .replacing("{alertId}", with: "disk.low")
        let method = route.method.rawValue.uppercased()
        let stranger = try await Client.request(
          method, path, port: server.port, body: route.body == nil ? nil : "{}")
        #expect(stranger.status == 401 && stranger.code == "no_token", "\(method) \(path)")
        #expect(stranger.headers["www-authenticate"] == "Bearer")
        guard let lacking = Role.allCases.first(where: { !$0.permissions.contains(permission) })
        else { continue }
        let token = try await server.token("x-\(route.name)", lacking)
        let refused = try await Client.request(
          method, path, port: server.port, headers: [("authorization", "Bearer \(token)")],
          body: route.body == nil ? nil : "{}")
        #expect(refused.status == 403 && refused.code == "forbidden", "\(method) \(path)")
        #expect(refused.json["retryable"] as? Bool == false && refused.sequence != nil)
      }
    }
  }

  @Test func `a token is taken from the header only`() async throws {
    try await TestServer.with(SharedRun.own.path) { server in
      let token = try await server.token("ann", .viewer)
      let inURL = try await Client.request(
        "GET", "/api/v1/orders?access_token=\(token)", port: server.port)
      #expect(inURL.status == 401)
      #expect(!inURL.body.contains(token))
      let twice = try await Client.request(
        "GET", "/api/v1/orders", port: server.port,
        headers: [("authorization", "Bearer \(token)"), ("authorization", "Bearer x")])
      #expect(twice.status == 400 && twice.code == "header_twice")
    }
  }
}
