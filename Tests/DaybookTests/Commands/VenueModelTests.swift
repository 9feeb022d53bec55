import Foundation
import Testing

/// What a user sees of the simulated venue's models.
struct VenueModelTests {
  private func backtest(_ out: String, _ settings: [String], _ more: [String] = []) throws
    -> Program.Result
  {
    try Program.run(
      ["backtest", "--journal", "market", "--config", "run.toml", "--out", out]
        + settings.flatMap { ["--set", $0] } + more, in: Workshop.market)
  }

  @Test func `a report and a summary name the models in force with their parameters`() throws {
    let out = try Workshop.scratch().path + "/run"
    let result = try backtest(
      out,
      [
        "venue.slippage=2 ticks", "venue.instrument.IDX.fees=cme-emini", "venue.SIMX.latency=5ms",
      ], ["--json"])
    #expect(result.code == 0, "\(result.complaint)")
    let report = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: out + "/report.json")))
    let models = try #require((report as? [String: Any])?["models"] as? [String: String])
    #expect((result.json["models"] as? [String: String]) == models)
    #expect(models["fill_model"] == "automatic")
    #expect(models["slippage"] == "2 ticks")
    #expect(models["fees"] == "maker-taker: makers 0 bp; takers 1 bp")
    #expect(models["faults"] == "none")
    #expect(models["entry_latency"] == "1ms" && models["SIMX.entry_latency"] == "5ms")
    #expect(models["instrument.IDX.fees"]?.hasPrefix("cme-emini: 0.85 a unit; 1.28") == true)
    let text = try backtest(out + "2", ["venue.fees=us-regulatory"])
    #expect(text.output.contains("maker-taker") && text.output.contains("us-regulatory"))
  }

  @Test(arguments: [
    ("venue.SIMY.latency=5ms", "venue.SIMY: `SIMY` is not in the journal market"),
    ("venue.instrument.ALFX.fees=us-equity", "did you mean `ALFA`?"),
    ("venue.instrument.SIMX:IDX.fees=us-equity", "`SIMX:IDX` is not in the journal market"),
  ])
  func `rules for what the journal does not have are an error`(_ setting: String, _ says: String)
    throws
  {
    let out = try Workshop.scratch().path + "/run"
    let result = try backtest(out, [setting])
    #expect(result.code == 78)
    #expect(result.complaint.contains(says), "\(result.complaint)")
  }

  @Test func `measured latencies come from a file and are journaled whole`() throws {
    let folder = try Workshop.scratch()
    try "120us\n95us\n\n3ms\n".write(
      to: folder.appendingPathComponent("lags.txt"), atomically: true, encoding: .utf8)
    let out = folder.path + "/run"
    let result = try backtest(
      out, ["venue.entry_latencies=file:\(folder.path)/lags.txt"], ["--json"])
    #expect(result.code == 0, "\(result.complaint)")
    #expect(
      (result.json["models"] as? [String: String])?["entry_latency"] == "3 recorded, at most 3ms")
    let journaled = try Program.run(
      ["export", out, "--ndjson", "--kind", "configuration"], in: Workshop.market)
    #expect(journaled.output.contains("120us,95us,3ms"))
    let missing = try backtest(out + "2", ["venue.entry_latencies=file:nowhere.txt"])
    #expect(missing.code == 66)
    #expect(missing.complaint.contains("cannot read the latencies"), "\(missing.complaint)")
  }
}
