import Reporting

/// What commands print with `--json` is what the API says, written by the same code.
typealias JSON = Reporting.JSON
