import Events

/// A report on its way, as plain bytes, so that it is moved and never given back: of its texts it has numbers, which
/// its outbox makes texts of when it arrives.
struct PostedReport: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case accepted, rejected, filled, cancelled, replaced, expired, requestRejected, status
    case triggered
  }

  var order: OrderID
  var kind: Kind
  /// Raw value of what there is only one of: a fill's liquidity, the cause of a cancel, the request, the state.
  var detail: UInt8 = 0
  /// Why something was rejected.
  var code: UInt16 = 0
  /// Number of the text, or of the currency of a fill's fee.
  var text: Int32 = 0
  /// Of a fill, or the venue's of an order.
  var number: UInt64 = 0
  var price = Price.none
  /// Filled, or an order's new total.
  var quantity = Quantity.zero
  var fee = Money.zero
  var basis: FillBasis?
  var eventTime = Instant.epoch
  var deliverTime = Instant.epoch
}

extension PostedReport: Due {
  @inline(__always) var due: Instant { deliverTime }
}

/// The texts that reports have had, each once: there are as many as there are reasons, and currencies.
struct ReportTexts {
  private var texts = [""]
  /// The last text that was looked for.
  private var last: Int32 = 0

  subscript(number: Int32) -> String { texts[Int(number)] }

  /// The number of a text.
  @inline(__always)
  mutating func number(of text: String) -> Int32 {
    if text.isEmpty { return 0 }
    if texts[Int(last)] != text { look(for: text) }
    return last
  }

  @inline(never)
  private mutating func look(for text: String) {
    let known = texts.firstIndex(of: text)
    last = Int32(known ?? texts.count)
    if known == nil { texts.append(text) }
  }
}
