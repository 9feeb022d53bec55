import Events

extension CSVDecoder {
  /// The values of a row that are not empty. A funding rate is paid at the row's time.
  func references(_ bytes: Span<UInt8>, _ row: CSVRow, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    for column in ColumnMap.Field.allCases {
      guard let kind = column.reference, let field = try field(column), !field.isEmpty else {
        continue
      }
      let value: Int64
      var result = parseReference(bytes, field, kind, row.instrument, into: &batch)
      if case .failure(.notANumber) = result, let plain = plainDecimal(bytes, field) {
        result = parseReference(
          plain.span, 0..<plain.count, kind, row.instrument, into: &batch)
      }
      switch result {
      case .success(let number): value = number
      case .failure(let reason):
        throw problem("\(column.rawValue) \(shown(bytes.extracting(field)))").because(reason)
      }
      guard kind.isPossible(value, of: row.instrument.kind) else {
        batch.note(
          .impossibleValue, of: row.instrument.id, event: row.event, receive: row.receive,
          "line \(lineNumber): a \(kind.name) that cannot be; left out")
        continue
      }
      let reference = ReferenceValue(
        instrument: row.instrument.id, field: kind, value: value,
        effective: kind == .fundingRate ? row.event : .epoch)
      batch.append(.value(reference), event: row.event, receive: row.receive)
    }
  }
}
