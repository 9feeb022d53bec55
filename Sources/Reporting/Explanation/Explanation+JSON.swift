import Events

extension Explanation {
  /// As `daybook explain --json` and the API give it.
  public var json: JSON {
    .object([
      ("order", order.map { .number($0.raw) } ?? .null),
      ("title", .string(title)),
      (
        "chain",
        .array(
          steps.map { step in
            .object([
              ("seq", .number(step.entry.header.sequence)),
              ("kind", .string(step.entry.event.kind.name)),
              ("time", .string(step.entry.header.receiveTime.text)),
              ("cause", .number(step.entry.header.cause)), ("text", .string(step.text)),
              ("entry", .raw(step.line.text)),
            ])
          })
      ),
      (
        "children",
        .array(
          children.map { child in
            .object([
              ("order", child.order.map { .number($0.raw) } ?? .null),
              ("seq", .number(child.sequence)), ("time", .string(child.time.text)),
              ("why", .string(child.why)), ("text", .string(child.text)),
              ("outcome", .string(child.outcome)),
            ])
          })
      ),
    ])
  }
}
