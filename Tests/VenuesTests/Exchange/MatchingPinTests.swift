import Testing
import Venues

/// Whatever is made faster, the same data and commands lead to the same reports, to the last byte.
@Suite struct MatchingPinTests {
  /// Hashes of all that the reports carried, as the exchange gave them before its orders, arrivals and reports became
  /// plain bytes; of flows order by order (each fourth) as since only the orders that we took give back what we took. By seed; see `MatchingFlow.configuration`.
  private static let pinned: [UInt64] = [
    0x25DB_4974_903F_3413, 0xBCF6_9606_4267_7AD7, 0x5828_0D1A_A4ED_84D8, 0x8E91_D44E_97EE_F46B,
    0x15FE_CDF6_86AC_4CBF, 0xFF6B_E634_73DA_A71D, 0x706E_DB34_91D9_7942, 0xBC5B_A1BA_27E6_8736,
    0xD161_678D_13AE_155A, 0x23DF_E977_43D5_B023, 0x164E_5895_FBCF_4A2A, 0xAA7D_724F_53F8_AC0E,
    0x4C69_421A_310C_8A71, 0x12B4_528E_52E4_C846, 0x0791_7C63_DD1C_958C, 0xA248_39B3_F169_0B87,
    0x28DE_290A_C561_A0FD, 0xC123_3B73_965D_1C16, 0x6C62_F350_CD06_694B, 0x3792_969B_9047_EF4A,
    0xF6AC_0402_BE0C_C879, 0x8003_CFBB_860D_A9DF, 0x6347_DE94_8CCF_6832, 0x9DAA_14D9_4A87_162F,
    0xD2A7_99C3_B2DD_A382, 0x5D5B_272E_03DB_6C85, 0xD092_B0C7_D5B9_E675, 0xD2E3_976D_F312_D10A,
    0xA2EC_A966_BC20_F895, 0x1055_419C_DFBE_4A98, 0xACBA_B831_292A_DEDD, 0x883D_59D0_1461_DD07,
  ]

  @Test(arguments: 0..<32) func `a dense flow's reports are what they were`(_ seed: Int) {
    var flow = MatchingFlow(seed: UInt64(seed))
    flow.run(steps: 2_500)
    let (hash, reports, fills) = (flow.hash, flow.reports, flow.fills)
    #expect(hash == Self.pinned[seed], "seed \(seed): \(reports) reports, \(fills) fills")
    #expect(reports > 2_000)
    #expect(fills > 200)
  }
}
