import Reporting

/// The API as an OpenAPI 3.1 document, made from the table of routes, so that it says what is there.
struct OpenAPIDocument {
  static let path = "/api/v1/openapi.json"
  /// The interface's own: the middle number grows with what it gains.
  static let version = "1.0.0"

  /// The route that serves the document of the other routes and itself.
  static func route(_ others: [Route]) -> Route {
    var route = Route(
      method: .get, path: path, name: "getOpenAPI", summary: "This document.",
      answers: "an OpenAPI 3.1 document"
    ) { _ throws(Problem) in Answer(.null) }
    let answer = Answer(OpenAPIDocument(others + [route]).json)
    route.handler = { _ throws(Problem) in answer }
    return route
  }

  let json: JSON

  init(_ routes: [Route]) {
    var paths: [String] = []
    for route in routes where !paths.contains(route.path) { paths.append(route.path) }
    json = .object([
      ("openapi", .string("3.1.0")),
      (
        "info",
        .object([
          ("title", .string("Daybook")), ("version", .string(Self.version)),
          (
            "description",
            .string(
              "Decimals are strings. `seq` is a place in the journal; every answer can be followed down to "
                + "entries. Paths under /api/v1 only ever gain.")
          ),
          (
            "license",
            .object([("name", .string("Apache-2.0")), ("identifier", .string("Apache-2.0"))])
          ),
        ])
      ),
      (
        "paths",
        .object(
          paths.map { path in
            let own = routes.filter { $0.path == path }
            return (path, .object(own.map { ($0.method.rawValue, Self.operation($0)) }))
          })
      ),
      (
        "components",
        .object([
          (
            "securitySchemes",
            .object([
              (
                "token",
                .object([
                  ("type", .string("http")), ("scheme", .string("bearer")),
                  ("bearerFormat", .string("JWT")),
                ])
              )
            ])
          ),
          (
            "schemas",
            .object([
              ("Problem", Self.problem), ("Listing", Self.listing), ("Recorded", Self.recorded),
            ])
          ),
        ])
      ),
    ])
  }

  private static func operation(_ route: Route) -> JSON {
    var fields: [(String, JSON)] = [
      ("operationId", .string(route.name)), ("summary", .string(route.summary)),
      (
        "security",
        .array(route.permission == nil ? [] : [.object([("token", .array([]))])])
      ),
    ]
    if let permission = route.permission ?? route.remotePermission {
      let roles = Role.allCases.filter { $0.permissions.contains(permission) }.map(\.rawValue)
      fields.append(("x-permission", .string(permission.rawValue)))
      fields.append(("x-roles", .array(roles.map { .string($0) })))
    }
    let parameters = Self.parameters(route)
    if !parameters.isEmpty { fields.append(("parameters", .array(parameters))) }
    if let body = route.body { fields.append(("requestBody", Self.body(body))) }
    fields.append(("responses", Self.responses(route)))
    return .object(fields)
  }

  private static func parameters(_ route: Route) -> [JSON] {
    func parameter(
      _ name: String, _ place: String, _ type: String, _ summary: String, isRequired: Bool,
      _ more: [(String, JSON)] = []
    ) -> JSON {
      .object([
        ("name", .string(name)), ("in", .string(place)), ("required", .bool(isRequired)),
        ("description", .string(summary)),
        ("schema", .object([("type", .string(type))] + more)),
      ])
    }
    var all = route.variables.map {
      parameter($0, "path", "string", "Named in the path.", isRequired: true)
    }
    all += route.parameters.map {
      parameter($0.name, "query", $0.type, $0.summary, isRequired: false, bounds(of: $0))
    }
    if route.isAct {
      all.append(
        parameter(
          "Idempotency-Key", "header", "string",
          "Of your choice; the same again does nothing again.",
          isRequired: true, [("pattern", .string("^[!-~]{1,128}$"))]))
    }
    return all
  }

  private static func bounds(of parameter: Parameter) -> [(String, JSON)] {
    guard let bounds = parameter.bounds else { return [] }
    let least: [(String, JSON)] = [("minimum", .number(bounds.lowerBound))]
    return bounds.upperBound == .max ? least : least + [("maximum", .number(bounds.upperBound))]
  }

  private static func body(_ fields: [Field]) -> JSON {
    .object([
      ("required", .bool(!fields.isEmpty)),
      (
        "content",
        .object([
          (
            "application/json",
            .object([
              (
                "schema",
                .object([
                  ("type", .string("object")), ("additionalProperties", .bool(false)),
                  ("required", .array(fields.filter(\.isRequired).map { .string($0.name) })),
                  (
                    "properties",
                    .object(
                      fields.map { field in
                        (
                          field.name,
                          .object([
                            ("type", .string(field.type)), ("description", .string(field.summary)),
                            ("minLength", .number(field.isRequired && !field.mayBeEmpty ? 1 : 0)),
                            ("maxLength", .number(Fields.longest)),
                          ])
                        )
                      })
                  ),
                ])
              )
            ])
          )
        ])
      ),
    ])
  }

  private static func responses(_ route: Route) -> JSON {
    var all: [(String, JSON)] = []
    if route.success == 101 {
      all.append(("101", .object([("description", .string("A WebSocket: docs/api.md."))])))
    } else {
      let schema = schema(of: route)
      all.append(
        (
          "\(route.success)",
          .object([
            ("description", .string(route.answers)),
            ("content", .object([(route.contentType, .object([("schema", schema)]))])),
          ])
        ))
    }
    all.append(
      (
        "default",
        .object([
          ("description", .string("A problem (RFC 9457).")),
          (
            "content",
            .object([
              ("application/problem+json", .object([("schema", reference("Problem"))]))
            ])
          ),
        ])
      ))
    return .object(all)
  }

  private static func schema(of route: Route) -> JSON {
    if route.contentType != "application/json" { return .object([("type", .string("string"))]) }
    if route.parameters.contains(where: { $0.name == "after_seq" }) { return reference("Listing") }
    return route.answers.contains("status, seq")
      ? reference("Recorded") : .object([("type", .string("object"))])
  }

  private static func reference(_ name: String) -> JSON {
    .object([("$ref", .string("#/components/schemas/\(name)"))])
  }

  private static func object(_ properties: [(String, String)]) -> JSON {
    .object([
      ("type", .string("object")),
      ("required", .array(properties.map { .string($0.0) })),
      (
        "properties", .object(properties.map { ($0.0, .object([("type", .string($0.1))])) })
      ),
    ])
  }

  private static let listing = object([
    ("data", "array"), ("next_after_seq", "integer"), ("head_seq", "integer"),
    ("as_of_seq", "integer"),
  ])

  private static let recorded = object([("status", "string"), ("seq", "integer")])

  private static let problem: JSON = .object([
    ("type", .string("object")),
    (
      "required",
      .array(
        ["type", "title", "status", "code", "detail", "errors", "retryable"].map { .string($0) })
    ),
    (
      "properties",
      .object([
        ("type", .object([("type", .string("string"))])),
        ("title", .object([("type", .string("string"))])),
        ("status", .object([("type", .string("integer"))])),
        ("code", .object([("type", .string("string"))])),
        ("detail", .object([("type", .string("string"))])),
        (
          "seq",
          .object([("type", .array([.string("integer"), .string("null")]))])
        ),
        (
          "errors",
          .object([
            ("type", .string("array")),
            ("items", object([("name", "string"), ("what", "string")])),
          ])
        ),
        ("retryable", .object([("type", .string("boolean"))])),
      ])
    ),
  ])
}
