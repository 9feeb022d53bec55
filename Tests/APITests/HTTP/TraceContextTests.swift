import Testing

@testable import API

struct TraceContextTests {
  @Test(arguments: [
    ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
    ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", nil),
    ("00-00000000000000000000000000000000-b7ad6b7169203331-01", nil),
    ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", nil),
    ("00-0af7-b7ad-01", nil), ("", nil), ("00-0af7651916cd43dd8448eb211c80319c-01", nil),
    ("00-0af7651916cd43dd8448eb211c80319\"-b7ad6b7169203331-01", nil),
  ])
  func `a trace's name is taken if the header is well made`(_ header: String, _ trace: String?) {
    #expect(TraceContext([Header("traceparent", header)])?.trace == trace)
    #expect(
      TraceContext([Header("traceparent", header), Header("traceparent", header)]) == nil)
  }
}
