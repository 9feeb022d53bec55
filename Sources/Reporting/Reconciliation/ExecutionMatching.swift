import Events

/// Which line of a statement tells of which execution of the journal; see `StatementMatch`.
struct ExecutionMatching {
  /// By line: the execution's place in the record.
  private(set) var match: [Int?]
  /// Places of executions in the time covered that no line tells of.
  private(set) var left: [Int] = []

  private let lines: [Statement.Line]
  private let own: OwnRecord
  /// By line: the instrument meant.
  private let instruments: [InstrumentID?]
  private var isTaken: [Bool]

  init(_ lines: [Statement.Line], _ own: OwnRecord, from: Instant, to: Instant) {
    self.lines = lines
    self.own = own
    match = Array(repeating: nil, count: lines.count)
    isTaken = Array(repeating: false, count: own.executions.count)
    var names: [String: InstrumentID?] = [:]
    instruments = lines.map { line in
      if let known = names[line.instrument] { return known }
      let found = own.instrument(named: line.instrument)?.id
      names[line.instrument] = found
      return found
    }
    round { line in
      line.order != .none && line.execution != nil
    } by: { _, execution in
      "\(execution.order) \(execution.fill.id)"
    } key: { line in
      "\(line.order) \(line.execution ?? 0)"
    }
    round { line in
      line.order != .none
    } by: { figures, execution in
      "\(execution.order) \(figures)"
    } key: { line in
      "\(line.order) \(Self.figures(line))"
    }
    round { line in
      line.order == .none
    } by: { figures, execution in
      "\(execution.time.date.text) \(figures)"
    } key: { line in
      "\(line.date?.text ?? "") \(Self.figures(line))"
    }
    // A number that we do not know names another execution than any of ours.
    round { line in
      line.order != .none && line.execution == nil
    } by: { _, execution in
      "\(execution.order)"
    } key: { line in
      "\(line.order)"
    }
    round { line in
      line.order == .none
    } by: { _, execution in
      "\(execution.time.date.text) \(Self.quantity(execution))"
    } key: { line in
      "\(line.date?.text ?? "") \(StatementFigure.text(line.quantity))"
    }
    round { line in
      line.order == .none && line.price != nil
    } by: { _, execution in
      "\(execution.time.date.text) \(Self.price(execution))"
    } key: { line in
      "\(line.date?.text ?? "") \(line.price.map { StatementFigure.text($0) } ?? "")"
    }
    for (place, execution) in own.executions.enumerated()
    where !isTaken[place] && execution.time >= from && execution.time < to { left.append(place) }
  }

  /// Matches the free lines that a round is for with free executions of the same key, first with first.
  private mutating func round(
    _ isFor: (Statement.Line) -> Bool,
    by ours: (String, OwnRecord.Execution) -> String, key theirs: (Statement.Line) -> String
  ) {
    let wanted = lines.indices.filter {
      match[$0] == nil && instruments[$0] != nil && isFor(lines[$0])
    }
    guard !wanted.isEmpty else { return }
    var places: [String: [Int]] = [:]
    // From the end, so that the first one is taken first.
    for place in own.executions.indices.reversed() where !isTaken[place] {
      let execution = own.executions[place]
      places[Self.group(execution) + ours(Self.figures(execution), execution), default: []]
        .append(place)
    }
    for index in wanted {
      let key = group(index) + theirs(lines[index])
      guard let place = places[key]?.popLast() else { continue }
      match[index] = place
      isTaken[place] = true
    }
  }

  /// What always has to be the same.
  private static func group(_ execution: OwnRecord.Execution) -> String {
    "\(execution.instrument.id.raw) \(execution.side.name) "
  }

  private func group(_ index: Int) -> String {
    "\(instruments[index]?.raw ?? .max) \(lines[index].side.name) "
  }

  private static func figures(_ execution: OwnRecord.Execution) -> String {
    quantity(execution) + " @ " + price(execution)
  }

  private static func quantity(_ execution: OwnRecord.Execution) -> String {
    StatementFigure.text(execution.fill.quantity, of: execution.instrument)
  }

  private static func price(_ execution: OwnRecord.Execution) -> String {
    StatementFigure.text(execution.fill.price, of: execution.instrument)
  }

  private static func figures(_ line: Statement.Line) -> String {
    StatementFigure.text(line.quantity) + " @ "
      + (line.price.map { StatementFigure.text($0) } ?? "")
  }
}
