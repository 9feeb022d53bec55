/// What LEAN says a point of its futures is worth, and their smallest steps of price.
///
/// LEAN quotes grain and meat in dollars, not in cents as their exchanges do, so that its multipliers are
/// the contracts' sizes. India's are left out: LEAN's rows of them have multipliers that cannot be.
/// Source: QuantConnect LEAN, symbol-properties-database.csv, rows of type `future`.
enum LeanFutures {
  /// A market's futures: a root, the currency's units a point, the tick, and the currency where it is another
  /// than the market's; sorted by root.
  static func rows(of market: String) -> String? {
    switch market {
    case "cbot": cbot
    case "cfe": cfe
    case "cme": cme
    case "comex": comex
    case "eurex": eurex
    case "hkfe": hkfe
    case "ice": ice
    case "krx": krx
    case "nymex": nymex
    case "nyseliffe": nyseliffe
    case "sgx": sgx
    default: nil
    }
  }

  private static let cbot = """
    10Y 1000 0.001
    2YY 1000 0.001
    30Y 1000 0.001
    5YY 1000 0.001
    AW 100 0.1
    BCF 50 0.25
    BWF 50 0.25
    EH 29000 0.001
    F1U 1000 0.0078125
    KE 5000 0.0025
    MYM 0.5 1
    TN 1000 0.015625
    UB 1000 0.03125
    YM 5 1
    ZB 1000 0.03125
    ZC 5000 0.0025
    ZF 1000 0.0078125
    ZL 60000 0.0001
    ZM 100 0.1
    ZN 1000 0.015625
    ZO 5000 0.0025
    ZS 5000 0.0025
    ZT 2000 0.00390625
    ZW 5000 0.0025
    """

  private static let cfe = """
    VX 1000 0.05
    VXM 100 0.01
    """

  private static let cme = """
    6A 100000 0.00005
    6B 62500 0.0001
    6C 100000 0.00005
    6E 125000 0.00005
    6J 12500000 0.0000005
    6L 100000 0.00005
    6M 500000 0.00001
    6N 100000 0.00005
    6R 2500000 0.000005
    6S 125000 0.00005
    6Z 500000 0.000025
    ACD 200000 0.0001 CAD
    AJY 200000 0.01 JPY
    ANE 200000 0.0001 NZD
    BIO 25 0.5
    BTC 5 5
    CJY 200000 0.01 JPY
    CNH 100000 0.0001 CNH
    E3G 500 0.05 GBP
    E7 62500 0.0001
    EAD 125000 0.0001 AUD
    ECD 125000 0.0001 CAD
    EI 100 0.1
    EMD 100 0.1
    ENY 100 10 JPY
    ES 50 0.25
    ESG 500 0.02
    ESK 125000 0.0005 SEK
    ETH 50 0.5
    FT1 10 0.5 GBP
    FT5 2 2.5
    FTU 50 0.1
    GD 250 0.05
    GE 2500 0.0025
    GF 50000 0.00025
    HE 40000 0.00025
    IBV 1 5
    J7 6250000 0.000001
    LBR 27.5 0.5
    LBS 110 0.1
    LE 40000 0.00025
    M2K 5 0.1
    M6A 10000 0.0001
    M6B 6250 0.0001
    M6C 10000 0.0001 CAD
    M6E 12500 0.0001
    M6J 10000 0.01 JPY
    M6S 10000 0.0001 CHF
    MBT 0.1 5
    MCD 10000 0.0001
    MES 5 0.25
    MET 0.1 0.5
    MIB 0.1 5
    MIR 1000000 0.01
    MJY 1250000 0.000001
    MNH 10000 0.0001
    MNQ 2 0.25
    MRB 0.1 0.5
    MSF 12500 0.0001
    NIY 500 5 JPY
    NKD 5 5
    NQ 20 0.25
    RS1 50 0.1
    RTY 50 0.1
    RX 100 0.1
    SDA 250 0.05
    TPD 50 0.5
    TPY 5000 0.5 JPY
    """

