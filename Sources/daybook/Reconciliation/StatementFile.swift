import Events
import Journaling
import Venues

/// A statement as it was read from its file.
struct StatementFile {
  var statement: Statement
  /// SHA-256 of the file.
  var digest: Digest

  /// Reads a file: one that begins with `8=FIX` as trade capture reports, others as CSV.
  /// - Throws: `Failure` with file and line.
  init(_ path: String) throws {
    let bytes = try TextFile.bytes(path, what: "the statement")
    do throws(StatementFault) {
      statement =
        bytes.starts(with: "8=FIX".utf8)
        ? try TradeCaptureReports.read(bytes) : try StatementRows.read(bytes)
    } catch {
      throw Failure(
        .badData,
        "\(path):\(error.line): \(error.what). Nothing was recorded; see docs/reconciliation.md.")
    }
    digest = Sha256().hash(bytes)
  }
}
