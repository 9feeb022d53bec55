import Events

/// The smallest steps of prices in LEAN's markets of pairs, contracts for difference and indices. Those of coins, whose
/// exchanges change them often, the data have to tell.
/// Source: QuantConnect LEAN, symbol-properties-database.csv.
enum LeanTicks {
  /// × 10^9; nil if the data have to tell.
  static func tick(of symbol: String, _ type: LeanFile.SecurityType, _ market: String) -> Int64? {
    if type == .index { return index(symbol, market) }
    guard let rows = rows(type, market) else { return nil }
    for row in rows.split(separator: ";") {
      let words = row.split { $0 == " " || $0 == "\n" }
      guard let first = words.first, words.dropFirst().contains(Substring(symbol)) else { continue }
      guard case .success(let tick) = Events.parseDecimal(first.utf8, scale: 9) else {
        preconditionFailure("a row of LEAN's ticks does not begin with one")
      }
      return tick
    }
    return nil
  }

  private static func index(_ symbol: String, _ market: String) -> Int64? {
    guard ["cboe", "eurex", "hkfe", "krx", "ose", "usa"].contains(market) else { return nil }
    return market == "usa" && symbol == "RUT" ? 1_000_000 : 10_000_000
  }

  /// Rows that end with a semicolon: a tick and its symbols.
  private static func rows(_ type: LeanFile.SecurityType, _ market: String) -> String? {
    switch (type, market) {
    case (.cfd, "fxcm"): fxcmContracts
    case (.cfd, "interactivebrokers"): brokersContracts
    case (.cfd, "oanda"): oandaContracts
    case (.forex, "fxcm"): fxcmPairs
    case (.forex, "oanda"): oandaPairs
    default: nil
    }
  }

  private static let fxcmContracts = """
    0.0001 NATGASUSD XCUUSD;
    0.001 BCOUSD DE10YBEUR WTICOUSD XAGUSD XAUUSD;
    0.01 SPX500USD XPDUSD XPTUSD;
    0.1 AU200AUD CH20CHF DE30EUR DXYUSD ES35EUR EU50EUR FR40EUR HK33HKD IT40EUR JP225JPY
    NAS100USD UK100GBP US30USD;
    """

  private static let brokersContracts = """
    0.00005 AUDCAD AUDCHF AUDCNH AUDHKD AUDNZD AUDSGD AUDUSD AUDZAR CADCHF CADCNH CADHKD
    CHFCNH CHFDKK CHFNOK CHFPLN CHFSEK CHFZAR CNHHKD DKKJPY DKKNOK DKKSEK EURAUD EURCAD
    EURCHF EURCNH EURDKK EURGBP EURHKD EURNOK EURNZD EURPLN EURRUB EURSEK EURSGD EURUSD
    EURZAR GBPAUD GBPCAD GBPCHF GBPCNH GBPDKK GBPHKD GBPNOK GBPNZD GBPPLN GBPSEK GBPSGD
    GBPUSD GBPZAR MXNJPY NOKJPY NOKSEK NZDCAD NZDCHF NZDUSD SEKJPY SGDCNH USDCAD USDCHF
    USDCNH USDHKD USDMXN USDNOK USDPLN USDRUB USDSEK USDSGD USDZAR ZARJPY;
    0.0001 EURILS EURMXN GBPMXN USDDKK USDILS XAGUSD;
    0.0005 CHFCZK EURCZK GBPCZK USDCZK;
    0.005 AUDJPY CADJPY CHFHUF CHFJPY CNHJPY EURHUF EURJPY GBPHUF GBPJPY HKDJPY NZDJPY
    SGDJPY USDHUF USDJPY;
    0.01 IBAU200 IBCH20 IBDE40 IBES35 IBEU50 IBFR40 IBGB100 IBHK50 IBJP225 IBNL25 IBUS30
    IBUS500 IBUST100 XAUUSD;
    """

  private static let oandaContracts = """
    0.00001 SUGARUSD XAGAUD XAGCAD XAGCHF XAGEUR XAGGBP XAGHKD XAGNZD XAGSGD XAGUSD XCUUSD;
    0.001 BCOUSD CORNUSD DE10YBEUR NATGASUSD NL25EUR SOYBNUSD UK10YBGBP US2000USD USB02YUSD
    USB05YUSD USB10YUSD USB30YUSD WHEATUSD WTICOUSD XAUAUD XAUCAD XAUCHF XAUEUR XAUGBP
    XAUHKD XAUNZD XAUSGD XAUUSD XAUXAG XPDUSD XPTUSD;
    0.01 SG30SGD;
    0.1 AU200AUD CH20CHF DE30EUR EU50EUR FR40EUR HK33HKD JP225USD NAS100USD SPX500USD
    UK100GBP US30USD XAGJPY;
    1 XAUJPY;
    """

  private static let fxcmPairs = """
    0.00001 AUDCAD AUDCHF AUDNZD AUDUSD CADCHF EURAUD EURCAD EURCHF EURGBP EURNOK EURNZD
    EURSEK EURTRY EURUSD GBPAUD GBPCAD GBPCHF GBPNZD GBPUSD NZDCAD NZDCHF NZDUSD USDCAD
    USDCHF USDCNH USDMXN USDNOK USDSEK USDTRY USDZAR;
    0.001 AUDJPY CADJPY CHFJPY EURJPY GBPJPY NZDJPY TRYJPY USDJPY ZARJPY;
    """

  private static let oandaPairs = """
    0.00001 AUDCAD AUDCHF AUDHKD AUDNZD AUDSGD AUDUSD CADCHF CADHKD CADSGD CHFHKD CHFZAR
    EURAUD EURCAD EURCHF EURCZK EURDKK EURGBP EURHKD EURNOK EURNZD EURPLN EURSEK EURSGD
    EURTRY EURUSD EURZAR GBPAUD GBPCAD GBPCHF GBPHKD GBPNZD GBPPLN GBPSGD GBPUSD GBPZAR
    HKDJPY NZDCAD NZDCHF NZDHKD NZDSGD NZDUSD SGDCHF SGDHKD USDCAD USDCHF USDCNH USDCZK
    USDDKK USDHKD USDMXN USDNOK USDPLN USDSAR USDSEK USDSGD USDTRY USDZAR;
    0.001 AUDJPY CADJPY CHFJPY EURHUF EURJPY GBPJPY NZDJPY SGDJPY TRYJPY USDHUF USDINR
    USDJPY USDTHB ZARJPY;
    0.01 USDKRW;
    """
}
