import Reporting

/// A header field; its name is in lower case.
struct Header: Sendable, Equatable {
  var name: String
  var value: String

  init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// What a request is answered with.
struct Answer: Sendable, Equatable {
  var status = 200
  var contentType = "application/json"
  /// The body.
  var text: String
  var headers: [Header] = []

  init(
    status: Int = 200, contentType: String = "application/json", text: String,
    headers: [Header] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.text = text
    self.headers = headers
  }

  init(_ json: JSON, status: Int = 200) { self.init(status: status, text: json.text) }
}
