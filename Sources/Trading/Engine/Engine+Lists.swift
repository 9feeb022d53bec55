import Events

// What orders of a list do to each other, and parents to their children (docs/orders.md, Lists).
extension Engine {
  /// Follows an order's change through its list and its children.
  /// - Parameter filled: what it filled just now.
  mutating func follow(
    _ after: Order, filled: Quantity, hasEnded ended: Bool, _ header: EntryHeader
  ) {
    guard ended || filled > .zero else { return }
    if ended, !awaited.isEmpty { resumeAwaited(after, header) }
    if ended, !moving.isEmpty { resumeMoving(after) }
    if after.state == .filled, ended, after.dormant > .zero {
      // What its parent would still open, nothing would close.
      work.add(.unlink(after.ticket.terms.parent), cause: header.sequence)
    }
    if after.ticket.terms.isPlain, !market.orders.hasLinked { return }
    followList(after, filled: filled, ended: ended, header)
    for child in market.orders.children(of: after.id) {
      followParent(child, after, filled: filled, ended: ended, header)
    }
  }

  private mutating func followList(
    _ order: Order, filled: Quantity, ended: Bool, _ header: EntryHeader
  ) {
    let terms = order.ticket.terms
    if filled > .zero, terms.list != .none, terms.linkage == .none {
      work.add(
        .alert(
          Alert(
            severity: .warning, code: .listBothFilled, instrument: order.ticket.instrument,
            order: order.id, text: "filled while its cancel for a linked order was under way")),
        cause: header.sequence)
    }
    for sibling in market.orders.linked(to: order) {
      if terms.linkage == .oneUpdatesOther, !ended {
        take(filled, offSibling: sibling, header)
      } else {
        work.add(.unlink(sibling), cause: header.sequence)
      }
    }
  }

  private mutating func take(
    _ filled: Quantity, offSibling sibling: OrderID, _ header: EntryHeader
  ) {
    guard let before = market.orders[sibling] else { return }
    guard before.state == .held else {
      return work.add(.resize(sibling, by: -filled.raw), cause: header.sequence)
    }
    var isLeft = true
    change(sibling) { isLeft = $0.reduce(by: filled) }
    if !isLeft { work.add(.unlink(sibling), cause: header.sequence) }
  }

  private mutating func followParent(
    _ child: OrderID, _ parent: Order, filled: Quantity, ended: Bool, _ header: EntryHeader
  ) {
    guard let before = market.orders[child] else { return }
    switch before.ticket.terms.activation {
    case .immediate:
      // One that woke with an earlier fill grows with this one.
      let growth = min(filled, before.dormant)
      guard growth > .zero else { return }
      change(child) { $0.wake(growth) }
      if before.state != .held {
        work.add(.resize(child, by: growth.raw), cause: header.sequence)
      }
    case .parentFilling where parent.filled > .zero,
      .parentFilled where ended && parent.filled > .zero:
      activate(child, parent.filled, header)
    case .parentFilling, .parentFilled:
      if ended { work.add(.end(child, .parentEnded), cause: header.sequence) }
    }
  }

  private mutating func activate(_ child: OrderID, _ quantity: Quantity, _ header: EntryHeader) {
    change(child) { $0.activate(quantity) }
    guard let order = market.orders[child] else { return }
    if order.ticket.type.isConditional, !rules.native.has(order.ticket.type) {
      watch(child)
    } else {
      work.add(.release(child, .activated, seen: .none), cause: header.sequence)
    }
  }

  // MARK: - Decisions

  /// A linked order goes: ended if it is held, else cancelled.
  mutating func unlink(_ id: OrderID) -> Decision? {
    guard let order = market.orders[id], order.isCancellable else { return nil }
    if stop(id, .linked) { return nil }
    return order.state == .held ? .ended(id, .linked) : .cancelRequested(id, .linked)
  }

  /// An order at the venue becomes smaller or larger with a linked order or its parent. While the venue
  /// owes an answer that has to wait.
  mutating func resize(_ id: OrderID, by change: Int64) -> Decision? {
    guard let order = market.orders[id], !order.state.isFinal else { return nil }
    guard order.isReplaceable else {
      deferred.append(Deferred(order: id, change: change))
      return nil
    }
    let (sum, overflow) = order.ticket.quantity.raw.addingReportingOverflow(change)
    let quantity = Quantity(overflow ? (change > 0 ? .max : .min) : sum)
    guard quantity > order.filled else { return .cancelRequested(id, .linked) }
    let price = order.ticket.type.hasLimit ? order.ticket.price : order.ticket.terms.stop
    guard change > 0 else { return .replaceRequested(id, quantity: quantity, price: price) }
    switch gate.judge(order, quantity: quantity, price: price, in: market) {
    case .refused(let refusal): return .refused(refusal)
    case .passed(let passed):
      return .replaceRequested(passed.order, quantity: passed.quantity, price: passed.price)
    }
  }

  /// Asks again for what could not be asked for before the venue answered.
  mutating func retryDeferred(_ id: OrderID, _ header: EntryHeader) {
    guard !deferred.isEmpty, let order = market.orders[id] else { return }
    if order.state.isFinal { deferred.removeAll { $0.order == id } }
    guard order.isReplaceable else { return }
    let sum = deferred.reduce(Int128(0)) { $0 + ($1.order == id ? Int128($1.change) : 0) }
    deferred.removeAll { $0.order == id }
    if sum != 0 { work.add(.resize(id, by: Int64(clamping: sum)), cause: header.sequence) }
  }

  /// The next member of a list: an intent of its own. A list whose last member did not pass the gate is given
  /// up: those before go.
  mutating func member(_ progress: ListProgress) -> Decision? {
    if progress.next > 0, market.orders.lastID != progress.ids[progress.next - 1] {
      for id in progress.ids.dropLast().reversed() { work.addFirst(.unlink(id), cause: deciding) }
      return nil
    }
    guard progress.next < progress.list.members.count else { return nil }
    var progress = progress
    let member = progress.list.members[progress.next]
    let id = market.orders.nextID
    progress.ids.append(id)
    progress.next += 1
    var terms = member.request.terms
    if let parent = member.parent {
      (terms.parent, terms.activation) = (progress.ids[parent], member.activation)
    }
    if let link = member.link { (terms.list, terms.linkage) = (progress.ids[link], member.linkage) }
    work.addFirst(.member(progress), cause: progress.cause)
    var request = member.request
    request.terms = terms
    origin = progress.isHandled ? .core : .list
    return .intent(
      IntentRecord(
        request, of: progress.strategy, because: progress.reason, plan: member.plan))
  }
}

/// How far a list has been asked for.
struct ListProgress: Sendable {
  var strategy: StrategyID
  var list: OrderList
  var reason: Reason
  var cause: UInt64
  /// Made by the core of a strategy's intent.
  var isHandled = false
  /// Index of the next member, and the ids of those before.
  var next = 0
  var ids: [OrderID] = []
}

/// A change of an order's quantity that waits for the venue's answer.
struct Deferred: Equatable, Sendable {
  var order: OrderID
  var change: Int64
}

extension IntentRecord {
  /// What is journaled of an order asked for.
  init(
    _ request: OrderRequest, of strategy: StrategyID, because reason: Reason,
    plan: ExecutionPlan? = nil
  ) {
    self.init(
      strategy: strategy, action: plan == nil ? .order : .execute, instrument: request.instrument,
      side: request.side, type: request.type, timeInForce: request.timeInForce,
      quantity: request.quantity, price: request.price, reason: reason, terms: request.terms,
      plan: plan)
  }
}
