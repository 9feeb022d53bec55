import Events

/// How each order stands at the venue, to answer when it is asked about. Kept where a connection can be
/// lost. Adding the largest id so far is O(1), a change O(log n).
struct OrderRecords {
  struct Record {
    var order: OrderID
    var quantity: Quantity
    var filled = Quantity.zero
    /// How it ended; `working` while it has not.
    var state = VenueReport.KnownState.working
  }

  private(set) var records: [Record] = []

  mutating func add(_ order: OrderID, _ quantity: Quantity) {
    let place = self.place(of: order)
    if place < records.count, records[place].order == order { return }
    records.insert(Record(order: order, quantity: quantity), at: place)
  }

  subscript(order: OrderID) -> Record? {
    let place = self.place(of: order)
    return place < records.count && records[place].order == order ? records[place] : nil
  }

  /// Follows what the venue reports.
  mutating func note(_ report: PostedReport) {
    let place = self.place(of: report.order)
    guard place < records.count, records[place].order == report.order else { return }
    switch report.kind {
    case .rejected: records[place].state = .rejected
    case .cancelled: records[place].state = .cancelled
    case .expired: records[place].state = .expired
    case .replaced: records[place].quantity = report.quantity
    case .filled:
      records[place].filled += report.quantity
      if records[place].filled >= records[place].quantity { records[place].state = .filled }
    case .accepted, .requestRejected, .status, .triggered: break
    }
  }

  private func place(of order: OrderID) -> Int {
    guard let last = records.last, order <= last.order else { return records.count }
    var low = 0
    var high = records.count - 1
    while low < high {
      let middle = (low + high) / 2
      if records[middle].order < order { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
