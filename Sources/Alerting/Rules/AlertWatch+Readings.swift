import Events

extension AlertWatch {
  /// Takes how the world is. Say at least once a second, while entries are followed at the head.
  public mutating func take(_ reading: Reading, at time: Instant) -> [Finding] {
    var findings = take(reading.daemon, at: time)
    if let disk = reading.disk { findings.append(take(disk)) }
    if let clock = reading.clock { findings.append(take(clock)) }
    if let follower = reading.follower { findings += take(follower) }
    for worth in reading.worths { findings += take(worth) }
    return findings
  }

  private mutating func take(_ daemon: Reading.Daemon?, at time: Instant) -> [Finding] {
    guard let daemon else {
      behindSince = nil
      // A journal whose run has ended in order needs no daemon.
      guard isLive else {
        silentSince = nil
        return [.cleared(.daemonGone)]
      }
      let since = silentSince ?? time
      silentSince = since
      guard time.since(since) >= settings.daemonSilence else { return [] }
      return [
        .raised(.daemonGone, "", "the control socket has not answered since \(since.text)")
      ]
    }
    silentSince = nil
    var findings: [Finding] = [.cleared(.daemonGone)]
    findings.append(
      daemon.stall.map { .raised(.journalStalled, "", $0) } ?? .cleared(.journalStalled))
    findings += takeLag(daemon, at: time)
    let isFull =
      daemon.inboxCapacity > 0 && settings.inboxShare > 0
      && Int128(daemon.inboxDepth) * 1_000_000
        >= Int128(daemon.inboxCapacity) * Int128(settings.inboxShare)
    findings.append(
      isFull
        ? .raised(.inboxFull, "", "\(daemon.inboxDepth) of \(daemon.inboxCapacity) ticks wait")
        : .cleared(.inboxFull))
    return findings
  }

  /// To be behind is normal; to stay behind the same entries is not.
  private mutating func takeLag(_ daemon: Reading.Daemon, at time: Instant) -> [Finding] {
    guard daemon.durable < daemon.sequence, daemon.durable <= lastDurable else {
      lastDurable = daemon.durable
      behindSince = nil
      return [.cleared(.journalLag)]
    }
    let since = behindSince ?? time
    behindSince = since
    guard settings.durableLag > 0, time.since(since) >= settings.durableLag else { return [] }
    return [
      .raised(
        .journalLag, "",
        "#\(daemon.durable) is durable and #\(daemon.sequence) decided, since \(since.text)")
    ]
  }

  private func take(_ disk: Reading.Disk) -> Finding {
    let bound = Int128(disk.total) * Int128(settings.diskShare)
    let free = Int128(disk.free) * 1_000_000
    guard free < bound else { return .cleared(.diskLow) }
    return .raised(
      .diskLow, "", "\(disk.free >> 20) of \(disk.total >> 20) MiB are free",
      severity: free * 5 < bound ? .critical : .warning)
  }

  private func take(_ clock: ClockReading) -> Finding {
    guard settings.clockOffset > 0 else { return .cleared(.clockOffset) }
    if !clock.isSynchronised {
      return .raised(.clockOffset, "", "nothing keeps the clock true")
    }
    guard clock.offset.magnitude > UInt64(settings.clockOffset) else {
      return .cleared(.clockOffset)
    }
    let text = decimalText(Int128(clock.offset / 1_000), scale: 3)
    return .raised(.clockOffset, "", "off by \(text) ms")
  }

  private func take(_ follower: Reading.Follower) -> [Finding] {
    let failure: Finding =
      follower.failure.map { .raised(.apiDiverged, "", $0) } ?? .cleared(.apiDiverged)
    let lag = follower.head > follower.applied ? follower.head - follower.applied : 0
    return [
      failure,
      settings.followerLag > 0 && lag > UInt64(settings.followerLag)
        ? .raised(.apiLag, "", "at #\(follower.applied) of #\(follower.head)") : .cleared(.apiLag),
    ]
  }

  /// The peak is that since the monitor began to look.
  private mutating func take(_ worth: Reading.Worth) -> [Finding] {
    guard settings.drawdown > 0 else { return [] }
    let subject = "\(worth.account) \(worth.currency)"
    let index = peaks.firstIndex {
      $0.worth.account == worth.account && $0.worth.currency == worth.currency
    }
    let peak = max(index.map { peaks[$0].peak } ?? worth.equity, worth.equity)
    if let index { peaks[index].peak = peak } else { peaks.append((worth, peak)) }
    let (lost, isBeyond) = peak.raw.subtractingReportingOverflow(worth.equity.raw)
    // In millionths of the peak.
    let unit = peak.raw / 1_000_000
    guard unit > 0, !isBeyond else { return [] }
    guard lost / unit >= Int128(settings.drawdown) else {
      return [.cleared(.riskDrawdown, subject)]
    }
    let share = decimalText(lost / unit / 100, scale: 2)
    return [
      .raised(
        .riskDrawdown, subject,
        "\(share) % below \(peak.plainText): \(worth.equity.plainText) \(worth.currency)")
    ]
  }

  /// Takes the passing of time: rates that fell, and what should have come and did not. Say at least once a
  /// second, while entries are followed at the head.
  public mutating func pass(_ time: Instant) -> [Finding] {
    var findings = cool(at: time)
    if settings.feedSilence > 0 {
      for instrument in instruments {
        findings.append(staleness(of: instrument, at: time))
      }
    }
    if settings.modelSilence > 0 {
      for model in models {
        let isSilent = isLive && time.since(model.last) >= settings.modelSilence
        findings.append(
          isSilent
            ? .raised(.modelSilent, model.name, "no signal since \(model.last.text)")
            : .cleared(.modelSilent, model.name))
      }
    }
    return findings
  }

  private func staleness(of instrument: Instrument, at time: Instant) -> Finding {
    let stream = streams[instrument.id.index]
    let isOpen =
      switch stream.status {
      case .trading, .quoteOnly: (try? stream.calendar?.isOpen(at: time)) ?? true
      default: false
      }
    guard isLive, isOpen, stream.last != .epoch,
      time.since(stream.last) >= settings.feedSilence
    else { return .cleared(.feedStale, instrument.symbol) }
    return .raised(.feedStale, instrument.symbol, "nothing since \(stream.last.text)")
  }
}
