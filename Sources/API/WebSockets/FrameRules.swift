import NIOCore
import NIOWebSocket

/// What the client did against the protocol (RFC 6455), and the code with which the socket is closed (section 7.4).
struct FrameFault: Error, Equatable {
  var code: UInt16
  var what: String

  init(_ code: UInt16, _ what: String) { (self.code, self.what) = (code, what) }

  /// Of an error that the pipeline throws; nil if the socket is just gone.
  init?(_ error: any Error) {
    switch error {
    case let fault as FrameFault: self = fault
    case NIOWebSocketError.invalidFrameLength: self.init(1009, "a frame is too long")
    case is NIOWebSocketError: self.init(1002, "a control frame is too long or in parts")
    case NIOWebSocketFrameAggregator.Error.tooManyFragments,
      NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
      self.init(1009, "a message is too long")
    case is NIOWebSocketFrameAggregator.Error:
      self.init(1002, "the parts of a message do not fit together")
    default: return nil
    }
  }

  /// The code with which a client's closing frame is answered (section 5.5.1).
  static func answer(toClosing payload: [UInt8]) -> FrameFault {
    guard !payload.isEmpty else { return FrameFault(1000, "") }
    guard payload.count >= 2 else { return FrameFault(1002, "half a code") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    // Those that may be sent (section 7.4.1 and 7.4.2).
    guard [1000...1003, 1007...1011, 3000...4999].contains(where: { $0.contains(code) }) else {
      return FrameFault(1002, "no code to close with")
    }
    return String(validating: payload.dropFirst(2), as: UTF8.self) == nil
      ? FrameFault(1007, "the reason is not UTF-8") : FrameFault(1000, "")
  }
}

/// Lets no frame pass that a client may not send, whatever is in it: unmasked, with reserved bits, or of an opcode
/// that there is not (sections 5.1, 5.2). It stands before parts are put together, which loses all three.
final class FrameGate: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias InboundOut = WebSocketFrame

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    if let fault = Self.fault(frame) { return context.fireErrorCaught(fault) }
    context.fireChannelRead(data)
  }

  private static func fault(_ frame: WebSocketFrame) -> FrameFault? {
    if frame.maskKey == nil { return FrameFault(1002, "a client's frames are masked") }
    if frame.rsv1 || frame.rsv2 || frame.rsv3 {
      return FrameFault(1002, "reserved bits, and no extension was agreed on")
    }
    return [.continuation, .text, .binary, .connectionClose, .ping, .pong].contains(frame.opcode)
      ? nil : FrameFault(1002, "there is no such opcode")
  }
}
