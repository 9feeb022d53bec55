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
    ("venue.NEW.market_data=SIMY", "`SIMY` is not in the journal market; did you mean `SIM"),
    ("venue.SIMX.market_data=SIMF", "`SIMX` is in the journal market itself"),
    ("venue.NEW.market_data=NEW", "venue.NEW.market_data: is the venue itself"),
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

  @Test(arguments: [
    (
      ["route.all.instruments=ALFA,IDX"],
      "--set route.all.instruments: cannot be one market: IDX on SIMF has another currency or multiplier"
    ),
    (["route.all.instruments=ALFA,BRVP"], "did you mean `BRVO`?"),
    (
      ["route.all.instruments=ALFA,BRVO", "route.all.miss_cost=1 EUR"],
      "cannot be one market: the costs are in EUR, ALFA trades in USD"
    ),
    (
      ["route.all.instruments=ALFA,BRVO", "route.all.latency.SIMY=5ms"],
      "none of its instruments is of the venue `SIMY`; did you mean `SIMX`?"
    ),
  ])
  func `a route that the journal's instruments cannot be is an error`(
    _ settings: [String], _ says: String
  ) throws {
    let out = try Workshop.scratch().path + "/run"
    let result = try backtest(out, settings)
    #expect(result.code == 78)
    #expect(result.complaint.contains(says), "\(result.complaint)")
  }

  @Test(arguments: [
    (
      ["venue.fee_per_order=1 EUR"],
      "--set venue.fee_per_order: is in EUR, but COINUSD trades in USD"
    ),
    (["venue.SIMC.taker_fee=0.1 EUR"], "--set venue.SIMC.taker_fee: is in EUR"),
    (
      ["venue.SIMC.fee_per_unit=1 USD", "venue.SIMC.fee_per_order=1 EUR"],
      "is in EUR, fee_per_unit in USD"
    ),
  ])
  func `amounts in a currency that is not the instrument's are an error`(
    _ settings: [String], _ says: String
  ) throws {
    let out = try Workshop.scratch().path + "/run"
    let result = try backtest(out, settings)
    #expect(result.code == 78)
    #expect(result.complaint.contains(says), "\(result.complaint)")
  }

  @Test func `the summary keeps to short lines whatever the schedules`() throws {
    let out = try Workshop.scratch().path + "/run"
    let result = try backtest(
      out,
      [
        "venue.fees=us-equity,us-regulatory", "venue.SIMX.fees=us-regulatory,us-access",
        "venue.SIMX.latency=5ms", "venue.SIMC.fees=kraken-spot",
      ])
    #expect(result.code == 0, "\(result.complaint)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 160 }, "\(result.output)")
    #expect(lines.contains { $0.contains("SIMX  entry_latency 5ms; ") && $0.contains("fees us-") })
    #expect(lines.contains { $0.contains("SIMC  fees kraken-spot (") })
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
