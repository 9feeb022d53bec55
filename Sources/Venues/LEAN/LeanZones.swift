import Events

extension LeanFile {
  /// The clock of the file's times.
  /// Source: QuantConnect LEAN, market-hours-database.json, `dataTimeZone`.
  var zone: TimeZoneRule {
    switch (type, market) {
    case (.index, "usa"): Self.names(Self.newYorkIndices, symbol) ? .newYork : .chicago
    case (.equity, "usa"), (.option, "usa"), (.index, "cboe"): .newYork
    case (.future, "ice") where symbol == "DX": .newYork
    case (.forex, "fxcm"): .fixed(-5 * 3600)
    case (.cfd, "fxcm"): Self.names(Self.fxcmIndices, symbol) ? .utc : .fixed(-5 * 3600)
    case (_, "india"): .fixed(5 * 3600 + 1800)
    case (_, "eurex"): .berlin
    case (_, "hkfe"): .fixed(8 * 3600)
    case (_, "krx"), (_, "ose"): .tokyo
    default: .utc
    }
  }

  private static func names(_ list: String, _ symbol: String) -> Bool {
    list.split { $0 == " " || $0 == "\n" }.contains(Substring(symbol))
  }

  /// Indices of the United States whose files have New York's time; those of others, such as SPX, NDX and VIX, have
  /// Chicago's.
  private static let newYorkIndices = """
    AEX BKX BRR BRTI BXD BXM BXN BXR CEX CLL COMP COR1M COR1Y COR30D COR3M COR6M COR9M DJCIAGC
    DJCICC DJCIGC DJCIGR DJCIIK DJCIKC DJCISB DJCISI DJI DJINET DJR DJX DRG DTX DUX DVS DWCF
    DWCPF DXL DXY EVZ FTW5000 FVX GVZ HGX MID MIDG MIDV MRUT NYA NYFANG NYXBT OEX OSX OVX PUT
    RLS RUA RUI RUT RVX SET SGX SKEW SMLG SP600 SPGSCI SPSIBI SPSV SVX TNX TYX UKX UTIL UTY VAF
    VIF VIN VIX1D VIX1Y VIX3M VIX6M VIX9D VOLI VPD VPN VRO VVIX VWA VWB VXD VXN VXO VXSLV VXTH
    VXTLT XAU XDA XDB XEO XMI XNDX XSP
    """

  /// Contracts of FXCM whose files have UTC; those of others have New York's standard time, all year.
  private static let fxcmIndices = """
    AU200AUD BCOUSD CH20CHF DE10YBEUR DE30EUR DXYUSD ES35EUR EU50EUR FR40EUR HK33HKD IT40EUR
    JP225JPY NAS100USD NATGASUSD SPX500USD UK100GBP US30USD WTICOUSD XAGUSD XAUUSD XCUUSD XPDUSD
    XPTUSD
    """
}
