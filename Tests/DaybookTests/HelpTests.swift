import Testing

/// What the parser gives for nothing, in the form we promise.
struct HelpTests {
  @Test(arguments: [
    "import", "simulate", "backtest", "replay", "verify", "inspect", "explain", "export", "tail",
    "diff", "seal", "bench", "config", "completions", "init", "run", "status", "halt", "resume",
    "limit", "alert", "stop", "venue", "doctor",
  ])
  func `every command has help with an example or subcommands`(_ command: String) throws {
    let result = try Program.run([command, "--help"])
    #expect(result.code == 0)
    #expect(result.complaint.isEmpty)
    #expect(result.output.contains("USAGE: daybook \(command)"))
    #expect(result.output.contains("Example: ") || result.output.contains("SUBCOMMANDS"))
    #expect(try Program.run(["--help"]).output.contains("  \(command)"))
  }

  @Test(arguments: [("bash", "complete"), ("zsh", "#compdef daybook"), ("fish", "complete -c")])
  func `completions are printed`(_ shell: String, _ text: String) throws {
    let result = try Program.run(["completions", shell])
    #expect(result.code == 0)
    #expect(result.output.contains(text))
  }

  @Test func `the version is printed`() throws {
    #expect(try Program.run(["--version"]).output.hasPrefix("daybook "))
  }

  @Test func `config show prints what is built in, and where a value comes from`() throws {
    let plain = try Program.run(["config", "show", "--json"])
    #expect(plain.code == 0 && plain.json["strategy.desk.kind"] as? String == "manual")
    let set = try Program.run(["config", "show", "--origin", "--set", "run.seed=7"])
    #expect(set.output.contains("the built-in configuration") && set.output.contains("--set"))
  }

  @Test func `config schema lists every key and config check every origin`() throws {
    let schema = try Program.run(["config", "schema"])
    #expect(schema.code == 0)
    #expect(schema.output.contains("venue.latency"))
    let check = try Program.run(
      ["config", "check", "run.toml", "--set", "run.seed=1"], in: Workshop.market)
    #expect(check.code == 0)
    #expect(check.output.contains("run.toml:3:1"))
    #expect(check.output.contains("--set run.seed"))
  }

  @Test func `config check says what a file is good for`() throws {
    func check(_ arguments: String...) throws -> Program.Result {
      try Program.run(
        ["config", "check", "run.toml", "--json"] + arguments, in: Workshop.market)
    }
    #expect(try check().json["good_for"] as? [String] == ["backtest", "run"])
    // Only a recording has contracts that follow each other.
    let rolled = ["--set", "strategy.ema.instruments=ES.c.0"]
    let either = try check(rolled[0], rolled[1])
    #expect(either.code == 0 && either.json["good_for"] as? [String] == ["backtest"])
    #expect(either.complaint.contains("not for `daybook run`"))
    #expect(either.complaint.contains("`ES.c.0` is traded in backtests only"))
    #expect(try check(rolled[0], rolled[1], "--for", "backtest").code == 0)
    let run = try check(rolled[0], rolled[1], "--for", "run")
    #expect(run.code == 78 && run.complaint.contains("`ES.c.0` is traded in backtests only"))
    // What is wrong for a daemon and meant for one is wrong.
    #expect(try check("--set", "live.venues=nowhere").code == 78)
    #expect(try check("--set", "live.venues=nowhere", "--for", "backtest").code == 0)
  }

  @Test func `nothing but data is on standard output, and no colour where there is no terminal`()
    throws
  {
    let result = try Program.run(["replay", "run"], in: Workshop.market)
    #expect(!result.output.contains("\u{1B}"))
    #expect(!result.output.contains("ETA"))
    // Progress, if it took long enough for any.
    #expect(result.complaint.split(separator: "\n").allSatisfy { $0.hasPrefix("replay ") })
    #expect(try Program.run(["replay", "run", "-q"], in: Workshop.market).complaint.isEmpty)
  }

  @Test func `bench measures itself beside the machine`() throws {
    let result = try Program.run(["bench", "--events", "10000", "--json", "-q"])
    #expect(result.code == 0, "\(result.complaint)")
    for name in ["encode", "decode", "backtest", "audit"] {
      let figures = result.json[name] as? [String: Any]
      #expect((figures?["events_per_second"] as? Int ?? 0) > 0)
      #expect(figures?["of_memcpy"] != nil && figures?["of_sha256"] != nil)
    }
  }
}
