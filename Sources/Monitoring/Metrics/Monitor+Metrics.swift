import Alerting
import Events
import Sequencing

extension Monitor {
  /// The type of `metrics`.
  public static var metricsType: String { MetricsText.contentType }

  /// Everything that is measured, as Prometheus reads it. Names are stable: docs/alerts.md lists them.
  public var metrics: String {
    var text = MetricsText()
    let view = view
    writeEntries(view.counters, &text)
    writeAlerts(view, &text)
    writeDaemon(probed, &text)
    writeFollowing(view, &text)
    writeWorth(probed, &text)
    writeDeliveries(view, &text)
    return text.text
  }

  private func writeEntries(_ counters: EntryCounters, _ text: inout MetricsText) {
    text.begin("daybook_entries_total", .counter, "Entries of the journal by kind.")
    for kind in EntryKind.allCases where counters[kind] > 0 {
      text.sample(counters[kind], ["kind": kind.name])
    }
    text.single(
      "daybook_orders_total", .counter, "Orders that were to go to venues.", counters.orders)
    text.single("daybook_fills_total", .counter, "Executions.", counters[.filled])
    text.single(
      "daybook_rejects_total", .counter, "Orders that venues rejected.", counters[.rejected])
    text.begin("daybook_refusals_total", .counter, "Intents that the gate refused, by rule.")
    for rule in Rule.allCases {
      text.sample(counters.refusals[Int(rule.rawValue)], ["rule": rule.name])
    }
  }

  private func writeAlerts(_ view: JournalWatch.View, _ text: inout MetricsText) {
    text.begin(
      "daybook_alerts_total", .counter,
      "Alerts that opened, by code; of the core's every one that was journaled.")
    for (index, code) in Alert.Code.allCases.enumerated() {
      text.sample(view.counters.alerts[index], ["code": code.name])
    }
    for kind in AlertKind.own {
      let count = view.book.opened.first { $0.kind == kind }?.count ?? 0
      text.sample(count, ["code": kind.name])
    }
    text.begin("daybook_alerts_active", .gauge, "Alerts that are not over.")
    for severity in Alert.Severity.allCases {
      for stage in [AlertState.Stage.open, .acknowledged] {
        let count = view.book.active.count { $0.severity == severity && $0.stage == stage }
        text.sample(count, ["severity": severity.name, "state": stage.rawValue])
      }
    }
    text.single(
      "daybook_silences", .gauge, "Silences that have not ended.", view.book.silences.count)
  }

  private func writeDaemon(_ view: Prober.View?, _ text: inout MetricsText) {
    let status = view?.status
    text.single(
      "daybook_up", .gauge, "Whether a daemon answers at the control socket.",
      status == nil ? 0 : 1)
    if let status { writeStatus(status, &text) }
    if let disk = view?.reading.disk {
      text.single("daybook_disk_free_bytes", .gauge, "Room on the journal's disk.", disk.free)
      text.single("daybook_disk_size_bytes", .gauge, "Size of the journal's disk.", disk.total)
    }
    if let clock = view?.reading.clock {
      text.begin(
        "daybook_clock_offset_seconds", .gauge, "Ahead of the true time, as the kernel thinks.")
      let sign = clock.offset < 0 ? "-" : ""
      text.sample(decimal: sign + MetricsText.seconds(clock.offset.magnitude))
      text.single(
        "daybook_clock_synchronised", .gauge, "Whether something keeps the clock true.",
        clock.isSynchronised ? 1 : 0)
    }
  }

