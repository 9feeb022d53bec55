import Events

extension Execution {
  /// Why a child of the first leg is sent now: its slice and the numbers that its quantity comes from.
  func reason(_ slice: Int, _ due: Quantity, _ price: Price, _ isResting: Bool) -> Reason {
    let how =
      if plan.algorithm == .iceberg { "shows the next part" } else if isResting {
        "joins the best price"
      } else { "takes what is due" }
    var values = [
      Reason.Value("slice", Decimal(mantissa: Int64(slice) + 1, scale: 0)),
      Reason.Value("slices", Decimal(mantissa: Int64(schedule.count), scale: 0)),
      Reason.Value("scheduled", decimal(due)), Reason.Value("done", decimal(filled)),
      Reason.Value("behind", decimal(Quantity(due.raw - filled.raw))),
    ]
    if plan.algorithm == .pov || settings.participation > 0 {
      values.append(Reason.Value("traded", decimal(Quantity(volume))))
    }
    if plan.algorithm == .pov {
      values.append(Reason.Value("rate", Decimal(mantissa: settings.rate, scale: 9)))
    }
    if settings.participation > 0 {
      values += [
        Reason.Value("traded_since", decimal(Quantity(volume - volumeAtLastChild))),
        Reason.Value("participation", Decimal(mantissa: settings.participation, scale: 9)),
      ]
    }
    if rounds > 0 && !isResting {
      values.append(Reason.Value("round", Decimal(mantissa: Int64(round), scale: 0)))
    }
    return Reason(
      "\(plan.algorithm.name) slice \(slice + 1) of \(schedule.count): \(how)", values: values)
  }

  func decimal(_ quantity: Quantity, _ scale: UInt8? = nil) -> Decimal {
    Decimal(mantissa: quantity.raw, scale: scale ?? parent.quantityScale)
  }
}
