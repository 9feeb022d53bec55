import Events
import Testing

@Suite struct NameTests {
  private func names<T: Named & CaseIterable>(_: T.Type) -> String {
    T.allCases.map(\.name).joined(separator: " ")
  }

  @Test func `enumerated values have the names of the format`() {
    #expect(names(Side.self) == "none buy sell")
    #expect(
      names(TradingStatus.self)
        == "pre_open opening_auction trading closing_auction closed halted paused quote_only")
    #expect(
      names(InstrumentClass.self)
        == "equity future option forex crypto perpetual index inverse continuous")
    #expect(
      names(OrderType.self)
        == """
        none market limit stop stop_limit trailing_stop trailing_stop_limit market_if_touched \
        limit_if_touched market_to_limit pegged
        """)
    #expect(names(TimeInForce.self) == "none day gtc ioc fok gtd at_open at_close")
    #expect(names(OperatorAct.Act.self) == "halt resume note cancel kill enable close block")
    #expect(names(Scope.Kind.self) == "all strategy instrument venue order account")
    #expect(names(RunStart.Mode.self) == "import backtest live simulate")
    #expect(names(RunStop.Why.self) == "finished operator failed")
    #expect(
      names(DataQuality.Issue.self)
        == "gap duplicate out_of_order crossed impossible_value malformed unknown_order stale conflated"
    )
    #expect(names(VenueReport.CancelCause.self) == "requested venue immediate connection_lost")
    #expect(names(VenueReport.Request.self) == "cancel replace")
    #expect(
      names(VenueReport.KnownState.self)
        == "working filled cancelled rejected expired never_received")
    #expect(names(ConnectionChange.State.self) == "connected disconnected")
    #expect(names(Fill.Liquidity.self) == "unknown maker taker")
    #expect(names(IntentRecord.Action.self) == "target order cancel replace execute")
    #expect(
      names(CancelReason.self)
        == "strategy operator halt linked parent_ended expired algorithm adjusted liquidation roll")
    #expect(names(TriggerSource.self) == "standard last bid_ask mid mark")
    #expect(names(Trail.Unit.self) == "none price ppm")
    #expect(names(PegReference.self) == "none primary mid market")
    #expect(names(Activation.self) == "immediate parent_filled parent_filling")
    #expect(names(Linkage.self) == "none oco ouo")
    #expect(names(ReleaseCause.self) == "triggered activated opened")
    #expect(
      names(EndCause.self)
        == "strategy operator halt linked parent_ended expired refused completed adjusted liquidation roll"
    )
    #expect(
      names(ExecutionPlan.Algorithm.self) == "twap vwap pov shortfall iceberg pairs route")
    #expect(
      names(ReferenceValue.Field.self)
        == """
        mark index funding_rate open_interest settlement short_sale_restricted previous_close
        """)
    #expect(
      names(Booking.Kind.self)
        == """
        opening settled dividend split delisted variation expired exercised assigned delivered \
        funding interest borrow_fee closed liquidation_fee
        """)
    #expect(names(MarginCall.State.self) == "called met")
    #expect(names(Liquidation.Reason.self) == "maintenance call_not_met")
    #expect(names(CorporateAction.Action.self) == "dividend split symbol_change delisting")
    #expect(names(OptionNotice.Notice.self) == "exercise assignment abandon")
    #expect(names(OptionTerms.Right.self) == "call put")
    #expect(names(OptionTerms.Style.self) == "american european")
    #expect(names(OptionTerms.Settlement.self) == "physical cash")
    #expect(names(AuctionImbalance.Auction.self) == "opening closing reopening intraday")
    #expect(names(Alert.Severity.self) == "info warning critical")
  }

  @Test func `rules, alerts and kinds have the names of the format`() {
    #expect(
      names(Rule.self)
        == """
        engine.halted instrument.unknown instrument.not_trading order.invalid order.max_quantity \
        order.max_notional position.max_quantity order.price_collar order.max_rate \
        order.no_reference_price order.unknown order.not_cancellable arithmetic.overflow \
        order.post_only_would_take order.not_reducing order.price_band order.unsupported \
        order.limit_currency exposure.max_gross exposure.max_net exposure.max_leverage \
        exposure.max_concentration orders.max_open orders.max_cancel_rate \
        orders.max_message_ratio order.period_collar order.duplicate order.self_match \
        instrument.restricted strategy.not_permitted short.no_locate short.price_test loss.max \
        drawdown.max currency.no_rate scope.reducing var.max shortfall.max stress.max \
        margin.available cash.available margin.unknown instrument.expired
        """)
    #expect(
      names(Alert.Code.self)
        == """
        report.unknown_order report.illegal report.overfill report.duplicate_fill books.overflow \
        strategy.failed order.unknown_state \
        list.both_filled report.busted execution.unhedged limit.refused act.not_permitted \
        books.free_riding books.unpriced
        """)
    #expect(
      names(EntryKind.self)
        == """
        quote trade depth depth_clear order_add order_modify order_cancel order_delete \
        order_execute order_clear bar status instrument signal accepted rejected filled cancelled \
        replaced expired timer operator configuration run_started run_stopped data_quality \
        request_rejected order_status connection reference imbalance price_band triggered busted \
        corrected corporate_action option_notice exchange_rate instruction limit_change \
        clock_reading statement break_resolution intent refused submitted cancel_requested replace_requested alert halted \
        resumed held released ended routed booked margin_call liquidation rolled \
        breaker_changed kill_report limit_applied limits_used break_opened break_closed limits_scaled
        """)
  }

  @Test func `breakers have the names of the format`() {
    #expect(names(BreakerChange.State.self) == "active reducing halted")
    #expect(names(LimitsScaled.Watch.self) == "volatility drawdown")
    #expect(
      names(BreakerChange.Watch.self)
        == """
        price_move volatility spread staleness rejects fill_price signal_score signal_rate \
        executions loss exposure
        """)
  }

  @Test func `rolls have the names of the format`() {
    #expect(names(ContractRoll.Rule.self) == "calendar volume open_interest")
    #expect(names(ContractRoll.Adjust.self) == "none difference ratio")
    #expect(names(ContractRoll.Positions.self) == "carry close hold")
  }

  @Test func `a kind is found by its name`() {
    for kind in EntryKind.allCases { #expect(EntryKind(name: kind.name) == kind) }
    #expect(EntryKind(name: "operatorAct") == nil && EntryKind(name: "") == nil)
  }
}
