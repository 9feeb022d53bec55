/// All routes.
enum RouteTable {
  static func routes(_ reads: Reads, _ acts: Acts, _ alerts: AlertDesk) -> [Route] {
    let routes =
      reads.healthRoutes + reads.marketRoutes + reads.orderRoutes + reads.entryRoutes
      + reads.portfolioRoutes + reads.riskRoutes + reads.backtestRoutes(RecordShelf())
      + alerts.routes + acts.tradingRoutes + acts.proposalRoutes + webSocketRoutes
    return routes + [OpenAPIDocument.route(routes)]
  }

  /// Paths of WebSockets, with the channel that each subscribes to by itself.
  static let webSockets: [(path: String, preset: Channels?)] = [
    ("/ws/v1", nil), ("/ws/market-data", .marketData), ("/ws/trades", .trades),
    ("/ws/alerts", .alerts),
  ]

  /// What a request gets that cannot be upgraded.
  private static var webSocketRoutes: [Route] {
    webSockets.map { socket in
      Route(
        method: .get, path: socket.path,
        name: "open"
          + socket.path.split(whereSeparator: { "/-".contains($0) }).map {
            $0.prefix(1).uppercased() + $0.dropFirst()
          }.joined(),
        summary: "Open a WebSocket; the token comes in its first message.", success: 101,
        answers: "messages"
      ) { _ throws(Problem) in
        throw Problem(
          status: 426, code: "upgrade_required",
          detail:
            "Here is a WebSocket: ask over HTTP/1.1 for an upgrade, with version 13 and a key "
            + "of 16 bytes in base64.",
          headers: [Header("upgrade", "websocket"), Header("sec-websocket-version", "13")])
      }
    }
  }
}
