import Testing

@testable import Venues

struct FileStemTests {
  @Test(arguments: [
    ("AAPL.csv", "AAPL"), ("BRK.A.csv", "BRK.A"), ("BRK.B.csv.gz", "BRK.B"), ("BRK.B", "BRK.B"),
    ("a b.txt.zst", "a b"), ("X.TSV.Zip", "X"), ("ES=F.csv", "ES=F"), ("^GSPC.csv", "^GSPC"),
    ("AAPL.2024.csv", "AAPL.2024"), ("AAPL.dat", "AAPL.dat"), (".csv", ".csv"), ("csv", "csv"),
    ("x.", "x."), ("", ""), ("csv.csv", "csv"), (".csv.gz", ".csv"),
  ])
  func `a name ends at the endings that are known`(name: String, stem: String) {
    #expect(fileStem(name) == stem)
  }
}