  private func writeStatus(_ status: DaemonStatus, _ text: inout MetricsText) {
    text.single("daybook_seq", .gauge, "Sequence of the entry made last.", status.sequence)
    text.single("daybook_durable_seq", .gauge, "Up to where all is durable.", status.durable)
    text.single(
      "daybook_durable_lag", .gauge, "Entries that were made and are not durable.",
      status.sequence - min(status.durable, status.sequence))
    text.single(
      "daybook_stalled", .gauge, "Whether the journal cannot be written.",
      status.stall == nil ? 0 : 1)
    text.single("daybook_commits_total", .counter, "Commits since the start.", status.commits)
    text.single("daybook_inbox_depth", .gauge, "Ticks that wait for the core.", status.inboxDepth)
    text.single("daybook_inbox_deepest", .gauge, "The most that ever did.", status.inboxDeepest)
    text.single("daybook_inbox_capacity", .gauge, "The most that may.", status.inboxCapacity)
    text.single(
      "daybook_conflated_total", .counter, "Quotes that later ones replaced.", status.conflated)
    text.single("daybook_open_orders", .gauge, "Orders that have not ended.", status.openOrders)
    text.single("daybook_halts", .gauge, "Scopes that are halted.", status.halts)
    text.single("daybook_kills", .gauge, "Kills under way.", status.kills)
    for stage in Stage.allCases {
      text.begin("daybook_\(stage.rawValue)_seconds", .histogram, Self.help(stage))
      text.histogram(status[stage])
    }
  }

  private static func help(_ stage: Stage) -> String {
    switch stage {
    case .queue:
      "From the receive time of what led to an order until the core took it: decoding and waiting."
    case .step: "From then to the decision."
    case .decision: "From the receive time of what led to an order to the decision."
    case .commit: "From the decision until it was durable and handed to the gateway."
    case .release:
      "From the receive time of what led to an order until it was durable and handed to the gateway."
    case .send: "From then until its bytes were in the socket."
    }
  }

  private func writeFollowing(_ view: JournalWatch.View, _ text: inout MetricsText) {
    text.single(
      "daybook_monitor_seq", .gauge, "Sequence up to which this process has watched.",
      view.sequence)
    guard let follower = outside.follower() else { return }
    text.single(
      "daybook_api_seq", .gauge, "Sequence as of which the API answers.", follower.applied)
    text.single(
      "daybook_api_lag", .gauge, "Entries that the API is behind.",
      follower.head - min(follower.applied, follower.head))
  }

  private func writeWorth(_ view: Prober.View?, _ text: inout MetricsText) {
    let (worths, gains) = (view?.reading.worths ?? [], view?.gains ?? [])
    if !worths.isEmpty {
      text.begin("daybook_equity", .gauge, "What an account is worth, in its currency.")
      for one in worths {
        text.sample(
          decimal: decimalText(one.equity.raw, scale: Money.scale),
          ["account": one.account, "currency": one.currency])
      }
    }
    guard !gains.isEmpty else { return }
    text.begin("daybook_strategy_gain", .gauge, "Gained and not gained yet, less fees.")
    for (gain, _) in gains {
      text.sample(
        decimal: decimalText(gain.equity.raw, scale: Money.scale),
        ["strategy": gain.account, "currency": gain.currency])
    }
    text.begin(
      "daybook_strategy_drawdown", .gauge, "Below the highest gain that this process has seen.")
    for (gain, drawdown) in gains {
      text.sample(
        decimal: decimalText(drawdown, scale: Money.scale),
        ["strategy": gain.account, "currency": gain.currency])
    }
  }

  private func writeDeliveries(_ view: JournalWatch.View, _ text: inout MetricsText) {
    let all = couriers.map(\.figures)
    if !all.isEmpty {
      text.begin("daybook_deliveries_total", .counter, "Alerts that were delivered.")
      for one in all { text.sample(one.delivered, ["sink": one.name]) }
      text.begin("daybook_deliveries_lost_total", .counter, "Alerts that were given up.")
      for one in all { text.sample(one.lost, ["sink": one.name]) }
      text.begin("daybook_deliveries_waiting", .gauge, "Alerts that wait to be delivered.")
      for one in all { text.sample(one.depth, ["sink": one.name]) }
    }
    text.single(
      "daybook_notes_lost_total", .counter, "Notes that no daemon recorded.", unrecordedNotes)
    guard let spans = exporter?.figures else { return }
    text.single("daybook_spans_total", .counter, "Spans that a collector took.", spans.sent)
    text.single("daybook_spans_lost_total", .counter, "Spans that were given up.", spans.lost)
    text.single(
      "daybook_traces_open", .gauge, "Orders that are traced and have not ended.", view.openTraces)
    text.single("daybook_spans_waiting", .gauge, "Spans that wait to be sent.", spans.waiting)
  }
}