  private static let comex = """
    AUP 55116 0.00001
    EDP 25 0.01
    GC 100 0.1
    HG 25000 0.0005
    MGC 10 0.1
    MGT 10 0.1
    SI 5000 0.005
    SIL 1000 0.005
    """

  private static let eurex = """
    FDAX 25 1
    FDIV 200 0.05
    FDXM 5 1
    FDXS 1 25
    FESX 10 1
    FSDX 25 1
    FSMX 1 5
    FTDX 10 0.5
    """

  private static let hkfe = """
    HSI 50 1
    """

  private static let ice = """
    B 1000 0.01
    CC 10 1
    CT 50000 0.0001
    DX 1000 0.005
    G 100 0.25
    KC 37500 0.0005
    OJ 15000 0.0005
    SB 112000 0.0001
    """

  private static let krx = """
    KM 250000 0.05
    """

  private static let nymex = """
    1S 42000 0.00001
    22 1000 0.001
    A0D 100 0.001
    A0F 100 0.001
    A1L 42000 0.0001
    A1M 42000 0.0001
    A1R 42000 0.00001
    A32 1000 0.01
    A3G 1000 0.001
    A7E 1000 0.001
    A7I 1000 0.001
    A7Q 42000 0.00001
    A8J 42000 0.00001
    A8K 42000 0.00001
    A8O 42000 0.00001
    A91 1000 0.001
    A9N 1000 0.001
    AA6 42000 0.0001
    AA8 42000 0.0001
    ABS 1000 0.001
    ABT 1000 0.001
    AC0 42000 0.00001
    AD0 42000 0.00001
    ADB 1000 0.001
    AE5 1000 0.01
    AGA 1000 0.001
    AJL 42000 0.0001
    AJS 42000 0.0001
    AKL 42000 0.0001
    AKZ 1000 0.001
    APS 1000 0.01
    AR0 42000 0.00001
    ARE 1000 0.01
    AVZ 1000 0.001
    AYV 1000 0.01
    AYX 1000 0.01
    AZ1 100 0.001 EUR
    B0 42000 0.00001
    B7H 1000 0.001
    BK 1000 0.01
    BOO 6350 0.001
    BR7 1000 0.001
    BZ 1000 0.01
    CL 1000 0.01
    CRB 42000 0.0001
    CSX 1000 0.01
    CU 42000 0.0001
    D1N 1000 0.001
    DCB 1000 0.001
    E6 1000 0.001
    EN 1000 0.001
    EPN 1000 0.001
    EVC 1000 0.001
    EWG 1000 0.001
    EWN 1000 0.001
    EXR 350000 0.0001
    FO 1000 0.001
    FRC 1000 0.0001
    FSS 1000 0.001
    GCU 1000 0.001
    HCL 1000 0.01
    HH 10000 0.001
    HO 42000 0.0001
    HP 10000 0.001
    HRC 20 1
    HTT 1000 0.01
    M1B 10 0.001
    M35 10 0.001
    M5F 10 0.01
    MAF 10 0.001
    MCL 100 0.01
    MEF 10 0.001
    NG 10000 0.001
    PA 100 0.5
    PAM 10 0.5
    PL 50 0.1
    R5O 10 0.001
    RB 42000 0.0001
    S5O 10 0.001
    YO 112000 0.0001
    """

  private static let nyseliffe = """
    M1EU 10 1
    M1JP 10 0.1
    M1MSA 100 0.05
    MXEA 50 0.1
    MXEF 50 0.1
    MXUS 50 0.1
    YG 32.15 0.1
    YI 1000 0.001
    ZG 100 0.1
    ZI 5000 0.001
    """

  private static let sgx = """
    IN 2 0.5
    NK 500 5 JPY
    TW 100 0.1
    """
}
