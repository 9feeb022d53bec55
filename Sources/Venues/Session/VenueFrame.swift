import Events

/// A frame of the venue protocol (docs/venue-protocol.md, Frames).
public enum VenueFrame: Equatable, Sendable {
  case login(Login)
  /// The content of a block of decisions.
  case commands([UInt8])
  case query(OrderID)
  /// From a client: it wants a statement.
  case statementRequest
  /// The next report's sequence; nil from a client.
  case heartbeat(UInt64?)
  case logout
  /// When this life of the venue began, the next report's sequence, and whether its market waits for the client.
  case accepted(life: UInt64, next: UInt64, isPatient: Bool)
  case refused(Refusal, String)
  /// The content of a block of what the venue has recorded: orders as they came, and reports.
  case reports([UInt8])
  /// The content of a block of market data.
  case market([UInt8])
  case statement(VenueStatement)

  public struct Login: Equatable, Sendable {
    public var version = VenueFrame.version
    /// Identity of the client's journal, 16 bytes.
    public var client: [UInt8]
    /// The next report wanted; 0 for those to come.
    public var next: UInt64
    public var cancelsOnDisconnect: Bool

    public init(client: [UInt8], next: UInt64, cancelsOnDisconnect: Bool) {
      (self.client, self.next) = (client, next)
      self.cancelsOnDisconnect = cancelsOnDisconnect
    }
  }

  public enum Refusal: UInt16, Sendable, CaseIterable {
    case version = 1
    case inUse = 2
    case unknownReport = 3
    case noLogin = 4
  }

  public static let version: UInt16 = 3
  /// Longest frame without its length, in bytes.
  public static let longest = 4 << 20

  private enum Kind: UInt8 {
    case login = 1
    case commands = 2
    case query = 3
    case heartbeat = 4
    case logout = 5
    case statementRequest = 6
    case accepted = 16
    case refused = 17
    case reports = 18
    case market = 19
    case statement = 20
  }

  /// The frame's bytes, its length included.
  public var bytes: [UInt8] {
    var out = ByteBuffer(capacity: 64)
    out.append(UInt32(0))
    switch self {
    case .login(let login):
      out.append(Kind.login.rawValue)
      out.append(login.version)
      out.append(login.client)
      out.append(login.next)
      out.append(UInt8(login.cancelsOnDisconnect ? 1 : 0))
    case .commands(let block): Self.append(.commands, block, to: &out)
    case .query(let order):
      out.append(Kind.query.rawValue)
      out.append(order.raw)
    case .heartbeat(let next):
      out.append(Kind.heartbeat.rawValue)
      if let next { out.append(next) }
    case .logout: out.append(Kind.logout.rawValue)
    case .statementRequest: out.append(Kind.statementRequest.rawValue)
    case .statement(let statement):
      out.append(Kind.statement.rawValue)
      statement.encode(to: &out)
    case .accepted(let life, let next, let isPatient):
      out.append(Kind.accepted.rawValue)
      out.append(life)
      out.append(next)
      out.append(UInt8(isPatient ? 1 : 0))
    case .refused(let why, let text):
      out.append(Kind.refused.rawValue)
      out.append(why.rawValue)
      out.append(string: text)
    case .reports(let block): Self.append(.reports, block, to: &out)
    case .market(let block): Self.append(.market, block, to: &out)
    }
    out.overwrite(UInt32(out.count - 4), at: 0)
    return out.array
  }

  private static func append(_ kind: Kind, _ block: [UInt8], to out: inout ByteBuffer) {
    out.append(kind.rawValue)
    out.append(block)
  }

  /// Reads a frame's type and payload.
  /// - Throws: `Damage` for an unknown type or a payload of another length.
  init(_ bytes: [UInt8]) throws(Damage) {
    self = try bytes.withContent { (content) throws(Damage) in try Self.read(content) }
  }

  private static func read(_ content: RawSpan) throws(Damage) -> VenueFrame {
    var input = ByteReader(content)
    let number = try input.read(UInt8.self)
    guard let kind = Kind(rawValue: number) else {
      throw Damage(at: 0, "an unknown type of frame, \(number)")
    }
    let frame: VenueFrame
    switch kind {
    case .commands: return .commands(try input.read(count: content.byteCount - 1))
    case .reports: return .reports(try input.read(count: content.byteCount - 1))
    case .market: return .market(try input.read(count: content.byteCount - 1))
    case .login: frame = .login(try login(&input))
    case .query: frame = .query(OrderID(try input.read(UInt64.self)))
    case .heartbeat:
      frame = .heartbeat(content.byteCount == 1 ? nil : try input.read(UInt64.self))
    case .logout: frame = .logout
    case .statementRequest: frame = .statementRequest
    case .statement: frame = .statement(try VenueStatement(&input))
    case .accepted:
      let (life, next) = (try input.read(UInt64.self), try input.read(UInt64.self))
      frame = .accepted(life: life, next: next, isPatient: try input.read(UInt8.self) & 1 == 1)
    case .refused:
      guard let why = Refusal(rawValue: try input.read(UInt16.self)) else {
        throw Damage(at: 1, "an unknown refusal")
      }
      frame = .refused(why, try input.readString())
    }
    guard input.offset == content.byteCount else {
      throw Damage(at: input.offset, "more than a frame")
    }
    return frame
  }

  private static func login(_ input: inout ByteReader) throws(Damage) -> Login {
    let version = try input.read(UInt16.self)
    let client = try input.read(count: 16)
    let next = try input.read(UInt64.self)
    var login = Login(
      client: client, next: next, cancelsOnDisconnect: try input.read(UInt8.self) & 1 == 1)
    login.version = version
    return login
  }
}

/// Cuts a stream of bytes into frames, however it arrives.
public struct VenueFrameReader: Sendable {
  private var buffer: [UInt8] = []
  private var start = 0

  public init() {}

  public mutating func append(_ bytes: some Sequence<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += bytes
  }

  /// The next whole frame, or nil if there is none yet.
  /// - Throws: `Damage` if what is there is no frame: nothing after it can be read.
  public mutating func next() throws(Damage) -> VenueFrame? {
    guard buffer.count - start >= 4 else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(buffer[start + $1]) << (8 * $1) }
    guard (1...VenueFrame.longest).contains(length) else {
      throw Damage(at: 0, "a frame of \(length) bytes")
    }
    guard buffer.count - start - 4 >= length else { return nil }
    let frame = try VenueFrame(Array(buffer[start + 4..<start + 4 + length]))
    start += 4 + length
    return frame
  }
}
