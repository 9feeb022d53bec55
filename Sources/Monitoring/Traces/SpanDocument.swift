import Events
import Reporting

/// Spans as a request to a collector (OTLP 1.x over HTTP, JSON: opentelemetry-proto, `ExportTraceServiceRequest`).
/// Identities are hexadecimal there, and whole numbers of 64 bits strings.
enum SpanDocument {
  /// What a collector says about a span that is of this process (SPAN_KIND_INTERNAL).
  private static let kind = 1
  private static let failed = 2

  static func json(_ spans: [Span]) -> JSON {
    .object([
      (
        "resourceSpans",
        .array([
          .object([
            (
              "resource",
              .object([("attributes", .array([attribute("service.name", .text("daybook"))]))])
            ),
            (
              "scopeSpans",
              .array([
                .object([
                  ("scope", .object([("name", .string("daybook"))])),
                  ("spans", .array(spans.map(json))),
                ])
              ])
            ),
          ])
        ])
      )
    ])
  }

  private static func json(_ span: Span) -> JSON {
    var fields: [(String, JSON)] = [
      ("traceId", .string(span.trace.text)), ("spanId", .string(TraceID.hex(span.id))),
    ]
    if span.parent != 0 { fields.append(("parentSpanId", .string(TraceID.hex(span.parent)))) }
    fields += [
      ("name", .string(span.name)), ("kind", .number(kind)),
      ("startTimeUnixNano", .string(String(span.start.nanoseconds))),
      ("endTimeUnixNano", .string(String(span.end.nanoseconds))),
      ("attributes", .array(span.attributes.map { attribute($0.name, $0.value) })),
    ]
    if !span.moments.isEmpty {
      fields.append(
        (
          "events",
          .array(
            span.moments.map { moment in
              .object([
                ("timeUnixNano", .string(String(moment.time.nanoseconds))),
                ("name", .string(moment.name)),
              ])
            })
        ))
    }
    if span.isFailure { fields.append(("status", .object([("code", .number(failed))]))) }
    return .object(fields)
  }

  private static func attribute(_ name: String, _ value: Span.Value) -> JSON {
    let text: (String, JSON) =
      switch value {
      case .text(let text): ("stringValue", .string(text))
      case .number(let number): ("intValue", .string(String(number)))
      }
    return .object([("key", .string(name)), ("value", .object([text]))])
  }
}
