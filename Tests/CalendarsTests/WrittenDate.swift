import Events
import Testing

/// The date that a test writes as `2024-02-29`.
func writtenDate(_ text: String) throws -> CivilDate { try #require(Instant(text)).date }
